"""What a charging profile must keep whatever the station: each rule is one named check.

A check gives sentences for the person who wrote the profile; none means that it fits. The rule
numbers are those of docs and tests (SC-01 to SC-19, from OCPP 2.0.1 part 2, block K).
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from apps.domain.profiles import (
    ABSOLUTE,
    EXTERNAL,
    MAX,
    RECURRENCES,
    RECURRING,
    RELATIVE,
    TX,
    ChargingProfile,
    ChargingSchedule,
)

MOST_SCHEDULES = 3
MOST_PERIODS = 1024
MOST_PHASES = 3
_DECIMAL = 1e-6

Problems = Iterator[str]


def check(profile: ChargingProfile, evse_id: int | None, *, is_start: bool = False) -> list[str]:
    """Every problem of a profile meant for an EVSE (0: the station, None: any).

    ``is_start``: it comes with a remote start, whose transaction has no id yet (K05.FR.02).
    """
    problems = list(place(profile, evse_id, is_start=is_start))
    for rule in RULES:
        problems += rule(profile)
    return problems


def place(profile: ChargingProfile, evse_id: int | None, *, is_start: bool) -> Problems:
    """SC-01: where each purpose may go (K01.FR.03, FR.22, FR.38; K05)."""
    purpose = profile.purpose
    if purpose == EXTERNAL:
        yield "External constraints are set by others at the station; they cannot be sent to it"
    if purpose == MAX and evse_id:
        yield "A station maximum is for the whole station: choose EVSE 0"
    if purpose != TX and profile.transaction_id:
        yield "Only a TxProfile names a transaction: leave 'transaction_id' out"
    if is_start:
        yield from _of_a_start(profile)
    elif purpose == TX:
        yield from _of_a_session(profile, evse_id)


def _of_a_start(profile: ChargingProfile) -> Problems:
    if profile.purpose != TX:
        yield "A start takes a TxProfile: a limit for this one session"
    if profile.transaction_id:
        yield "A start has no transaction yet: leave 'transaction_id' out"


def _of_a_session(profile: ChargingProfile, evse_id: int | None) -> Problems:
    if not evse_id:
        yield "A TxProfile is for the session at one EVSE: choose an EVSE above 0"
    if not profile.transaction_id:
        yield "A TxProfile needs the 'transaction_id' of the running session"


def kind(profile: ChargingProfile) -> Problems:
    """SC-02: what each kind needs, and what it must not have."""
    starts = [schedule.start_at is not None for schedule in profile.schedules]
    if profile.kind == RELATIVE and any(starts):
        yield "A Relative profile begins with the charging: leave 'start_at' out"
    if profile.kind != RELATIVE and not all(starts):
        yield f"A {profile.kind} profile needs the 'start_at' of its schedule"
    if profile.kind == RELATIVE and profile.purpose == MAX:
        yield "A station maximum cannot be Relative: no session gives it a beginning"
    if profile.kind == RECURRING and not profile.recurrency:
        yield "A Recurring profile needs a 'recurrency': Daily or Weekly"
    if profile.kind != RECURRING and profile.recurrency:
        yield f"Only a Recurring profile has a 'recurrency'; this one is {profile.kind}"


def validity(profile: ChargingProfile) -> Problems:
    """SC-07: valid from (with) until (without)."""
    start, end = profile.valid_from, profile.valid_to
    if start is not None and end is not None and start >= end:
        yield "'valid_to' must be later than 'valid_from'"


def schedules(profile: ChargingProfile) -> Problems:
    """SC-06: one schedule; up to three only for a session by ISO 15118 (K15.FR.07)."""
    count = len(profile.schedules)
    if count > 1 and profile.purpose != TX:
        yield f"{count} schedules: only a TxProfile for ISO 15118 may have more than one"
    if count > MOST_SCHEDULES:
        yield f"{count} schedules: at most {MOST_SCHEDULES} may be offered to a car"


def periods(profile: ChargingProfile) -> Problems:
    """SC-05: the first at 0, then ascending (K01.FR.31, FR.35)."""
    for schedule in profile.schedules:
        starts = [period.start_s for period in schedule.periods]
        if starts and starts[0] != 0:
            yield f"The first period must start at 0 s, not at {starts[0]} s"
        if any(later <= earlier for earlier, later in pairwise(starts)):
            yield "Periods must be in order: each starts later than the one before"
        if len(starts) > MOST_PERIODS:
            yield f"{len(starts)} periods: a schedule has at most {MOST_PERIODS}"


def duration(profile: ChargingProfile) -> Problems:
    """SC-08, SC-09: no period beyond the end, no recurrence longer than its turn."""
    for schedule in profile.schedules:
        length_s = schedule.duration_s
        if length_s is None:
            continue
        if length_s == 0:
            yield "'duration_s' must be more than 0; leave it out for a schedule without end"
        beyond = [p.start_s for p in schedule.periods if p.start_s and p.start_s >= length_s]
        if beyond:
            yield f"The period at {beyond[0]} s never applies: the schedule ends after {length_s} s"
        turn_s = RECURRENCES.get(profile.recurrency)
        if turn_s is not None and length_s > turn_s:
            yield f"A {profile.recurrency} schedule lasts at most {turn_s} s, not {length_s} s"


def phases(profile: ChargingProfile) -> Problems:
    """SC-10: one to three phases; which one only where there is one."""
    for period in (p for schedule in profile.schedules for p in schedule.periods):
        if period.phases is not None and not 1 <= period.phases <= MOST_PHASES:
            yield f"The period at {period.start_s} s has {period.phases} phases; 1 to 3 can be"
        if period.phase_to_use is None:
            continue
        if not 1 <= period.phase_to_use <= MOST_PHASES:
            yield f"'phase_to_use' is 1, 2 or 3, not {period.phase_to_use}"
        if period.phases != 1:
            yield "'phase_to_use' needs 'phases' 1: the station then switches to that phase"


def decimals(profile: ChargingProfile) -> Problems:
    """SC-16: limits have at most one decimal."""
    for number in (n for schedule in profile.schedules for n in _numbers(schedule)):
        if abs(number * 10 - round(number * 10)) > _DECIMAL:
            yield f"{number} has too many decimals: stations take one ({round(number, 1)})"


def minimum(profile: ChargingProfile) -> Problems:
    """SC-12: the least rate is advice; above a limit it contradicts it."""
    for schedule in profile.schedules:
        most = max((p.limit for p in schedule.periods), default=0.0)
        if schedule.min_rate is not None and schedule.min_rate > most:
            yield f"'min_rate' {schedule.min_rate:g} is above every limit of the schedule"


def anchored(profile: ChargingProfile) -> Problems:
    """A profile that ends before it begins never applies."""
    if profile.kind != ABSOLUTE or profile.valid_to is None:
        return
    for schedule in profile.schedules:
        if schedule.start_at is not None and schedule.start_at >= profile.valid_to:
            yield "The schedule starts when the profile is no longer valid"


def _numbers(schedule: ChargingSchedule) -> list[float]:
    least = [] if schedule.min_rate is None else [schedule.min_rate]
    return [*(period.limit for period in schedule.periods), *least]


RULES: tuple[Callable[[ChargingProfile], Problems], ...] = (
    kind, validity, schedules, periods, duration, phases, decimals, minimum, anchored,
)  # fmt: skip
