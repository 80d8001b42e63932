"""Two sessions of one connector, one after the other: where their registers do not join. Pure.

Nothing flows while nobody charges, so a session begins at the register at which the one before it
ended. Where it begins higher, energy is in no bill. What both registers went through is in both,
whichever came first and whatever lies between them, unless the register began anew meanwhile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from apps.reconciliation import kinds
from apps.reconciliation.ended import AT_ONCE
from apps.reconciliation.life import Evidence, Finding
from apps.sessions.marks import AMENDED, SETTLED
from apps.sessions.pace import AT_ONCE_WH, MOST_WH, grain_wh, possible_wh

SAME_WH = 10.0
STANDBY_W = 50.0  # of a station whose own consumption goes through the meter
# A session with any other mark has a case of its own, which says what its registers are worth.
PLAIN = frozenset({"gaps", "no_energy", "unauthorised"})
# Registers that are not sure, and bills that a person has seen to.
UNSURE = frozenset({"implausible_reading", "no_register"}) | SETTLED | AMENDED
ANEW_WH = 100.0  # from where a register counts that begins anew with each session
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
    """One finding for each pair that does not join; it is about the earlier of the two.

    The same energy in two bills is also found of pairs between which others lie.
    """
    for pair in pairs:
        gap = gap_of(pair)
        if shared_wh(pair):
            yield _twice(pair)
        elif gap is not None and not any(_covers(register, gap) for register in pair.beside):
            yield _between(pair, *gap)


def gap_of(pair: Pair) -> Span | None:
    """From where the one ended to where the other began above it, if both are sure."""
    before, after = pair.before, pair.after
    is_sure = (before.flags | after.flags) <= PLAIN and before.ended_at <= after.began_at
    if before.register is None or after.register is None or not is_sure:
        return None
    (_, end_wh), (begin_wh, _) = before.register, after.register
    rise_wh = begin_wh - end_wh
    pause = after.began_at - before.ended_at
    if rise_wh <= _least_wh(before, after) + STANDBY_W * pause.total_seconds() / 3600:
        return None
    is_same_meter = rise_wh <= min(MOST_WH, possible_wh(pause) + AT_ONCE_WH)
    return (end_wh, begin_wh) if is_same_meter else None


def shared_wh(pair: Pair) -> float:
    """What went through the meter in both sessions, by their registers; 0 where that is not sure.

    At once they are another case. Where the later one begins at nothing the register begins anew.
    """
    before, after = pair.before, pair.after
    if before.register is None or after.register is None or UNSURE & (before.flags | after.flags):
        return 0.0
    if before.ended_at - after.began_at > AT_ONCE or after.register[0] < ANEW_WH:
        return 0.0
    (begin_wh, end_wh), (next_begin_wh, next_end_wh) = before.register, after.register
    both_wh = min(end_wh, next_end_wh) - max(begin_wh, next_begin_wh)
    return both_wh if both_wh > _least_wh(before, after) else 0.0


def _least_wh(before: End, after: End) -> float:
    return SAME_WH + grain_wh((*(before.register or ()), *(after.register or ())))


def _covers(register: Span, gap: Span) -> bool:
    """Whether what flowed is in the bill of another connector, which has the same meter."""
    return min(register[1], gap[1]) - max(register[0], gap[0]) > SAME_WH


def _between(pair: Pair, end_wh: float, begin_wh: float) -> Finding:
    told = f"Ended at a register of {_kwh(end_wh)}."
    follows = f"The next session on its connector began at {_kwh(begin_wh)}"
    return _finding(
        kinds.BETWEEN, pair, told, f"{follows}: {_kwh(begin_wh - end_wh)} are in no bill."
    )


def _twice(pair: Pair) -> Finding:
    told = f"Its register went {_way(pair.before)}."
    both = f"{_kwh(shared_wh(pair))} are in both bills."
    follows = f"That of a later session on its connector went {_way(pair.after)}: {both}"
    return _finding(kinds.TWICE, pair, told, follows)


def _way(end: End) -> str:
    begin_wh, end_wh = end.register or (0.0, 0.0)
    return f"from {_kwh(begin_wh)} to {_kwh(end_wh)}"


def _finding(kind: str, pair: Pair, told: str, follows: str) -> Finding:
    before, after = pair.before, pair.after
    return Finding(
        kind, f"session-{before.id}", pair.organisation_id, pair.station_id, before.ended_at,
        (
            Evidence(told, before.ended_at, "session", before.id),
            Evidence(follows, after.began_at, "session", after.id),
        ),
        before.id, pair.evse_id, tells=f"{kind} {told} {follows}",
    )  # fmt: skip


def _kwh(wh: float) -> str:
    return f"{wh / 1000:.3f} kWh"


KINDS = frozenset({kinds.BETWEEN, kinds.TWICE})
