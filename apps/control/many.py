"""One command for many stations: which of them could take it, and what each is sent."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from apps.commands.abilities import refusal
from apps.control import manners
from apps.device import services as device
from apps.display import services as display
from apps.domain import places
from apps.domain.commands import Command
from apps.habits.selectors import make_of, tried_of_many
from apps.lists import services as lists
from apps.power import services as power
from apps.stations.models import Station
from apps.stations.plan import Plan, plans_of

_REFUSED = "Stations of its make, with its firmware, have refused this"


def problems_of(stations: Collection[Station], command: Command) -> dict[int, str]:
    """Why some cannot be told it, by their ids; in as few queries for many as for one."""
    if not stations:
        return {}
    said = {one: refusal(one, command) for one in {station.protocol for station in stations}}
    unfit, refused = device.problems_of_many(stations, command), _refused(stations, command)
    plans = plans_of(stations)
    found = {
        station.pk: said[station.protocol]
        or refused.get(station.pk, "")
        or "; ".join([*_misplaced(station, command, plans[station.pk]), *unfit.get(station.pk, ())])
        for station in stations
    }
    return {key: why for key, why in found.items() if why}


def completed(station: Station, command: Command, *, now: datetime) -> Command:
    """With what only the moment of queueing knows: numbers, entries. BadParameters.

    Call it in the transaction that queues. It asks the database of those commands alone that need
    it.
    """
    command = power.prepare(station, command)
    command = display.complete(station, command, now=now)
    return lists.complete(station, command, now=now)


def _misplaced(station: Station, command: Command, plan: Plan) -> Iterator[str]:
    yield from places.problems(command, plan, has_evses=station.traits.has_evses)
    yield from manners.address_problems(station, command)


def _refused(stations: Collection[Station], command: Command) -> Mapping[int, str]:
    """Stations whose make was seen to refuse it."""
    tried = tried_of_many(stations)
    ways = (f"call:{command.declared.name}", f"question:{getattr(command, 'message', '')}")
    known = {s.pk: tried.get((s.organisation_id, make_of(s)), {}) for s in stations}
    return {
        key: _REFUSED
        for key, by_way in known.items()
        if any(by_way.get(way, (None, 0))[0] is False for way in ways)
    }
