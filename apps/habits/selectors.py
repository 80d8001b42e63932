"""Reads: what is known of the ways that a station takes."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from apps.accounts.models import Actor
from apps.habits.models import Habit
from apps.protocol.vendors import adapter_for
from apps.protocol.vendors.manner import Manner
from apps.stations.models import Station
from ocpp_platform.scope import scoped

LONGEST = 100

Make = tuple[str, str, str]  # vendor, model, firmware
Tried = Mapping[str, tuple[bool | None, int]]


def make_of(station: Any) -> Make:
    """Of a station, or of what the door knows of it."""
    return station.vendor[:LONGEST], station.model[:LONGEST], station.firmware[:LONGEST]


def known_of(manner: Manner, tried: Tried) -> Mapping[str, bool]:
    """Which ways are taken, by what was seen, else by what is known of the maker."""
    refused = dict.fromkeys(manner.refuses, False)
    return refused | {way: works for way, (works, _) in tried.items() if works is not None}


def tried_of(station: Any) -> Tried:
    """By way whether it works, and how often it was refused in a row."""
    return tried_of_many([station])[station.organisation_id, make_of(station)]


def tried_of_many(stations: Collection[Any]) -> Mapping[tuple[int, Make], Tried]:
    """The same by organisation and make, in one query; of what was never tried there is nothing."""
    found: defaultdict[tuple[int, Make], dict[str, tuple[bool | None, int]]] = defaultdict(dict)
    vendors, models, firmwares = (set(names) for names in zip(*map(make_of, stations), strict=True))
    rows = Habit.objects.filter(
        organisation_id__in={station.organisation_id for station in stations},
        vendor__in=vendors, model__in=models, firmware__in=firmwares,
    )  # fmt: skip
    for one in rows.values_list(
        "organisation_id", "vendor", "model", "firmware", "way", "works", "refusals"
    ):
        found[one[0], one[1:4]][one[4]] = one[5], one[6]
    return found


def list_of_station(actor: Actor, station: Station) -> list[Habit]:
    """What was seen of stations like this one."""
    vendor, model, firmware = make_of(station)
    own = scoped(Habit, actor).filter(vendor=vendor, model=model, firmware=firmware)
    return list(own.order_by("way"))


def list_of_maker(station: Station) -> frozenset[str]:
    """The ways that the maker of the station is known to refuse."""
    return adapter_for(station.vendor, station.model, station.firmware).manner.refuses


def unit_of(station: Station, setting: str) -> str:
    """What the number of a maker's own setting counts, "" where that is not known."""
    units = adapter_for(station.vendor, station.model, station.firmware).manner.key_units
    fitting = (unit for name, unit in units.items() if re.fullmatch(name, setting, re.IGNORECASE))
    return next(fitting, "")


def get_habit(actor: Actor, habit_id: int) -> Habit:
    """Habit.DoesNotExist where there is none, or it is somebody else's."""
    return scoped(Habit, actor).get(pk=habit_id)


def refused_by(actor: Actor, station: Station) -> Mapping[str, Habit]:
    """By way what stations like this one do not take."""
    return {row.way: row for row in list_of_station(actor, station) if row.works is False}
