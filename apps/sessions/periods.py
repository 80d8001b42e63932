"""The charging periods of a session, from its samples and states (OCPI 2.2.1 mod_cdrs). Pure.

The rules, in order:
1. The periods follow each other without a gap from the session's begin to its end. What was
   measured before or after belongs to the first or the last of them.
2. Their energies add up to that of the session by the rules of ``energy``, to the thousandth Wh.
3. Where the station told a state, it charged while that was Charging, and was parked otherwise.
4. Where it told none, it charged between two readings if more flowed than electronics take.
5. Energy between two readings flowed while it charged, evenly; if it never did, all the time.

Any order and any repetition of the same samples and states gives the same periods.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, pairwise
from typing import NamedTuple

from apps.domain.periods import ChargingPeriod
from apps.domain.vocabulary import ChargingState
from apps.sessions.pace import FLOWING_W
from apps.sessions.power import Point

StateTold = tuple[datetime, ChargingState]
Changes = Sequence[tuple[datetime, bool]]  # since when it charged, or did not


class Stretch(NamedTuple):
    """A part of a session, and how much the whole of it had taken when the part ended."""

    began_at: datetime
    ended_at: datetime
    reached_wh: float
    is_charging: bool

    @property
    def takes_time(self) -> bool:
        return self.began_at < self.ended_at


def periods_of(
    points: Iterable[Point],
    states: Iterable[StateTold],
    began_at: datetime,
    ended_at: datetime,
) -> tuple[ChargingPeriod, ...]:
    """At least one, as few as there can be: neighbours differ in whether it charged.

    ``points``: how the energy of the samples grew, as ``measuring.measure`` tells.
    """
    ended_at = max(began_at, ended_at)
    inside = [(min(max(at, began_at), ended_at), wh) for at, wh in points]
    last_wh = inside[-1][1] if inside else 0.0
    told = _in_force(states)
    joined: list[Stretch] = []
    for (since, before), (until, after) in pairwise(
        [(began_at, 0.0), *inside, (ended_at, last_wh)]
    ):
        for stretch in _stretches(since, until, before, after, told):
            _join(joined, stretch)
    return tuple(_with_energy(joined))


def periods_billed(
    points: Sequence[Point], billed_wh: float | None, began_at: datetime, ended_at: datetime
) -> tuple[ChargingPeriod, ...]:
    """Those of a session that has ended; ``billed_wh``: what was decided that it took."""
    if billed_wh is not None:
        return whole(billed_wh, began_at, ended_at)
    return periods_of(points, (), began_at, ended_at)


def whole(energy_wh: float, began_at: datetime, ended_at: datetime) -> tuple[ChargingPeriod, ...]:
    """The one period of a session of which no more is known than what it took."""
    return (ChargingPeriod(began_at, max(began_at, ended_at), energy_wh),)


def _in_force(states: Iterable[StateTold]) -> Changes:
    """Since when it charged or did not; of two states of an instant charging counts."""
    told: dict[datetime, bool] = {}
    for at, state in states:
        told[at] = told.get(at, False) or state is ChargingState.CHARGING
    return sorted(told.items())


def _stretches(
    since: datetime, until: datetime, before_wh: float, after_wh: float, told: Changes
) -> Iterator[Stretch]:
    """What lies between two readings, cut where the state changes."""
    first = bisect_right(told, since, key=_instant) if told else 0
    changes = told[first : bisect_left(told, until, key=_instant)] if told else ()
    gain_wh = after_wh - before_wh
    begun = told[first - 1][1] if first else _has_flowed(gain_wh, since, until)
    if not changes:
        yield Stretch(since, until, after_wh, begun)
        return
    cuts = [since, *(at for at, _ in changes), until]
    flags = [begun, *(is_charging for _, is_charging in changes)]
    lengths = [(end - start).total_seconds() for start, end in pairwise(cuts)]
    shares = [length * flag for length, flag in zip(lengths, flags, strict=True)]
    whole_s = sum(shares) or sum(lengths)
    reached = accumulate(shares if any(shares) else lengths)
    for (start, end), share, flag in zip(pairwise(cuts), reached, flags, strict=True):
        yield Stretch(start, end, before_wh + gain_wh * share / whole_s, flag)


def _join(joined: list[Stretch], stretch: Stretch) -> None:
    """Neighbours that are alike become one; what takes no time belongs to a neighbour."""
    if not joined:
        joined.append(stretch)
        return
    before = joined[-1]
    began_at, is_charging = before.began_at, before.is_charging
    if stretch.is_charging is not is_charging:
        if before.takes_time and stretch.takes_time:
            joined.append(stretch)
            return
        is_charging = is_charging if before.takes_time else stretch.is_charging
        is_charging |= not (before.takes_time or stretch.takes_time)
    joined[-1] = Stretch(began_at, stretch.ended_at, stretch.reached_wh, is_charging)


def _with_energy(stretches: list[Stretch]) -> Iterator[ChargingPeriod]:
    """Differences of what was reached, rounded where they end: they add up exactly."""
    before = Decimal(0)
    for began_at, ended_at, reached_wh, is_charging in stretches:
        reached = _exact(reached_wh)
        yield ChargingPeriod(began_at, ended_at, reached - before, is_charging)
        before = reached


def _has_flowed(gain_wh: float, since: datetime, until: datetime) -> bool:
    return gain_wh * 3600 > FLOWING_W * (until - since).total_seconds()


def _exact(energy_wh: float) -> Decimal:
    """Meters resolve a thousandth of a Wh at the best."""
    return Decimal(str(energy_wh)).quantize(Decimal("0.001"), ROUND_HALF_UP)


def _instant(told: tuple[datetime, bool]) -> datetime:
    return told[0]
