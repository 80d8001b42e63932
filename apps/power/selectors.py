"""Reads: what limits a station, as we know it, and what it all adds up to."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from apps.accounts.models import Actor
from apps.commands.models import CommandRow, State
from apps.domain.identifiers import spelt
from apps.domain.power import SetChargingProfile
from apps.domain.profiles import (
    ABSOLUTE,
    EXTERNAL,
    TX,
    ChargingProfile,
    Json,
    Reader,
    read_profile,
    read_schedule,
)
from apps.habits.selectors import known_of, make_of, tried_of_many
from apps.power.composite import Held, Piece, Question, Running, composite
from apps.power.models import EvPlan, ExternalLimit, HeldProfile
from apps.power.rules import Facts, ProfileLimits, with_make
from apps.protocol.vendors import adapter_for
from apps.protocol.vendors.manner import Manner
from apps.sessions.models import Session
from apps.stations import abilities
from apps.stations.models import Evse, Station
from ocpp_platform.scope import scoped

_LATELY = 20
_ON_THE_WAY = (State.QUEUED, State.SENT)
_TOLD = (
    abilities.PROFILE_STACK_LEVEL, abilities.PROFILE_PERIODS, abilities.PROFILES,
    abilities.PROFILE_UNITS, abilities.SWITCHES_PHASES,
)  # fmt: skip


def list_profiles(actor: Actor, station: Station) -> list[HeldProfile]:
    """The profiles of a station, without those whose session is over."""
    own = scoped(HeldProfile, actor).filter(station=station)
    return _living(station.pk, own.order_by("evse_id", "purpose", "-stack_level", "number"))


def list_held_before(actor: Actor, station_id: int, at: datetime) -> list[HeldProfile]:
    """Profiles that have lain in a station since before an instant, and still do."""
    return list(scoped(HeldProfile, actor).filter(station_id=station_id, known_at__lte=at)[:50])


def list_imposed_before(
    actor: Actor, station_id: int, at: datetime
) -> list[tuple[ExternalLimit, ChargingProfile]]:
    """Limits by others that a station told of before an instant, and that still hold."""
    rows = scoped(ExternalLimit, actor).filter(station_id=station_id, at__lte=at)
    return [(row, held.profile) for row in rows[:50] for held in _imposed(row)]


def list_given(actor: Actor, station_id: int) -> list[CommandRow]:
    """The limits that a station took lately, the newest first."""
    rows = scoped(CommandRow, actor).filter(
        station_id=station_id, name=SetChargingProfile.declared.name, state=State.CONFIRMED
    )
    return list(rows.order_by("-created_at", "-id")[:_LATELY])


def list_limits(actor: Actor, station: Station) -> list[ExternalLimit]:
    return list(scoped(ExternalLimit, actor).filter(station=station))


def list_plans(actor: Actor, station: Station) -> list[EvPlan]:
    """What the cars that charge here now want."""
    own = scoped(EvPlan, actor).filter(station=station)
    return list(own.filter(transaction_id__in=open_at(station.pk)))


def profile_of(body: Json) -> ChargingProfile:
    return read_profile(body, Reader())


def facts_of(station: Station) -> Facts:
    """What the rules need to know of a station, commands on their way included."""
    return facts_of_many([station])[station.pk]


def facts_of_many(stations: Collection[Station]) -> dict[int, Facts]:
    """The same by station, in as many queries as for one."""
    keys = [station.pk for station in stations]
    told = abilities.told_by_many(keys, *_TOLD)
    running, evses = open_at_many(keys), _evses_of(keys)
    lying, waiting = _lying_in(keys, running), _waiting(keys)
    tried = tried_of_many(stations) if stations else {}
    return {
        station.pk: Facts(
            limits=with_make(_limits_of(told[station.pk]), _manner(station)),
            held=_with_waiting(lying[station.pk], waiting[station.pk]),
            open_at=running[station.pk],
            evses=tuple(evses[station.pk]),
            is_replacing=station.traits.is_replacing_profiles,
            known=known_of(_manner(station), tried[station.organisation_id, make_of(station)]),
        )
        for station in stations
    }


def _manner(station: Station) -> Manner:
    return adapter_for(station.vendor, station.model, station.firmware).manner


def limits(station_id: int) -> ProfileLimits:
    """What the station told of its smart charging."""
    return _limits_of(abilities.told_by(station_id, *_TOLD))


def held_at(station_id: int, *, with_waiting: bool = False) -> list[Held]:
    """What lies in the station; ``with_waiting``: and what is on its way there."""
    held = _lying_in([station_id], open_at_many([station_id]))[station_id]
    return _with_waiting(held, _waiting([station_id])[station_id]) if with_waiting else held


def imposed_on(station_id: int) -> list[Held]:
    """The limits of others as profiles; a schedule without beginning began with its news."""
    rows = ExternalLimit.objects.filter(station_id=station_id)
    return [held for row in rows for held in _imposed(row)]


def open_at(station_id: int) -> dict[str, int | None]:
    """EVSE by transaction id of the sessions that run at a station."""
    return open_at_many([station_id])[station_id]


def question(
    station: Station, evse_id: int, *, start_at: datetime, duration_s: int, unit: str
) -> Question:
    """Relative profiles are counted from the start of a session that has charged."""
    rows = Session.objects.filter(station=station, ended_at=None, evse_id__isnull=False)
    running = {
        row.evse_id or 0: Running(row.transaction_id, row.started_at if row.has_charged else None)
        for row in rows.order_by("started_at")
    }
    return Question(
        evse_id=evse_id,
        start_at=start_at,
        duration_s=duration_s,
        unit=unit,
        running=running,
        evses=tuple(Evse.objects.filter(station=station).values_list("number", flat=True)),
        is_replacing=station.traits.is_replacing_profiles,
    )


def composite_of(station: Station, asked: Question) -> list[Piece]:
    """What we expect the station to allow."""
    return composite(held_at(station.pk) + imposed_on(station.pk), asked)


def _imposed(limit: ExternalLimit) -> list[Held]:
    schedules = [
        read_schedule({"start_at": limit.at.isoformat()} | body, Reader())
        for body in limit.schedules
    ]
    return [
        Held(limit.evse_id, ChargingProfile(0, EXTERNAL, ABSOLUTE, (schedule,)))
        for schedule in schedules
    ]


def _living(station_id: int, rows: Collection[HeldProfile]) -> list[HeldProfile]:
    """A TxProfile dies with its transaction (K02.FR.08)."""
    found = list(rows)
    if not any(row.purpose == TX and row.transaction_id for row in found):
        return found
    running = open_at(station_id)
    return [
        row
        for row in found
        if row.purpose != TX or not row.transaction_id or spelt(row.transaction_id, running)
    ]


def _limits_of(told: abilities.Told) -> ProfileLimits:
    return ProfileLimits(
        stack_level=told.of(abilities.PROFILE_STACK_LEVEL),
        periods=told.of(abilities.PROFILE_PERIODS),
        entries=told.of(abilities.PROFILES),
        units=told.of(abilities.PROFILE_UNITS),
        may_switch=told.of(abilities.SWITCHES_PHASES),
    )


def open_at_many(keys: Collection[int]) -> defaultdict[int, dict[str, int | None]]:
    rows = Session.objects.filter(station_id__in=keys, ended_at=None)
    running: defaultdict[int, dict[str, int | None]] = defaultdict(dict)
    for station_id, name, evse_id in rows.values_list("station_id", "transaction_id", "evse_id"):
        running[station_id][name] = evse_id
    return running


def _evses_of(keys: Collection[int]) -> defaultdict[int, list[int]]:
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for station_id, number in Evse.objects.filter(station_id__in=keys).values_list(
        "station_id", "number"
    ):
        numbers[station_id].append(number)
    return numbers


def _lying_in(
    keys: Collection[int], running: Mapping[int, Mapping[str, int | None]]
) -> defaultdict[int, list[Held]]:
    """A TxProfile dies with its transaction (K02.FR.08). ``running``: as ``open_at_many``."""
    held: defaultdict[int, list[Held]] = defaultdict(list)
    for row in HeldProfile.objects.filter(station_id__in=keys):
        here = running.get(row.station_id, ())
        if row.purpose != TX or not row.transaction_id or spelt(row.transaction_id, here):
            held[row.station_id].append(Held(row.evse_id, profile_of(row.body)))
    return held


def _with_waiting(held: list[Held], waiting: Collection[Held]) -> list[Held]:
    for one in waiting:
        held = [h for h in held if h.profile.id != one.profile.id] + [one]
    return held


def _waiting(keys: Collection[int]) -> defaultdict[int, list[Held]]:
    rows = CommandRow.objects.filter(
        station_id__in=keys, state__in=_ON_THE_WAY, name=SetChargingProfile.declared.name
    ).order_by("id")
    waiting: defaultdict[int, list[Held]] = defaultdict(list)
    for row in rows:
        given = row.parameters
        waiting[row.station_id].append(Held(given["evse_id"], profile_of(given["profile"])))
    return waiting
