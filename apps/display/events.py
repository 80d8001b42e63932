"""What stations tell of their displays."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.commands.happenings import Answered, by_class
from apps.display import services
from apps.display.batch import Displays
from apps.domain.answers import Answer
from apps.domain.display import DisplayReported, GetDisplayMessages
from apps.sessions.happenings import Ended
from apps.stations.abilities import DISPLAY_FORMATS
from apps.stations.happenings import Booted, Described


def _reported(batch: Batch, item: Item, event: DisplayReported) -> Answer:
    services.take_report(item.ref.organisation_id, item.ref.id, event, batch.now)
    return Answer()


def _booted(batch: Batch, told: Booted) -> None:
    if told.item.traits.can(GetDisplayMessages):
        batch.part(Displays).read_again(told.item.ref)


def _described(batch: Batch, told: Described) -> None:
    """A station that tells what its display can do is asked what it shows."""
    ref = told.item.ref
    has_display = any(
        DISPLAY_FORMATS.is_named(value.component, value.variable) for value in told.event.values
    )
    if has_display:
        services.read((ref.organisation_id, ref.id, ref.identity), batch.now)


def _over(batch: Batch, ended: Ended) -> None:
    services.end_transactions(ended.sessions, batch.now)


RARE = {DisplayReported: _reported}
HOOKS = {
    Answered: by_class(services.ANSWERED),
    Booted: _booted,
    Described: _described,
    Ended: _over,
}
