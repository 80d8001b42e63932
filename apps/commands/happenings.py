"""What others follow up when a command moves on; the door's table says who."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apps.batch.items import Item
from apps.batch.parts import Batch, Hook
from apps.batch.refs import StationRef
from apps.commands.models import CommandRow
from apps.domain.command import Command
from apps.domain.events import CommandAnswered


@dataclass(frozen=True, slots=True)
class Replied:
    """A station replied to a call of ours, whatever became of its command."""

    item: Item
    event: CommandAnswered


@dataclass(frozen=True, slots=True)
class Answered:
    """A command has its answer; ``row`` as it is now, its secrets included."""

    item: Item
    row: CommandRow
    event: CommandAnswered


@dataclass(frozen=True, slots=True)
class Progressed:
    """A station showed, or reported, something of a command."""

    ref: StationRef


def by_class(
    answered: Mapping[type[Command], Callable[..., None]],
    facts: Mapping[type, Callable[..., None]] | None = None,
) -> Hook:
    """The hook of a block to ``Answered``: what the answers to its commands mean.

    ``answered``: by the class of the command, called with the row, the event and ``now``;
    ``facts``: by the class of each fact in the answer, called with the row, the fact and ``now``.
    """

    def take(batch: Batch, told: Answered) -> None:
        for fact in told.event.facts:
            if facts and type(fact) in facts:
                facts[type(fact)](told.row, fact, now=batch.now)
        kind = told.row.kind
        if kind is not None and kind in answered:
            answered[kind](told.row, told.event, now=batch.now)

    return take
