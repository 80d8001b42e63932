"""What a person who reads a bill should see: marks of a session, and whether it is worth a look.

Pure.
"""

from apps.sessions.energy import LITTLE_WH, Totals
from apps.sessions.machine import Facts

UNAUTHORISED, CLOCK, UNREAD = "unauthorised", "clock", "unread_reading"
REFUSED_MESSAGE = "refused_message"
MISNAMED, TWO_BOXES = "misnamed", "two_boxes"
DECIDED, DISCARDED = "decided", "discarded"
MISSING_READING = "missing_reading"
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
)


def with_mark(flags: str, mark: str, *, is_set: bool = True) -> str:
    """``flags`` with the mark, or without it."""
    marks = {*flags.split()} - {mark} | ({mark} if is_set else set())
    return " ".join(sorted(marks))


def misses_reading(facts: Facts, ends: tuple[float | None, float | None]) -> bool:
    """Where the messages of begin and end tell a register (1.6), and one of them did not.

    ``ends``: the register that these told.
    """
    has_no_begin = facts.has_start and ends[0] is None
    return has_no_begin or (not facts.is_estimated and ends[1] is None)


def flags_of(facts: Facts, totals: Totals, previous: str) -> str:
    """Marks that a person reading a bill should see, space-separated, in fixed order."""
    marks = {
        **{name: name in previous.split() for name in LASTING},
        "estimated": facts.is_estimated,
        "no_start": not facts.has_start,
        "gaps": facts.ended_at is not None and "," in facts.seqs,
        "no_register": totals.meter_start_wh is None and totals.sampled_at is not None,
        "implausible_reading": totals.is_doubted,
        "no_energy": facts.ended_at is not None and totals.energy_wh <= 0,
    }
    return " ".join(name for name, is_set in marks.items() if is_set)


def is_problem(facts: Facts, totals: Totals, flags: str) -> bool:
    """Worth a look: it took next to nothing, was cut short, or carries a mark."""
    took_little = facts.ended_at is not None and totals.energy_wh < LITTLE_WH
    return bool(took_little or facts.stop_reason in CUT_SHORT or facts.is_estimated or flags)


def with_decision(flags: str, *, is_set: bool) -> str:
    """That a person decided its energy, or not any more; either bills what was discarded."""
    return with_mark(with_mark(flags, DECIDED, is_set=is_set), DISCARDED, is_set=False)
