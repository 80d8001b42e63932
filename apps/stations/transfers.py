"""Every data transfer that comes in is kept: who, what, with which data, and our answer."""

from dataclasses import replace
from typing import Any

import orjson

from apps.batch.items import Item
from apps.batch.parts import Batch, Result
from apps.domain.answers import Answer, DataTransferAnswer
from apps.domain.events import DataTransferred, Event
from apps.stations.batch import Stations

KIND = "transfer"
ACTION = "DataTransfer"


def transferred(_batch: Batch, item: Item, event: DataTransferred) -> DataTransferAnswer:
    """One that the registry does not know, or whose data could not be read."""
    if item.frame is not None and event.problem:
        item.frame = replace(item.frame, notes=event.problem)
    return DataTransferAnswer(event.verdict)


def keep(batch: Batch, item: Item, _event: Event, result: Result) -> None:
    """A line of the station's activity; the journal has the transfer in full."""
    frame = item.frame
    if frame is None or frame.action != ACTION or frame.direction != "in":
        return
    payload = orjson.loads(frame.payload)
    status = result.status if isinstance(result, DataTransferAnswer) else "Accepted"
    names = " / ".join(str(payload[n]) for n in ("vendorId", "messageId") if payload.get(n))
    title = f"{names[: 100 - len(status)]}: {status}"
    detail = " · ".join(filter(None, (frame.notes, _data(payload), _answer(result))))
    stations = batch.part(Stations)
    stations.notice(item.ref, KIND, _shown(title), batch.now, batch.now, _shown(detail))
    batch.station_changed(item.ref)


def _data(payload: dict[str, Any]) -> str:
    data = payload.get("data")
    if data is None or isinstance(data, str):
        return data or ""
    return orjson.dumps(data).decode()


def _shown(text: str) -> str:
    return text.replace("\x00", "\ufffd")


def _answer(result: Any) -> str:
    """What the handler of a known message said."""
    is_plain = not isinstance(result, Answer) or isinstance(result, DataTransferAnswer)
    return "" if is_plain else f"answered {getattr(result, 'status', 'yes')}"


RARE = {DataTransferred: transferred}
