"""What others follow up when a command moves on; the door's table says who."""

from dataclasses import dataclass

from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.commands.models import CommandRow
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
