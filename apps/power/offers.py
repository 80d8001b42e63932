"""What a car is offered by ISO 15118, and whether what it means to do stays within. Pure.

An offer is as much as the limits allow and the car can take: nobody is charged less than may be.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from apps.domain.profiles import ABSOLUTE, TX, ChargingProfile, ChargingSchedule, Period
from apps.power.composite import Piece, lowest_between

TOLERANCE = 0.05
HORIZON_S = 86_400
SHORTEST_S = 3600
NOMINAL_V = 230.0
MOST_AC_A, MOST_DC_A, MOST_DC_W = 80.0, 500.0, 500_000.0  # Type 1 and 2; CCS at 1,000 V
PHASES = {"AC_single_phase": 1, "AC_two_phase": 2, "AC_three_phase": 3}


@dataclass(frozen=True, slots=True)
class Wish:
    """What bounds an offer: the car's most in the unit, and the tuples that it can hold."""

    unit: str
    most: float | None
    phases: int | None
    tuples: int


def unit_for(mode: str, allowed: tuple[str, ...]) -> str:
    """A for AC and W for DC, or what the station takes (SC-11)."""
    wanted = "W" if mode == "DC" else "A"
    return wanted if wanted in allowed or not allowed else allowed[0]


def most_for(mode: str, unit: str, *, most_a: float | None, most_w: float | None) -> float | None:
    """The most in the unit; None where it is not known.

    Only AC has a voltage of its own: that of a battery is the car's, and is in ``most_w``.
    """
    told, other = (most_w, most_a) if unit == "W" else (most_a, most_w)
    if told is not None or other is None or mode == "DC":
        return told
    watts_per_amp = NOMINAL_V * PHASES.get(mode, 1)
    return other * watts_per_amp if unit == "W" else other / watts_per_amp


def ceiling(mode: str, unit: str) -> float:
    """What no plug of the kind exceeds: where nobody tells a limit, the offer sets none."""
    if mode == "DC":
        return MOST_DC_W if unit == "W" else MOST_DC_A
    return MOST_AC_A if unit == "A" else MOST_AC_A * NOMINAL_V * PHASES.get(mode, 1)


def horizon_s(now: datetime, departure_at: datetime | None) -> int:
    """How far to plan: until the car leaves, an hour at least and a day at most."""
    if departure_at is None:
        return HORIZON_S
    return int(min(HORIZON_S, max(SHORTEST_S, (departure_at - now).total_seconds())))


def offer(pieces: list[Piece], wish: Wish, *, start_at: datetime) -> ChargingSchedule | None:
    """A schedule within ``pieces`` and the wish; None where nothing says how much there is."""
    bounded: list[Period] = []
    for piece in pieces:
        known = [limit for limit in (piece.limit, wish.most) if limit is not None]
        if not known:
            return None
        limit = int(min(known) * 10 + TOLERANCE) / 10
        if not bounded or bounded[-1].limit != limit:
            bounded.append(Period(piece.start_s, limit, wish.phases))
    return ChargingSchedule(wish.unit, tuple(_fewer(bounded, wish.tuples)), start_at)


def tx_profile(
    schedule: ChargingSchedule, transaction_id: str, *, number: int, level: int
) -> ChargingProfile:
    return ChargingProfile(
        level, TX, ABSOLUTE, (schedule,), id=number, transaction_id=transaction_id
    )


def is_within(schedule: ChargingSchedule, pieces: list[Piece]) -> bool:
    """Whether a car's schedule keeps every limit; both count from the same instant."""
    end_s = float(schedule.duration_s or HORIZON_S)
    starts = [float(period.start_s) for period in schedule.periods]
    ends = [later for _, later in pairwise(starts)] + [end_s]
    for period, until_s in zip(schedule.periods, ends, strict=True):
        lowest = lowest_between(pieces, period.start_s, until_s)
        if lowest is not None and period.limit > lowest + TOLERANCE:
            return False
    return True


def base(now: datetime) -> datetime:
    """Offers begin on a whole second: the wire has no smaller ones."""
    return now - timedelta(microseconds=now.microsecond)


def _fewer(periods: list[Period], most: int) -> list[Period]:
    """At most so many: what no longer fits is joined to its least limit."""
    if len(periods) <= most:
        return periods
    kept, rest = periods[: most - 1], periods[most - 1 :]
    least = min(period.limit for period in rest)
    return [*kept, Period(rest[0].start_s, least, rest[0].phases)]
