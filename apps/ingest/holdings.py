"""What stations tell of their local lists and reservations."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.answers import Answer
from apps.domain.events import Event, SessionEvent
from apps.domain.reservations import ReservationEnded
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.reservations import services as reservations


def used(batch: WorkingSet, item: Item, event: SessionEvent) -> None:
    """A session names the reservation that it uses."""
    if event.reservation_id is not None and item.session_id is not None:
        reservations.use(item.ref.id, event.reservation_id, item.session_id, now=batch.now)


def _ended(batch: WorkingSet, item: Item, event: ReservationEnded) -> Answer:
    reservations.end(item.ref.id, event.reservation_id, event.how, now=batch.now)
    return Answer()


HANDLERS: Mapping[type[Event], Callable[[WorkingSet, Item, Any], Answer]] = {
    ReservationEnded: _ended,
}
