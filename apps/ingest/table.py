"""Which event has which handler, and what follows from it.

A handler gets the batch and the item, and returns the answer, or a function that gives it once
the batch is settled.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apps.batch.items import Item
from apps.batch.parts import Batch, Hook, Part, Result
from apps.certificates import events as certificates
from apps.commands import events as commands
from apps.commands.batch import OpenCommands
from apps.device import events as device
from apps.display import events as display
from apps.domain import events
from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.habits import events as habits
from apps.jobs import events as jobs
from apps.lists import events as lists
from apps.onboarding import events as onboarding
from apps.onboarding.batch import Boots
from apps.power import events as power
from apps.reservations import events as reservations
from apps.sessions import clocks
from apps.sessions import events as sessions
from apps.sessions.batch import Sessions
from apps.stations import events as stations
from apps.stations import transfers
from apps.stations.batch import Stations
from apps.tokens import events as tokens
from apps.tokens.batch import Tokens

Handler = Callable[[Batch, Item, Any], Result]

# Changes only the memory of the batch: what these need is read for all of its items at once.
HOT: Mapping[type[Event], Handler] = {
    events.ConnectorStatusChanged: sessions.status_changed,
    events.HeartbeatReceived: stations.heard,
    events.SamplesTaken: sessions.sampled,
    events.SecurityEventReported: stations.secured,
    events.SessionEnded: sessions.ended,
    events.SessionStarted: sessions.started,
    events.SessionUpdated: sessions.updated,
    events.StationBooted: onboarding.booted,
    events.StationConnected: stations.connected,
    events.TokenPresented: tokens.presented,
}
# Reads and writes for itself. One line a block, whose hooks are called in this order.
BLOCKS = (
    commands,
    stations,
    transfers,
    habits,
    onboarding,
    certificates,
    sessions,
    power,
    lists,
    reservations,
    display,
    device,
    jobs,
)
RARE: Mapping[type[Event], Handler] = {
    kind: handler for block in BLOCKS for kind, handler in getattr(block, "RARE", {}).items()
}
# What every event goes through after its handler.
EVERY = (transfers.keep, stations.confirm, stations.keep_clock, clocks.hear_again)
# Loaded, locked and written in this order; others when they are asked for.
PARTS: tuple[type[Part], ...] = (Stations, Boots, Tokens, Sessions, OpenCommands)


def _hooks() -> Mapping[type, Sequence[Hook]]:
    found: dict[type, list[Hook]] = {}
    for block in BLOCKS:
        for happening, hook in getattr(block, "HOOKS", {}).items():
            found.setdefault(happening, []).append(hook)
    return found


HOOKS = _hooks()


def handle(batch: Batch, item: Item, event: Event) -> Result:
    """Apply ``event`` and say what to answer; an unknown kind is acknowledged."""
    handler = HOT.get(type(event)) or RARE.get(type(event))
    result = handler(batch, item, event) if handler else Answer()
    for also in EVERY:
        also(batch, item, event, result)
    return result
