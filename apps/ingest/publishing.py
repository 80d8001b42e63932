"""What local controllers tell of the firmware that they publish."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.domain.publishing import PublishProgressed
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet


def _progressed(batch: WorkingSet, item: Item, event: PublishProgressed) -> Answer:
    title, where = f"Publishing: {event.status}", ", ".join(event.locations)
    batch.yard.notice(item.ref, "firmware", title, batch.now, batch.now, where)
    batch.station_changed(item.ref)
    return Answer()


HANDLERS: Mapping[type[Event], Callable[[WorkingSet, Item, Any], Answer]] = {
    PublishProgressed: _progressed,
}
