"""What was unusual in a session, most serious first; where nothing was, that it looks normal.

Pure. The rules are small and stand in ``rules``; their order is the table here.
"""

from collections.abc import Callable

from apps.telling.case import Case, Finding
from apps.telling.rules import card, ending, energy, link, record

Rule = Callable[[Case], Finding | None]

RULES: tuple[Rule, ...] = (
    ending.fault, card.refused, ending.power_cut, ending.restarted, record.refused_messages,
    energy.no_power,
    ending.cable_out, energy.nothing_taken, ending.estimated, ending.still_open,
    record.set_aside, record.unread, record.clock, ending.stop_not_done, ending.resumed,
    link.offline_start, link.outage, link.late_values, energy.waiting, energy.station_paused,
    energy.throttled, record.no_values, record.no_start, record.gaps, record.no_register,
    record.other_marks, record.unsettled, card.several_swipes, card.starts_that_failed,
    energy.very_long, energy.idle,
    ending.operator, ending.system, energy.car_stopped, card.refused_first,
    card.started_from_afar, ending.handed_over, card.reserved, energy.limited,
    record.decided, record.not_kept,
)  # fmt: skip


def diagnose(case: Case) -> list[Finding]:
    """Every finding. Those that are nothing unusual stand behind one that says so."""
    found = [finding for rule in RULES if (finding := rule(case)) is not None]
    if any(finding.tone in ("paused", "faulted") for finding in found):
        return found
    return [_normal(case), *found]


def _normal(case: Case) -> Finding:
    if case.stop is None:
        text = "Nothing unusual so far."
        return Finding("nothing_unusual", "charging", text, "No action is needed.",
                       case.evidence.edges)  # fmt: skip
    text = f"A normal session. {case.stop.text}."
    refs = tuple(dict.fromkeys((*case.evidence.edges, *case.stop.evidence)))
    return Finding("normal", "ok", text, "No action is needed.", refs)
