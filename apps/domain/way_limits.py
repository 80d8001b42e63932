"""Ways to put a charging profile, by itself or with a start.

In each of them the station draws no more than was allowed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from math import floor

from apps.domain.command import Command
from apps.domain.profiles import (
    ABSOLUTE,
    MAX,
    RELATIVE,
    TX,
    TX_DEFAULT,
    ChargingProfile,
    ChargingSchedule,
    Period,
)
from apps.domain.way_axis import VOLTAGE_V, Axis, Limiting, Place

EARLIER = timedelta(minutes=1)

Reading = Callable[[ChargingProfile, Place], str]
Change = Callable[[ChargingProfile, Place], ChargingProfile | None]


def _unit(profile: ChargingProfile, _place: Place) -> str:
    units = {schedule.unit for schedule in profile.schedules}
    return units.pop() if len(units) == 1 else ""


def _in_other_unit(profile: ChargingProfile, place: Place) -> ChargingProfile:
    schedules = tuple(_converted(schedule, place.phases) for schedule in profile.schedules)
    return replace(profile, schedules=schedules)


def _converted(schedule: ChargingSchedule, phases: int) -> ChargingSchedule:
    """A is for each phase, W for all (K01.FR.50, FR.51); rounded down to one decimal."""
    unit = "W" if schedule.unit == "A" else "A"

    def amount(number: float, of_phases: int) -> float:
        watts_per_amp = VOLTAGE_V * of_phases
        found = number * watts_per_amp if unit == "W" else number / watts_per_amp
        return floor(round(found * 10, 6)) / 10

    periods = tuple(
        replace(period, limit=amount(period.limit, period.phases or phases))
        for period in schedule.periods
    )
    least = schedule.min_rate
    least = None if least is None else amount(least, phases)
    return replace(schedule, unit=unit, periods=periods, min_rate=least)


def is_constant(profile: ChargingProfile, place: Place) -> bool:
    """One limit that holds from now on, without an end."""
    (schedule, *more) = profile.schedules
    begins = schedule.start_at is None or schedule.start_at <= place.now
    is_one = not more and len(schedule.periods) == 1 and schedule.duration_s is None
    return is_one and begins and profile.kind in (ABSOLUTE, RELATIVE)


def _kind(profile: ChargingProfile, _place: Place) -> str:
    return profile.kind if profile.kind in (ABSOLUTE, RELATIVE) else ""


def _of_other_kind(profile: ChargingProfile, place: Place) -> ChargingProfile | None:
    """What holds from now on holds from the start of its session on, and the other way round."""
    if not is_constant(profile, place) or profile.purpose not in (TX, TX_DEFAULT):
        return None
    is_absolute = profile.kind == ABSOLUTE
    begin = None if is_absolute else place.now.replace(microsecond=0)
    schedules = (replace(profile.schedules[0], start_at=begin),)
    return replace(profile, kind=RELATIVE if is_absolute else ABSOLUTE, schedules=schedules)


def _level(profile: ChargingProfile, _place: Place) -> str:
    return "above 0" if profile.stack_level else "0"


def _at_level_0(profile: ChargingProfile, _place: Place) -> ChargingProfile | None:
    return replace(profile, stack_level=0) if profile.stack_level else None


def _lying(command: Command) -> tuple[ChargingProfile, int] | None:
    """The profile and its EVSE, where the command itself says where it shall lie."""
    if not isinstance(command, Limiting):
        return None
    profile, evse_id = command.limit(), command.place_of_limit()
    return None if profile is None or evse_id is None else (profile, evse_id)


def _purpose(command: Command, _place: Place) -> str:
    lying = _lying(command)
    return lying[0].purpose if lying else ""


def _as_default(command: Command, place: Place) -> Command | None:
    """A limit of the session, or of the station, as the one of whatever charges there."""
    lying = _lying(command)
    if not lying or not isinstance(command, Limiting):
        return None
    profile = lying[0]
    is_same = profile.purpose == TX or (profile.purpose == MAX and place.evses == 1)
    if not is_same or len(profile.schedules) > 1:
        return None
    return command.with_limit(replace(profile, purpose=TX_DEFAULT, transaction_id=""))


def _scope(command: Command, _place: Place) -> str:
    lying = _lying(command)
    return ("EVSE" if lying[1] else "station") if lying else ""


def _of_the_station(command: Command, place: Place) -> Command | None:
    """The same only where there is no other EVSE, and a TxProfile is never of the station."""
    lying = _lying(command)
    if not lying or not isinstance(command, Limiting):
        return None
    is_same = lying[1] and place.evses == 1 and lying[0].purpose == TX_DEFAULT
    return command.at(0) if is_same else None


def _periods(profile: ChargingProfile, _place: Place) -> str:
    most = max(len(schedule.periods) for schedule in profile.schedules)
    return "many" if most > 1 else "one"


def _in_one_period(profile: ChargingProfile, _place: Place) -> ChargingProfile | None:
    """At the lowest of its limits throughout; none where that would stop all charging."""
    schedules = tuple(_flat(schedule) for schedule in profile.schedules)
    lowest = [schedule.periods[0].limit for schedule in schedules]
    is_less = any(len(schedule.periods) > 1 for schedule in profile.schedules)
    return replace(profile, schedules=schedules) if is_less and min(lowest) > 0 else None


def _flat(schedule: ChargingSchedule) -> ChargingSchedule:
    lowest = min(schedule.periods, key=lambda period: period.limit)
    return replace(schedule, periods=(Period(0, lowest.limit, lowest.phases),), min_rate=None)


def _begin(profile: ChargingProfile, place: Place) -> str:
    start_at = profile.schedules[0].start_at
    if start_at is None or not is_constant(profile, place):
        return ""
    return "earlier" if start_at <= place.now - EARLIER else "now"


def _begun(profile: ChargingProfile, place: Place) -> ChargingProfile | None:
    """What holds from now on may as well have begun a minute ago."""
    schedule = profile.schedules[0]
    begin = place.now.replace(microsecond=0) - EARLIER
    if not is_constant(profile, place) or not schedule.start_at or schedule.start_at <= begin:
        return None
    return replace(profile, schedules=(replace(schedule, start_at=begin),))


def _of_profile(name: str, words: dict[str, str], read: Reading, change: Change) -> Axis:
    """An axis of every command that brings a profile."""

    def value(command: Command, place: Place) -> str:
        profile = command.limit() if isinstance(command, Limiting) else None
        return read(profile, place) if profile else ""

    def shift(command: Command, place: Place) -> Command | None:
        if not isinstance(command, Limiting):
            return None
        profile = command.limit()
        changed = change(profile, place) if profile else None
        return command.with_limit(changed) if changed else None

    return Axis(name, words, value, shift)


def in_steps(command: Command, steps_a: Sequence[float], place: Place) -> Command:
    """Each limit at the next step below it, as a make that takes steps only rounds by itself.

    One below all steps stays as it is.
    """
    profile = command.limit() if isinstance(command, Limiting) else None
    if not steps_a or profile is None or not isinstance(command, Limiting):
        return command
    schedules = tuple(_stepped(schedule, steps_a, place) for schedule in profile.schedules)
    return command.with_limit(replace(profile, schedules=schedules))


def _stepped(
    schedule: ChargingSchedule, steps_a: Sequence[float], place: Place
) -> ChargingSchedule:
    def lowered(period: Period) -> Period:
        phases = period.phases or place.phases
        per_amp = 1.0 if schedule.unit == "A" else VOLTAGE_V * phases
        below = [step * per_amp for step in steps_a if step * per_amp <= period.limit]
        return replace(period, limit=max(below)) if below else period

    return replace(schedule, periods=tuple(map(lowered, schedule.periods)))


LIMITS = (
    _of_profile("unit", {"A": "limits in amperes", "W": "limits in watts"},
                _unit, _in_other_unit),
    _of_profile("kind", {ABSOLUTE: "limits that begin at an instant",
                         RELATIVE: "limits that begin with the session"}, _kind, _of_other_kind),
    _of_profile("level", {"above 0": "stack levels above 0", "0": "stack level 0"},
                _level, _at_level_0),
    Axis("purpose",
         {TX: "limits of one session", TX_DEFAULT: "limits of any session",
          MAX: "a maximum of the station"}, _purpose, _as_default),
    Axis("scope",
         {"EVSE": "limits of one EVSE", "station": "limits of the whole station"},
         _scope, _of_the_station),
    _of_profile("periods", {"many": "limits that change with time", "one": "one limit throughout"},
                _periods, _in_one_period),
    _of_profile("begin", {"now": "limits that begin now",
                          "earlier": "limits that began a minute ago"}, _begin, _begun),
)  # fmt: skip
