"""What came late or not at all because there was no connection. Pure."""

from apps.telling.case import Case, Finding
from apps.telling.quantities import several
from apps.telling.refs import said_ref

_CATCHING_UP = "Charging may go on without it; what is measured meanwhile may come afterwards."


def offline_start(case: Case) -> Finding | None:
    """It began while there was no connection: the station decided by itself."""
    start = case.evidence.start
    told = start is not None and start.is_offline
    # By a clock that is ahead it began after it was heard.
    began_at = min(case.session.started_at, start.received_at if start else case.session.started_at)
    over = [outage for outage in case.evidence.outages if outage.covers(began_at)]
    if not told and not over:
        return None
    text = "It began while there was no connection: the station let it begin by itself."
    advice = "The card was judged by the station's own list or rule, and by us only afterwards."
    refs = tuple(ref for o in over[-1:] for ref in o.evidence)
    refs = (*((said_ref(start),) if start else ()), *refs)
    return Finding("offline_start", "paused", text, advice, refs or case.evidence.edges[:1])


def outage(case: Case) -> Finding | None:
    """Each with its true ends; "now" only while it lasts and the session runs."""
    found = case.evidence.outages
    if not found:
        return None
    last = found[-1]
    if last.ended_at is not None:
        when = f"{case.clock(last.began_at)}–{case.clock(last.ended_at)}"
    elif case.is_over:
        when = f"from {case.clock(last.began_at)} on"
    else:
        when = f"{case.clock(last.began_at)}–now"
    many = f", the last of {several(len(found), 'time')}" if len(found) > 1 else ""
    text = f"There was no connection to the charger {when}{many}."
    refs = tuple(ref for one in found[-5:] for ref in one.evidence)
    return Finding("no_connection", "paused", text, _CATCHING_UP, refs)


def late_values(case: Case) -> Finding | None:
    if not case.lates:
        return None
    late = case.lates[-1]
    count = sum(len(one.said) for one in case.lates)
    what = "Values" if all(s.phase == "values" for s in late.said) else several(count, "message")
    when = case.evidence.between(late.began_at, late.ended_at)
    text = f"{what} of {when} came late, at {case.clock(late.came_at)}."
    is_set_right = "clock" in case.flags
    advice = (
        "Its readings are those that the station told; its times were set right."
        if is_set_right
        else "Its times and readings are those that the station told."
    )
    refs = tuple(said_ref(said) for one in case.lates for said in one.said)[:20]
    return Finding("late_values", "paused", text, advice, refs)
