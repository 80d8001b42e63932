"""Two sessions of one connector, one after the other: where their registers do not join. Pure.

Nothing flows while nobody charges, so a session begins at the register at which the one before it
ended. Where it begins higher, energy is in no bill; where it begins lower, in both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding
from apps.sessions.pace import AT_ONCE_WH, MOST_WH, grain_wh, possible_wh

SAME_WH = 10.0
STANDBY_W = 50.0  # of a station whose own consumption goes through the meter
# A session with any other mark has a case of its own, which says what its registers are worth.
PLAIN = frozenset({"gaps", "no_energy", "unauthorised"})
Span = tuple[float, float]  # a register, from and to, in Wh


@dataclass(frozen=True, slots=True)
class End:
    """A session that ended; ``register``: None where begin or end is not known."""

    id: int
    began_at: datetime
    ended_at: datetime
    flags: frozenset[str]
    register: Span | None


@dataclass(frozen=True, slots=True)
class Pair:
    """``after`` is the first to begin after ``before``, on the same connector. ``beside``: what
    the registers of the station's other sessions covered meanwhile."""

    organisation_id: int
    station_id: int
    evse_id: int
    before: End
    after: End
    beside: tuple[Span, ...] = ()


def judge(pairs: Iterable[Pair]) -> Iterator[Finding]:
    """One finding for each pair that does not join; it is about the earlier of the two."""
    for pair in pairs:
        gap = gap_of(pair)
        if gap is not None and not any(_covers(register, gap) for register in pair.beside):
            yield _finding(pair, *gap)


def gap_of(pair: Pair) -> Span | None:
    """From where the one ended to where the other began, if these differ and both are sure."""
    before, after = pair.before, pair.after
    is_sure = (before.flags | after.flags) <= PLAIN and before.ended_at <= after.began_at
    if before.register is None or after.register is None or not is_sure:
        return None
    (first_wh, end_wh), (begin_wh, _) = before.register, after.register
    rise_wh = begin_wh - end_wh
    least_wh = SAME_WH + grain_wh((*before.register, *after.register))
    pause = after.began_at - before.ended_at
    if rise_wh > least_wh + STANDBY_W * pause.total_seconds() / 3600:
        is_same_meter = rise_wh <= min(MOST_WH, possible_wh(pause) + AT_ONCE_WH)
        return (end_wh, begin_wh) if is_same_meter else None
    # A register that begins anew is not above where the session before began.
    return (end_wh, begin_wh) if first_wh < begin_wh < end_wh - least_wh else None


def _covers(register: Span, gap: Span) -> bool:
    """Whether what flowed is in the bill of another connector, which has the same meter."""
    return min(register[1], gap[1]) - max(register[0], gap[0]) > SAME_WH


def _finding(pair: Pair, end_wh: float, begin_wh: float) -> Finding:
    before, after = pair.before, pair.after
    is_lost = begin_wh > end_wh
    kind = kinds.BETWEEN if is_lost else kinds.TWICE
    apart = f"{abs(begin_wh - end_wh) / 1000:.3f} kWh"
    told = f"Ended at a register of {end_wh / 1000:.3f} kWh."
    follows = (
        f"The next session on its connector began at {begin_wh / 1000:.3f} kWh: "
        f"{apart} are {'in no bill' if is_lost else 'in both bills'}."
    )
    return Finding(
        kind, f"session-{before.id}", pair.organisation_id, pair.station_id, before.ended_at,
        (
            Evidence(told, before.ended_at, "session", before.id),
            Evidence(follows, after.began_at, "session", after.id),
        ),
        before.id, pair.evse_id, tells=f"{kind} {told} {follows}",
    )  # fmt: skip


KINDS = frozenset({kinds.BETWEEN, kinds.TWICE})
