"""What else a meter told bears out its register, or speaks against it. Pure.

Of a session that has ended all is known, and its register is held against the power that the same
meter told; where the two stand in another proportion all along, at that (``scale``). The rules:

1. A register that gained a thousandth, or a thousand times, of what the power tells was told in
   another unit: it is read in that.
2. What rose more than twice as fast as the strongest power between two readings did not flow
   then: one of the two is wrong. From a zero, which may not have been read, the power itself is
   the most. Not so where most readings say as much, as those of a meter that tells one phase of
   three.
3. Where no power was told, the same is said of what is ten times as fast as the session usually
   was, if no connector of one's home or office delivers it. Where it is known what can flow, a
   reading is ahead of that by no more than one step of its meter, and a minute of its clock; if
   all of them are by more than some seconds, that is doubted.
4. A begin and an end of which the power bears out the difference count, whatever the readings
   between them show, if it does not bear out what these do.
5. A register that gained more than four times what the power gives at the most is no register.
6. One that gained not a tenth of what two powers or more give at the least has not shown it.
7. One that gained less than half of what the power gives at the least, while it was read, counts
   and is doubted. Of two powers far apart nothing is known of the time between them.
8. Readings without an instant of their own are held to those at which they were heard, if most of
   what they show can have flowed between these: they were told live, by a clock that is wrong.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from apps.domain.events import Sample
from apps.sessions.pace import (
    AT_ONCE_WH,
    MARGIN,
    MAX_POWER_W,
    SUDDEN_W,
    Pace,
    Reading,
    ahead_wh,
    grain_wh,
    possible_wh,
)
from apps.sessions.power import LEAST_W, Flow, least_wh, powers_of
from apps.sessions.runs import Run
from apps.sessions.sequence import Span

SWIFT_S = 10.0  # by so much an instant and its reading may be apart
READ_LATE = timedelta(minutes=1)  # stations read their meters so often, or stamp to the minute
TIMES = 2.0
USUAL_TIMES = 10.0
LEAST_SHARE = 0.5  # losses of a converter, and a power that is rounded, are far less
NO_REGISTER_TIMES = 4.0  # one phase of three, and some
KILO = 1_000.0
_SLACK = 1.25
_NEAR = (0.2, _SLACK)  # of what the power gives at the most
_FEW = 3
_HEARD = 5  # readings that show whether they were told live
_APART = timedelta(seconds=1)  # what is told at once comes faster


def unit_of(readings: Sequence[Reading], flow: Flow | None, limit_w: float | None) -> float:
    """By what the register must be multiplied to be in Wh (rule 1)."""
    if flow is None or not _is_witness(flow, limit_w) or len(readings) < 2:
        return 1.0
    rises = [b.wh - a.wh for a, b in pairwise(readings)]
    gained_wh, usual_wh = sum(rises), sum(rises) - max(rises)  # a leap is of no unit
    if gained_wh <= 0 or flow.least_wh / NO_REGISTER_TIMES < gained_wh < _most_wh(flow):
        return 1.0
    least, most = (share * flow.most_wh for share in _NEAR)
    return next(
        (f for f in (KILO, 1 / KILO) if least <= usual_wh * f <= gained_wh * f <= most + 1), 1.0
    )


def pace_of(readings: Sequence[Reading], flow: Flow | None, limit_w: float | None) -> Pace:
    """The most that may have flowed between two readings of a session that has ended."""
    plain = Pace(limit_w)
    if flow is not None and _is_witness(flow, limit_w):
        pace = _measured(readings, flow.peak_w, limit_w)
        return _settled(plain, readings) if _is_outvoted(readings, pace) else pace
    return _settled(plain if limit_w is not None else _usual(readings), readings)


def is_beyond(gained_wh: float, readings: Sequence[Reading], limit_w: float | None) -> bool:
    """Whether it is more in all than the connector delivers, however finely it was told."""
    first, last = readings[0], readings[-1]
    if limit_w is None or not (first.is_timed and last.is_timed):
        return False
    most_wh = possible_wh(last.at - first.at + timedelta(seconds=SWIFT_S), limit_w)
    return gained_wh > most_wh + _grain_wh(readings)


def is_heard_live(readings: Sequence[Reading], told: Flow | None, limit_w: float | None) -> bool:
    """Whether readings, none of which has an instant of its own, were told as they were taken:
    most of what they show can have flowed between the instants at which they were heard."""
    if len(readings) < _HEARD or any(reading.is_timed for reading in readings):
        return False
    if any(after.at - before.at < _APART for before, after in pairwise(readings)):
        return False
    heard = timed(readings)
    return not _is_outvoted(heard, pace_of(heard, told, limit_w))


def timed(readings: Sequence[Reading]) -> list[Reading]:
    """By our clock."""
    return [reading._replace(is_timed=True) for reading in readings]


def ends_of(
    readings: Sequence[Reading], gained_wh: float, flow: Flow | None, limit_w: float | None
) -> Run | None:
    """Begin and end as a run, where others make ``gained_wh`` of the readings (rule 4)."""
    first, last = readings[0], readings[-1]
    if flow is None or not _is_witness(flow, limit_w) or not (first.is_first and last.is_last):
        return None
    lowest_wh, most_wh, between_wh = (
        flow.least_wh / _SLACK,
        flow.most_wh * _SLACK,
        last.wh - first.wh,
    )
    is_told = lowest_wh <= between_wh <= most_wh and not lowest_wh <= gained_wh <= most_wh
    if not is_told or abs(gained_wh - between_wh) <= max(AT_ONCE_WH / 10, between_wh / 10):
        return None
    return Run(first, last, None, 2, 0, len(readings) - 1)


def is_refuted(energy_wh: float, flow: Flow | None, limit_w: float | None) -> bool:
    """Rule 5."""
    is_witness = flow is not None and _is_witness(flow, limit_w)
    return flow is not None and is_witness and energy_wh > _most_wh(flow)


def shortfall_wh(
    gained_wh: float, readings: Sequence[Reading], ordered: Sequence[Sample], span: Span
) -> float | None:
    """What the power gives at the least, where rule 7 holds; None where it does not."""
    first, last = readings[0], readings[-1]
    powers = [each for each in powers_of(ordered) if first.at <= each[0] <= last.at]
    peak_w = max((watts for _, watts in powers), default=0.0)
    if span.ended_at is None or len(powers) < _FEW or not _is_likely(peak_w, span.limit_w):
        return None
    flowed_wh = least_wh(powers)
    shown_wh = gained_wh + grain_wh(reading.wh for reading in readings)
    is_short = shown_wh < flowed_wh * LEAST_SHARE and flowed_wh - shown_wh > AT_ONCE_WH / 10
    return flowed_wh if is_short else None


def falls_short(energy_wh: float, flow: Flow | None, limit_w: float | None) -> bool:
    """Rule 6, also where the powers are too few to say in what unit it was told."""
    if flow is None or not _is_likely(flow.peak_w, limit_w) or flow.least_wh < AT_ONCE_WH / 10:
        return False
    return energy_wh < flow.least_wh / 10


def _most_wh(flow: Flow) -> float:
    return NO_REGISTER_TIMES * flow.most_wh + AT_ONCE_WH / 10


def _is_witness(flow: Flow, limit_w: float | None) -> bool:
    """Several powers, with which a car charges, and which the connector delivers."""
    return flow.told >= _FEW and _is_likely(flow.peak_w, limit_w)


def _is_likely(peak_w: float, limit_w: float | None) -> bool:
    return LEAST_W <= peak_w <= (limit_w or MAX_POWER_W) * MARGIN


def _settled(pace: Pace, readings: Sequence[Reading]) -> Pace:
    """Ahead of what can flow by no more than a step of its meter, and what it is read late."""
    step_wh = _grain_wh(readings)
    sudden_wh = min(AT_ONCE_WH, SUDDEN_W * SWIFT_S / 3600 + step_wh)
    if pace.limit_w is None:
        return pace._replace(sudden_wh=sudden_wh)
    at_once_wh = min(AT_ONCE_WH, possible_wh(READ_LATE, pace.limit_w) + step_wh)
    return pace._replace(at_once_wh=at_once_wh, sudden_wh=sudden_wh)


def _grain_wh(readings: Sequence[Reading]) -> float:
    """Begin and end may be told in finer steps than what lies between."""
    between = (r.wh for r in readings if not (r.is_first or r.is_last))
    return max(grain_wh(r.wh for r in readings), grain_wh(between))


def _measured(readings: Sequence[Reading], peak_w: float, limit_w: float | None) -> Pace:
    swift_wh = peak_w * SWIFT_S / 3600 + _grain_wh(readings)
    fast_w = TIMES * peak_w / MARGIN
    return Pace(
        limit_w=fast_w if limit_w is None else min(fast_w, limit_w),
        at_once_wh=swift_wh,
        sudden_w=MARGIN * peak_w,
        sudden_wh=swift_wh,
        is_measured=True,
    )


def _is_outvoted(readings: Sequence[Reading], pace: Pace) -> bool:
    """Most of what was told speaks against the power, and so one of many is no oddity."""
    rises, fast, ahead = 0, 0, 0.0
    for before, after in _stretches(readings):
        ahead = ahead_wh(before._replace(ahead_wh=ahead) if ahead else before, after, pace)
        rises += after.wh > before.wh
        if ahead > pace.at_once_wh:
            fast, ahead = fast + 1, 0.0
    return 2 * fast > rises


def _usual(readings: Sequence[Reading]) -> Pace:
    paces = [_pace_w(a, b) for a, b in _stretches(readings) if b.wh > a.wh and b.at > a.at]
    if len(paces) < _FEW:
        return Pace()
    fast_w = max(SUDDEN_W, USUAL_TIMES * median(paces))
    return Pace(limit_w=fast_w / MARGIN) if fast_w < MAX_POWER_W else Pace()


def _pace_w(before: Reading, after: Reading) -> float:
    return (after.wh - before.wh) * 3600 / (after.at - before.at).total_seconds()


def _stretches(readings: Sequence[Reading]) -> Iterator[tuple[Reading, Reading]]:
    return ((a, b) for a, b in pairwise(readings) if a.is_timed and b.is_timed)
