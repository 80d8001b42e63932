"""Messages of OCPP 2.0.1 within a transfer: read, checked and answered by its own tables."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.domain.vocabulary import Protocol
from apps.protocol import validation
from apps.protocol.transfers.vendor import Handler, Payload, Unreadable, json_object
from apps.protocol.v201 import answers, inbound


def _as_it_is(payload: Payload) -> Payload:
    return payload


def _as_meant(answer: Answer) -> Answer:
    return answer


def message(
    name: str,
    *,
    completed: Callable[[Payload], Payload] = _as_it_is,
    told: Callable[[Answer], Answer] = _as_meant,
) -> Handler:
    """How a transfer is handled whose data is the request called ``name``.

    ``completed`` adds what the vendor leaves out and 2.0.1 wants; ``told`` puts the answer into
    what the vendor knows. ValueError where no station sends such a message.
    """
    if name not in validation.actions(Protocol.OCPP201, "from_station"):
        raise ValueError(f"no station sends a {name!r} in OCPP 2.0.1")

    def read(data: Any, received_at: datetime) -> Event:
        payload = completed(json_object(data))
        for problem in validation.problems(Protocol.OCPP201, name, "request", payload):
            raise Unreadable(f"{name}{problem.path}: {problem.message}")
        return inbound.read(name, payload, received_at)

    def write(answer: Answer) -> str:
        return orjson.dumps(answers.write(name, told(answer))).decode()

    return Handler(read, write)
