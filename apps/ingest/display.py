"""What stations tell of their displays."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.commands.models import CommandRow
from apps.display import services
from apps.domain.answers import Answer
from apps.domain.display import COMMANDS, DisplayReported
from apps.domain.events import CommandAnswered, Event
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet


def answered(batch: WorkingSet, row: CommandRow, event: CommandAnswered) -> None:
    """A command of ours about a display has its answer."""
    if row.name in COMMANDS:
        services.take_answer(row, event, now=batch.now)


def _reported(batch: WorkingSet, item: Item, event: DisplayReported) -> Answer:
    services.take_report(item.ref.organisation_id, item.ref.id, event, batch.now)
    return Answer()


HANDLERS: Mapping[type[Event], Callable[[WorkingSet, Item, Any], Answer]] = {
    DisplayReported: _reported,
}
