"""What others follow up when a session does it; the door's table says who."""

from dataclasses import dataclass

from apps.batch.items import Item
from apps.domain.events import SessionEvent


@dataclass(frozen=True, slots=True)
class Told:
    """A session took an event, which may name what it uses."""

    item: Item
    event: SessionEvent
    session_id: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The batch ended these, or wrote of ended ones: station, transaction id, EVSE."""

    sessions: list[tuple[int, str, int | None]]
