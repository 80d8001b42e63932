"""How good the record is: clock, readings, gaps, messages that could not be read. Pure."""

from collections.abc import Callable
from datetime import timedelta

from apps.sessions import words
from apps.telling.case import Case, Finding
from apps.telling.quantities import kwh, several, span
from apps.telling.refs import Kind, Ref, said_ref

_UNSEEN, _UNMEASURED = timedelta(minutes=5), timedelta(minutes=30)
_OFF = timedelta(minutes=2)
_BILL = "Energy follows the stated rule; check it before it is billed."


def refused_messages(case: Case) -> Finding | None:
    """Nothing could be made of them."""
    refused = [said for said in case.evidence.said if said.is_refused]
    if not refused and "refused_message" not in case.flags:
        return None
    kinds = sorted({said.action for said in refused if said.action})
    what = f": {', '.join(kinds)}" if kinds else ""
    text = f"{several(len(refused), 'message')} of this session could not be handled{what}."
    if not refused:
        text = "A message of it, or of its station, could not be handled."
    advice = "What they said is missing here. Open them to see what is wrong in them."
    refs = tuple(map(said_ref, refused[:20])) or case.evidence.edges
    return Finding("refused_message", "faulted", text, advice, refs)


def set_aside(case: Case) -> Finding | None:
    """Readings that cannot be or are odd, and why, in the words that say most."""
    doubts = case.evidence.doubts
    if "implausible_reading" not in case.flags and not doubts:
        return None
    aside = [doubt for doubt in doubts if not doubt.counts]
    text = "The readings of its meter do not fit together."
    if doubts:
        most = max(aside or doubts, key=lambda doubt: len(doubt.why))
        many, when = several(len(aside or doubts), "value"), case.clock(most.at)
        verdict = "set aside" if aside else "odd, though counted"
        were = "was" if len(aside or doubts) == 1 else "were"
        text = f"{many} of its meter {were} {verdict}. At {when}: {most.why}"
    billed = "" if case.session.ended_at is None else f"Billed is {kwh(case.session.energy_wh)}. "
    advice = f"{billed}Check the unit and the scale of the meter values."
    refs = tuple(Ref(Kind.SAMPLE, 0, doubt.at) for doubt in doubts[:20])
    return Finding("readings_set_aside", "paused", text, advice, refs or _readings(case))


def unread(case: Case) -> Finding | None:
    """What was sent, as far as it is kept."""
    if "unread_reading" not in case.flags:
        return None
    sent = case.evidence.unread
    first = f": {sent[0].what} was sent as “{sent[0].sent}”" if sent else ""
    text = f"Some of its readings could not be understood{first}."
    advice = "Their unit, phase or quantity is not known here; the messages have them as they came."
    if sent:
        advice = f"The messages have them as they came. {_what_of_them(case)}"
    refs = tuple(one.ref for one in sent) or _readings(case)
    return Finding("readings_not_understood", "paused", text, advice, refs)


def _what_of_them(case: Case) -> str:
    """Registers are shown of it only where their difference is what is billed."""
    one = case.session
    is_billed = None not in (one.meter_start_wh, one.meter_stop_wh) and not one.is_estimated
    if is_billed and one.ended_at is not None:
        return "What is billed is what its register gained between begin and end."
    return "What they say may be missing in what is billed."


def clock(case: Case) -> Finding | None:
    """By how much it was off is known only where what was told live showed it."""
    if "clock" not in case.flags:
        return None
    off = timedelta(seconds=case.session.offset_s or 0)
    odd = _odd_times(case)
    untold = any(said.phase and said.at is None for said in case.evidence.said)
    if abs(off) <= _OFF and not odd and untold:
        text = "Its station did not tell when some of it was: that is timed by when it was heard."
        advice = "Times may be a little late; the clock of the station may well be right."
        return Finding("time_not_told", "paused", text, advice, case.evidence.edges)
    text = "Times that its station told cannot be right."
    if abs(off) > _OFF:
        text = f"The station's clock was wrong, by {span(abs(off))}."
    elif odd:
        text = f"Times that its station told cannot be right: {odd}."
    advice = "Times were set right where that was possible; look at the clock of the station."
    return Finding("wrong_clock", "paused", text, advice, case.evidence.edges)


def _odd_times(case: Case) -> str:
    """What contradicts what, of what was said of begin and end; "" where these do not show it."""
    one = case.session
    began_at, ended_at = one.start_said_at, one.end_said_at
    told = ((began_at, one.start_heard_at), (ended_at, one.end_heard_at))
    if began_at and ended_at and ended_at < began_at:
        return "it said that it ended before it began"
    if any(said and heard and said - heard > _OFF for said, heard in told):
        return "it told of what had not come yet"
    before_at = case.evidence.bounds.before_ended_at
    if began_at and before_at and before_at - began_at > _OFF:
        return "it said that it began before the session before it on its EVSE had ended"
    is_apart = one.start_heard_at and one.end_heard_at and one.end_heard_at > one.start_heard_at
    if began_at and began_at == ended_at and is_apart and one.energy_wh > 0:
        return "by its clock it took no time at all"
    return ""


def decided(case: Case) -> Finding | None:
    """A person's word is not the meter's."""
    if "decided" not in case.flags:
        return None
    text = f"A person decided that it took {kwh(case.session.energy_wh)}."
    advice = "Who, why, and what the meter said is under Activity of the station."
    return Finding("energy_decided", "ok", text, advice, case.evidence.edges)


def no_values(case: Case) -> Finding | None:
    """Not one reading between its start and its end."""
    if case.session.is_thinned or case.is_out_of_touch:
        return None
    readings = [r for r in case.evidence.readings if r.is_metered]
    between = [r for r in readings if not r.is_edge] or readings[1:-1]
    patience = _UNMEASURED if readings else _UNSEEN
    is_known = case.is_meter_believed and "clock" not in case.flags
    if between or case.duration < patience or not is_known:
        return None
    text = f"Of what it took nothing could be read in {span(case.duration)}."
    advice = (
        "Check its sample interval and measurands under Configuration; "
        "signed values and net energy are not read."
    )
    return Finding("no_meter_values", "paused", text, advice, case.evidence.edges)


def _marked(flag: str, code: str) -> Callable[[Case], Finding | None]:
    """A rule that says what a mark of the session means."""

    def rule(case: Case) -> Finding | None:
        if flag not in case.flags:
            return None
        text = f"The record needs a look: {words.flag(flag)}."
        return Finding(code, "paused", text, _BILL, case.evidence.edges)

    return rule


no_start = _marked("no_start", "start_missing")
gaps = _marked("gaps", "messages_missing")
no_register = _marked("no_register", "no_register")

_OWN_RULE = frozenset({
    "unauthorised", "clock", "estimated", "no_start", "gaps", "no_register", "no_energy",
    "implausible_reading", "unread_reading", "refused_message", "decided",
})  # fmt: skip


def other_marks(case: Case) -> Finding | None:
    """Marks that no other rule speaks of."""
    marks = sorted(case.flags - _OWN_RULE - ({"late"} if case.lates else set()))
    if not marks:
        return None
    text = f"The record needs a look: {', '.join(map(words.flag, marks))}."
    return Finding("marked", "paused", text, _BILL, case.evidence.edges)


def not_kept(case: Case) -> Finding | None:
    """The messages went with age; rules that need them are silent."""
    evidence = case.evidence
    if evidence.is_kept or evidence.start or (evidence.said and not case.session.has_start):
        return None
    which = "first messages" if evidence.said else "messages"
    text = f"The {which} of this session are no longer kept."
    advice = "What is said here rests on its record and its samples alone."
    return Finding("messages_not_kept", "ok", text, advice, case.evidence.edges)


def _readings(case: Case) -> tuple[Ref, ...]:
    readings = case.evidence.readings
    return tuple(r.ref for r in (readings[:1] + readings[-1:])) or case.evidence.edges


def unsettled(case: Case) -> Finding | None:
    """What should be and what is do not agree, and nobody has decided yet."""
    open_cases = case.evidence.unsettled
    if not open_cases:
        return None
    titles = "; ".join(dict.fromkeys(one.title for one in open_cases))
    verb = "is" if len(open_cases) == 1 else "are"
    text = f"{several(len(open_cases), 'case')} about it {verb} not settled: {titles}."
    advice = "Each case says what it rests on and what can be done."
    return Finding("unsettled", "paused", text, advice, tuple(one.ref for one in open_cases))
