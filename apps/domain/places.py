"""Where a command shall act, and whether there is such a place. Pure.

A plan is what a station told of itself: its EVSEs, each with its connectors. Where it told
nothing, nothing is held against the command. 0 is the whole station.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from apps.domain.command import Command
from apps.domain.commands import StartSession, UnlockConnector
from apps.domain.power import SetChargingProfile
from apps.domain.reservations import ReserveNow

Plan = Mapping[int, Collection[int]]
_SAID_ELSEWHERE = (SetChargingProfile, ReserveNow)  # among the other rules of their kind


def problems(command: Command, plan: Plan, *, has_evses: bool) -> Iterator[str]:
    """Sentences for whoever gave it. ``has_evses`` False: connectors stand alone (1.6)."""
    if isinstance(command, _SAID_ELSEWHERE):
        return
    evse_id = getattr(command, "evse_id", None)
    connector_id = getattr(command, "connector_id", None)
    if isinstance(command, StartSession | UnlockConnector) and 0 in (evse_id, connector_id):
        yield "0 is the whole station: name one EVSE and connector, from 1"
    elif not has_evses:
        yield from _connector(
            _alone(command, evse_id, connector_id), {*plan, *chain(*plan.values())}
        )
    else:
        yield from _evse(evse_id, plan)
        yield from _plug(command, evse_id, connector_id, plan)


def _alone(command: Command, evse_id: int | None, connector_id: int | None) -> int | None:
    """The one number that counts; an unlock has a default for both."""
    if isinstance(command, UnlockConnector) and connector_id and connector_id > 1:
        return connector_id
    return evse_id or connector_id


def _connector(number: int | None, known: Collection[int]) -> Iterator[str]:
    if number and known and number not in known:
        yield f"The station has no connector {number}; it has {_words(known)}"


def _evse(evse_id: int | None, plan: Plan) -> Iterator[str]:
    if evse_id and plan and evse_id not in plan:
        yield f"The station has no EVSE {evse_id}; it has {_words(plan)}"


def _plug(
    command: Command, evse_id: int | None, connector_id: int | None, plan: Plan
) -> Iterator[str]:
    if not connector_id:
        return
    if not evse_id:
        yield f"Connector {connector_id} of which EVSE? Name its 'evse_id' too"
    elif plan.get(evse_id) and connector_id not in plan[evse_id]:
        known = _words(plan[evse_id])
        yield f"EVSE {evse_id} has no connector {connector_id}; it has {known}"
    elif isinstance(command, StartSession) and {*(plan.get(evse_id) or (1,))} != {connector_id}:
        yield f"A session starts at EVSE {evse_id}, whichever connector; leave 'connector_id' out"


def _words(numbers: Collection[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))
