"""Who knows what an answer means: by the class of its command, and of each fact in it."""

from collections.abc import Callable, Mapping

from apps.commands.models import CommandRow
from apps.device import monitors, reports
from apps.display import services as display
from apps.domain.command import Command
from apps.domain.commands import GetTransactionStatus
from apps.domain.device import VariableSet
from apps.domain.events import CommandAnswered
from apps.domain.profiles import CompositeSchedule
from apps.ingest import transactions
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.lists import services as lists
from apps.pki import answers as pki
from apps.power import answers as power
from apps.reservations import services as reservations


def take(batch: WorkingSet, item: Item, event: CommandAnswered, row: CommandRow) -> None:
    """Let every block have what concerns it; a command may concern several."""
    for fact in event.facts:
        if type(fact) in _FACTS:
            _FACTS[type(fact)](row, fact, now=batch.now)
    if row.kind is not None:
        _of_kind(row.kind, batch, item, event, row)
    batch.station_changed(item.ref)


def _of_kind(
    kind: type[Command], batch: WorkingSet, item: Item, event: CommandAnswered, row: CommandRow
) -> None:
    if kind in _IN_MEMORY:
        _IN_MEMORY[kind](batch, item, event)
    for block in _BLOCKS:
        if kind in block:
            block[kind](row, event, now=batch.now)


_IN_MEMORY: Mapping[type[Command], Callable[[WorkingSet, Item, CommandAnswered], None]] = {
    GetTransactionStatus: transactions.close_unknown,
}
_FACTS: Mapping[type, Callable[..., None]] = {
    CompositeSchedule: power.take_schedule,
    VariableSet: reports.note_set,
    **monitors.FACTS,
}
_BLOCKS: tuple[Mapping[type[Command], Callable[..., None]], ...] = (
    power.ANSWERED,
    lists.ANSWERED,
    reservations.ANSWERED,
    pki.ANSWERED,
    display.ANSWERED,
    reports.ANSWERED,
)
