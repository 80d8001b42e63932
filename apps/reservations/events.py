"""What stations tell of reservations."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.commands.happenings import Answered, by_class
from apps.domain.answers import Answer
from apps.domain.reservations import ReservationEnded
from apps.reservations import services
from apps.sessions.happenings import Told


def _ended(batch: Batch, item: Item, event: ReservationEnded) -> Answer:
    services.end(item.ref.id, event.reservation_id, event.how, now=batch.now)
    return Answer()


def _used(batch: Batch, told: Told) -> None:
    """A session names the reservation that it uses."""
    number = told.event.reservation_id
    if number is not None:
        services.use(told.item.ref.id, number, told.session_id, now=batch.now)


RARE = {ReservationEnded: _ended}
HOOKS = {Answered: by_class(services.ANSWERED), Told: _used}
