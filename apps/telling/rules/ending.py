"""How it ended: faults, power, resets, the cable, people, limits, or nobody knows. Pure."""

from datetime import timedelta

from apps.sessions.energy import LITTLE_WH
from apps.telling.case import Case, Finding
from apps.telling.orders import Order, order_of
from apps.telling.quantities import kw, kwh, several, span
from apps.telling.refs import Ref, command_ref, said_ref, status_ref
from apps.telling.stopping import By
from apps.tokens.spelling import same

SHORT = timedelta(minutes=2)
_FREE = frozenset({"Available", "Reserved"})
_UNDONE = {
    "rejected": "the station refused",
    "error": "the station answered with an error",
    "expired": "the station was not there in time",
}


def fault(case: Case) -> Finding | None:
    if not case.faults:
        return None
    one = case.faults[-1]
    is_why = case.stop is not None and case.stop.how in ("fault", "emergency stop")
    is_near = one.at >= case.evidence.bounds.ended_at - SHORT
    went_on = any(s.state == "Charging" and s.began_at > one.at for s in case.stretches)
    ended = " It ended the session." if is_why and is_near and not went_on else ""
    count = f" ({len(case.faults)} faults in all)" if len(case.faults) > 1 else ""
    said = f"{one.sentence} at {case.clock(one.at)}: {one.name}{count}.{ended}"
    refs = (*one.evidence, *case.last) if ended else one.evidence
    return Finding("fault", "faulted", said, one.advice, tuple(dict.fromkeys(refs)))


def resumed(case: Case) -> Finding | None:
    if not case.faults:
        return None
    at = case.faults[0].at
    again = next((s for s in case.stretches if s.state == "Charging" and s.began_at > at), None)
    if again is None:
        return None
    text = f"Charging went on at {case.clock(again.began_at)}, after the fault."
    advice = "The fault was passing; look at the charger if it returns."
    return Finding("resumed_after_fault", "paused", text, advice,
                   (*case.faults[0].evidence, again.ref))  # fmt: skip


def power_cut(case: Case) -> Finding | None:
    if case.stop is None or case.session.stop_reason != "PowerLoss":
        return None
    others = case.evidence.others
    if others:
        many = several(len(others), "other session")
        text = f"A power cut ended it, and {many} of the site in the same minutes."
        advice = "It was the site's supply. Drivers can start again."
    else:
        text = "A power cut ended it."
        advice = "The driver can start again; if it returns, check the supply of the charger."
    return Finding("power_cut", "faulted", text, advice, (*case.last, *others))


def restarted(case: Case) -> Finding | None:
    stop = case.stop
    if stop is None or stop.how != "restart":
        return None
    advice = "The driver can start again."
    if stop.by is By.STATION:
        advice += " If nobody reset it, look for restarts under Activity."
    return Finding("restarted", "faulted", f"{stop.text}.", advice, stop.evidence)


def cable_out(case: Case) -> Finding | None:
    """Before anything was charged to speak of."""
    stop = case.stop
    early = case.duration < SHORT and case.session.energy_wh < LITTLE_WH
    early = early and "no_start" not in case.flags
    if stop is None or stop.by is not By.CABLE or not (early and case.is_meter_believed):
        return None
    text = f"The cable came out {span(case.duration)} after the start."
    advice = "It may not have been fully seated: push until it clicks, then start again."
    refs = tuple(dict.fromkeys((*case.evidence.edges, *stop.evidence)))
    return Finding("cable_out_early", "paused", text, advice, refs)


def operator(case: Case) -> Finding | None:
    stop = case.stop
    if stop is None or stop.by is not By.OPERATOR:
        return None
    most = f", at up to {kw(case.most_w)}" if case.most_w else ""
    counts = "" if "joined_into" in case.flags else f": {kwh(case.session.energy_wh)}{most}"
    text = f"{stop.text}, {span(case.duration)} after the start{counts}."
    advice = "It was meant so; who gave the command knows why."
    if stop.how == "split":
        advice = "Who split it, and why, is in its story."
    return Finding("stopped_by_operator", "ok", text, advice, stop.evidence)


def system(case: Case) -> Finding | None:
    stop = case.stop
    if stop is None or stop.by is not By.SYSTEM or stop.how == "policy":
        return None
    advice = "It ended as it was set to; the driver can start again."
    return Finding("stopped_by_limit", "ok", f"{stop.text}.", advice, stop.evidence)


def estimated(case: Case) -> Finding | None:
    stop = case.stop
    if stop is None or stop.by is not By.ESTIMATED:
        return None
    text = f"The end is estimated. {stop.text}."
    advice = "End and energy are those of the last reading; a late stop will correct them."
    refs: tuple[Ref, ...] = tuple(said_ref(said) for said in case.evidence.said[-1:])
    return Finding("estimated_end", "paused", text, advice, refs or stop.evidence)


def still_open(case: Case) -> Finding | None:
    """It runs, and its connector was shown as free since the last that was heard of it."""
    if case.is_over or not case.evidence.changes:
        return None
    change = case.evidence.changes[-1]
    is_newest = change.received_at >= case.session.last_received_at
    began_before = change.at >= case.session.started_at
    if change.status not in _FREE or not (is_newest and began_before):
        return None
    text = f"The connector has been shown as free since {case.clock(change.at)}, without an end."
    advice = "The end may be on its way; otherwise the session is closed from its last reading."
    return Finding("open_though_free", "paused", text, advice, (status_ref(change),))


def stop_not_done(case: Case) -> Finding | None:
    tried = [row for row in case.evidence.commands if order_of(row) is Order.STOP]
    undone = [row for row in tried if row.state in (*_UNDONE, "timed_out")]
    if not undone or (case.stop and case.stop.by is By.OPERATOR):
        return None
    row = undone[-1]
    by = f" by {row.actor}" if row.actor else ""
    done = f"was not done: {_UNDONE[row.state]}" if row.state in _UNDONE else "was not answered"
    text = f"A stop asked{by} at {case.clock(row.created_at)} {done}."
    advice = "If the driver cannot stop it either, unlock the cable or reset the charger."
    refs = tuple(command_ref(one) for one in undone)
    return Finding("stop_not_done", "paused", text, advice, refs)


def handed_over(case: Case) -> Finding | None:
    """Another token ended it than began it (a card of the group, a master card)."""
    end, own = case.evidence.end, case.session.token_uid
    if end is None or not end.token or not own or same(end.token, own):
        return None
    if not end.token.isalnum() or case.session.shown_token != own:
        return None
    text = f"It was begun with card {own} and ended with card {end.token}."
    advice = "That is right for cards of one group and for master cards."
    return Finding("ended_by_other_card", "ok", text, advice, case.evidence.edges)
