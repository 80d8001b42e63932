"""What a person who reads a bill should see: marks of a session, and whether it is worth a look.

Pure.
"""

from collections.abc import Sequence
from datetime import timedelta

from apps.sessions.energy import LITTLE_WH, Totals
from apps.sessions.machine import Facts
from apps.sessions.power import Point

UNAUTHORISED, CLOCK, UNREAD = "unauthorised", "clock", "unread_reading"
REFUSED_MESSAGE = "refused_message"
MISNAMED, TWO_BOXES = "misnamed", "two_boxes"
DECIDED, DISCARDED = "decided", "discarded"
MISSING_READING = "missing_reading"
SET_ASIDE, JOINED, JOINED_INTO, SPLIT = "set_aside", "joined", "joined_into", "split"
TWO_STOPS, LATE_STOP, TWO_EVSES = "two_stops", "late_stop", "two_evses"  # see ``odds``
SETTLED = frozenset({DECIDED, DISCARDED})  # a person has said what is billed
AMENDED = frozenset({SET_ASIDE, JOINED, JOINED_INTO, SPLIT})  # see ``amendments``
FIXED = frozenset({JOINED, JOINED_INTO, SPLIT})  # begin and end are as a person has left them
UNBILLED = frozenset({DISCARDED, JOINED_INTO})
_UNHEARD = frozenset({UNREAD, REFUSED_MESSAGE, MISSING_READING, "implausible_reading"})
UNTOLD_SHARE = 0.02  # of what a session took
_HOUR = timedelta(hours=1)
Ends = tuple[float | None, float | None]
CUT_SHORT = frozenset({
    "PowerLoss", "EmergencyStop", "DeAuthorized", "GroundFault", "OvercurrentFault",
    "OtherFault", "PowerQuality", "HardReset", "ImmediateReset", "Reboot", "Other",
})  # fmt: skip
# Marks that only the events can tell; others follow from facts.
LASTING = (
    UNAUTHORISED,
    CLOCK,
    UNREAD,
    REFUSED_MESSAGE,
    MISNAMED,
    TWO_BOXES,
    DECIDED,
    DISCARDED,
    MISSING_READING,
    SET_ASIDE,
    JOINED,
    JOINED_INTO,
    SPLIT,
    TWO_STOPS,
    LATE_STOP,
    TWO_EVSES,
)


def with_mark(flags: str, mark: str, *, is_set: bool = True) -> str:
    """``flags`` with the mark, or without it."""
    marks = {*flags.split()} - {mark} | ({mark} if is_set else set())
    return " ".join(sorted(marks))


def misses_reading(
    facts: Facts, ends: Ends, points: Sequence[Point], *, are_ends_told: bool
) -> bool:
    """Whether the register at begin or end was not told, although it must be, or energy flowed.

    ``ends``: the register that these told; ``points``: how it rose; ``are_ends_told``: by the
    messages of begin and end themselves (1.6).
    """
    has_no_begin = facts.has_start and ends[0] is None
    has_no_end = not facts.is_estimated and ends[1] is None
    return (are_ends_told and (has_no_begin or has_no_end)) or _misses_flow(facts, ends, points)


def is_unmeasured(totals: Totals, points: Sequence[Point]) -> bool:
    """Whether its meter told nothing of which its energy could be made."""
    return totals.sampled_at is not None and totals.register_at is None and not points


def _misses_flow(facts: Facts, ends: Ends, points: Sequence[Point]) -> bool:
    """By the pace beside it, before the first reading or after the last, where that was no end."""
    if len(points) < 2 or facts.ended_at is None:
        return False
    (first_at, _), (last_at, energy_wh) = points[0], points[-1]
    untold_wh = 0.0
    if ends[0] is None:
        untold_wh += _pace_w(*points[:2]) * ((first_at - facts.started_at) / _HOUR)
    if ends[1] is None:
        untold_wh += _pace_w(*points[-2:]) * ((facts.ended_at - last_at) / _HOUR)
    return untold_wh > max(LITTLE_WH, UNTOLD_SHARE * energy_wh)


def _pace_w(before: Point, after: Point) -> float:
    elapsed = after[0] - before[0]
    return (after[1] - before[1]) / (elapsed / _HOUR) if elapsed else 0.0


def flags_of(facts: Facts, totals: Totals, previous: str) -> str:
    """Marks that a person reading a bill should see, space-separated, in fixed order."""
    is_decided = DECIDED in previous.split()
    marks = {
        **{name: name in previous.split() for name in LASTING},
        "estimated": facts.is_estimated,
        "no_start": not facts.has_start,
        "gaps": facts.ended_at is not None and "," in facts.seqs,
        "no_register": totals.register_at is None and totals.energy_wh > 0 and not is_decided,
        "implausible_reading": totals.is_doubted,
        "no_energy": _took_none(facts, totals, previous),
    }
    return " ".join(name for name, is_set in marks.items() if is_set)


def _took_none(facts: Facts, totals: Totals, previous: str) -> bool:
    """What was joined into another session took what counts there."""
    has_ended = facts.ended_at is not None and JOINED_INTO not in previous.split()
    return has_ended and totals.energy_wh <= 0


def is_nobodys(flags: str, token_uid: str, energy_wh: float, *, has_start: bool) -> bool:
    """Whether a plug was in, and that was all: nothing flowed, for all that is known, and no card
    was let charge."""
    is_let_in = bool(token_uid) and UNAUTHORISED not in flags.split()
    return has_start and energy_wh <= 0 and not is_let_in and not is_any(flags, _UNHEARD)


def is_any(flags: str, marks: frozenset[str]) -> bool:
    return not marks.isdisjoint(flags.split())


def is_problem(facts: Facts, totals: Totals, flags: str) -> bool:
    """Worth a look: it took next to nothing, was cut short, or carries a mark."""
    took_little = facts.ended_at is not None and totals.energy_wh < LITTLE_WH
    return bool(took_little or facts.stop_reason in CUT_SHORT or facts.is_estimated or flags)


def with_decision(flags: str, *, is_set: bool) -> str:
    """That a person decided its energy, or not any more; either bills what was discarded.

    He has seen what came before.
    """
    for mark in (DISCARDED, LATE_STOP):
        flags = with_mark(flags, mark, is_set=False)
    return with_mark(flags, DECIDED, is_set=is_set)
