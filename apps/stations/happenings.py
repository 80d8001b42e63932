"""What others follow up when a station does it; the door's table says who."""

from dataclasses import dataclass

from apps.batch.items import Item
from apps.domain.events import StationConnected, VariablesReported


@dataclass(frozen=True, slots=True)
class CameIn:
    """It opened a socket."""

    item: Item
    event: StationConnected


@dataclass(frozen=True, slots=True)
class Booted:
    """It booted, is in service, and bears to be asked.

    ``is_unread``: its settings may be others than those that are known.
    """

    item: Item
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Described:
    """It told what it can do, or how it is set."""

    item: Item
    event: VariablesReported
