"""What a charging profile must keep at one station: its limits, what it holds, what runs. Pure.

Each rule is one named check that gives sentences for the person who wrote the profile. What a
station has not told us is not held against it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from apps.domain.identifiers import same, spelt
from apps.domain.profiles import EXTERNAL, TX, TX_DEFAULT, ChargingProfile
from apps.domain.way_axis import VOLTAGE_V
from apps.power.composite import Held
from apps.protocol.vendors.manner import Manner

_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Problems = Iterator[str]


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """What the station told of its smart charging (L-05); None and empty: it did not.

    ``least_a``: what its make does not bear to be limited below; ``is_whole``: it takes limits
    of the whole station only.
    """

    stack_level: int | None = None
    periods: int | None = None
    entries: int | None = None
    units: tuple[str, ...] = ()
    may_switch: bool | None = None
    least_a: float = 0.0
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A station as the rules see it. ``open_at``: EVSE by open transaction id.

    ``is_replacing``: a profile with the purpose and level of another replaces it (1.6).
    ``choices``: which phase, several schedules, external profiles (2.0.1). ``known``: which
    ways to put a command it takes (``domain.ways``).
    """

    limits: ProfileLimits = ProfileLimits()
    held: Collection[Held] = ()
    open_at: Mapping[str, int | None] = field(default_factory=dict)
    evses: Collection[int] = ()
    is_replacing: bool = False
    known: Mapping[str, bool] = field(default_factory=dict)


def with_make(limits: ProfileLimits, manner: Manner) -> ProfileLimits:
    """With what is known of the make of the station."""
    return replace(limits, least_a=manner.least_a, is_whole="scope:EVSE" in manner.refuses)


def check(profile: ChargingProfile, evse_id: int, facts: Facts) -> list[str]:
    """Every problem that this station would have with the profile."""
    return [problem for rule in RULES for problem in rule(profile, evse_id, facts)]


def known_evse(_profile: ChargingProfile, evse_id: int, facts: Facts) -> Problems:
    if evse_id and facts.evses and evse_id not in facts.evses:
        known = ", ".join(str(number) for number in sorted(facts.evses))
        yield f"The station has no EVSE {evse_id}; it has {known}"


def stack(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    """SC-17: levels go from 0 to what the station told."""
    most = facts.limits.stack_level
    if most is not None and profile.stack_level > most:
        yield f"The station takes stack levels up to {most}, not {profile.stack_level}"


def period_count(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    """L-05."""
    most = facts.limits.periods
    for schedule in profile.schedules:
        if most is not None and len(schedule.periods) > most:
            yield f"The station takes {most} periods a schedule, not {len(schedule.periods)}"


def unit(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    """SC-11: A or W, as the station told."""
    for schedule in profile.schedules:
        if facts.limits.units and schedule.unit not in facts.limits.units:
            yield f"The station takes limits in {' or '.join(facts.limits.units)} only"


def entries(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    """L-05: only so many profiles at once."""
    others = {held.profile.id for held in facts.held} - {profile.id}
    most = facts.limits.entries
    if most is not None and len(others) >= most:
        yield f"The station holds {len(others)} profiles, and has room for {most}: clear one first"


def least(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    """There are makes that are dead, or in trouble, after a limit of 0 A."""
    least_a = facts.limits.least_a
    for schedule in profile.schedules:
        least_there = least_a if schedule.unit == "A" else least_a * VOLTAGE_V
        if any(period.limit < least_there for period in schedule.periods):
            yield (
                f"Stations of this make do not bear a limit below {least_there:g} {schedule.unit}:"
                " stop the session instead of pausing it"
            )


def whole(_profile: ChargingProfile, evse_id: int, facts: Facts) -> Problems:
    """Where there is one EVSE, the whole station is the same, and is told so."""
    if facts.limits.is_whole and evse_id and len(facts.evses) > 1:
        yield "The station takes limits for all of it only: choose EVSE 0"


def phase(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    """SC-10: only a station that can switch phases lets us choose one."""
    is_chosen = any(p.phase_to_use for schedule in profile.schedules for p in schedule.periods)
    if is_chosen and facts.is_replacing:
        yield "OCPP 1.6 has no choice of the phase: leave 'phase_to_use' out"
    elif is_chosen and facts.limits.may_switch is not True:
        yield "The station has not told that it can switch phases: leave 'phase_to_use' out"


def one_schedule(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    if facts.is_replacing and len(profile.schedules) > 1:
        yield "OCPP 1.6 takes one schedule a profile"


def session(profile: ChargingProfile, evse_id: int, facts: Facts) -> Problems:
    """SC-13, SC-15: a TxProfile is for a transaction that runs there."""
    if profile.purpose != TX or not profile.transaction_id:
        return
    name = spelt(profile.transaction_id, facts.open_at)
    if name is None:
        yield f"No session {profile.transaction_id} runs here: a TxProfile dies with its session"
        return
    place = facts.open_at[name]
    if place is not None and place != evse_id:
        yield f"The session {profile.transaction_id} runs at EVSE {place}, not {evse_id}"


def same_id(profile: ChargingProfile, _evse_id: int, facts: Facts) -> Problems:
    """SC-03: ids are shared with the external profiles, which we cannot replace (K01.FR.06)."""
    for held in facts.held:
        if held.profile.id == profile.id and held.profile.purpose == EXTERNAL:
            yield f"The id {profile.id} belongs to an external limit: choose another id"


def same_place(profile: ChargingProfile, evse_id: int, facts: Facts) -> Problems:
    """SC-03: no other profile of this purpose and level while both are valid (K01.FR.39)."""
    if facts.is_replacing:
        return
    for held in facts.held:
        if held.profile.id != profile.id and is_same_place(held, profile, evse_id):
            yield (
                f"Profile {held.profile.id} has the same purpose and stack level at the same"
                " time: give this one its id to replace it, or another stack level"
            )


def default_everywhere(profile: ChargingProfile, evse_id: int, facts: Facts) -> Problems:
    """SC-04: not of one level for the station and for an EVSE (K01.FR.52, FR.53)."""
    if profile.purpose != TX_DEFAULT or facts.is_replacing:
        return
    for held in facts.held:
        other = held.profile
        is_twin = other.purpose == TX_DEFAULT and other.stack_level == profile.stack_level
        if is_twin and other.id != profile.id and (held.evse_id == 0) != (evse_id == 0):
            where = "the whole station" if held.evse_id == 0 else f"EVSE {held.evse_id}"
            yield (
                f"Profile {other.id} is a default of the same stack level for {where}:"
                " choose another level, or clear it first"
            )


def is_same_place(held: Held, profile: ChargingProfile, evse_id: int) -> bool:
    """Whether the two stand in each other's way: purpose, level, place, and time."""
    other = held.profile
    if (other.purpose, other.stack_level) != (profile.purpose, profile.stack_level):
        return False
    if profile.purpose == TX:
        return bool(profile.transaction_id) and same(other.transaction_id, profile.transaction_id)
    (start, end), (others_start, others_end) = _span(profile), _span(other)
    return held.evse_id == evse_id and start < others_end and others_start < end


def _span(profile: ChargingProfile) -> tuple[datetime, datetime]:
    return profile.valid_from or _EVER[0], profile.valid_to or _EVER[1]


RULES: tuple[Callable[[ChargingProfile, int, Facts], Problems], ...] = (
    known_evse, stack, period_count, unit, entries, least, whole, phase, one_schedule, session,
    same_id, same_place, default_everywhere,
)  # fmt: skip
