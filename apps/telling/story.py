"""What happened in a session, in plain words, oldest first, each thing once. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apps.commands.models import State
from apps.sessions.beside import POWER
from apps.sessions.doubts import Doubt
from apps.stations import availability
from apps.telling.cards import Judged, cards_of
from apps.telling.decisions import decision
from apps.telling.evidence import PLUGGED, Evidence
from apps.telling.faults import faults_of
from apps.telling.messages import Said
from apps.telling.outages import Outage, late_of
from apps.telling.quantities import kw, kwh, several, span
from apps.telling.refs import Kind, Ref, command_ref, said_ref, status_ref
from apps.telling.stopping import Stop
from apps.telling.unread import Unread

if TYPE_CHECKING:
    from apps.commands.models import CommandRow
    from apps.history.models import Fact
    from apps.stations.models import StatusChange

_DOUBTS = 5
SAME = timedelta(seconds=20)
_STATES = {
    "EVConnected": ("Car connected", "plugged", "plug"),
    "Charging": ("Charging began", "charging", "zap"),
    "SuspendedEV": ("The car paused", "paused", "pause"),
    "SuspendedEVSE": ("The station paused", "paused", "pause"),
    "Idle": ("Cable unplugged", "offline", "unplug"),
}
_STATUSES = {
    "Preparing": "EVConnected",
    "Occupied": "EVConnected",
    "Charging": "Charging",
    "SuspendedEV": "SuspendedEV",
    "SuspendedEVSE": "SuspendedEVSE",
    "Available": "Idle",
}
_AGAIN = {
    "state:Charging": "Charging went on",
    "state:EVConnected": "Charging stopped, the cable is still in",
}
_TONES = {State.CONFIRMED: "ok", State.ACCEPTED: "charging", State.QUEUED: "charging"}


@dataclass(frozen=True, slots=True)
class Moment:
    """``key`` tells what it is about, so that two reports of one thing are told once."""

    at: datetime
    tone: str
    icon: str
    text: str
    evidence: tuple[Ref, ...]
    detail: str = ""
    key: str = ""


def story_of(evidence: Evidence, stop: Stop | None) -> list[Moment]:
    """The moments of the session."""
    moments = [_began(evidence), *_ended(evidence, stop)]
    moments += [_presented(card) for card in cards_of(evidence)]
    moments += [
        _shown(change, evidence) for change in evidence.changes if change.status != "Faulted"
    ]
    moments += _faults(evidence)
    moments += [m for said in evidence.said for m in _said(said)]
    moments += [_commanded(row) for row in evidence.commands if not row.is_unasked]
    moments += [m for outage in evidence.outages for m in _without(outage, evidence)]
    moments += _late(evidence)
    moments += [_doubted(doubt) for doubt in evidence.doubts[:_DOUBTS]]
    moments += _more_doubted(evidence.doubts[_DOUBTS:])
    moments += [_not_understood(unread) for unread in evidence.unread[:_DOUBTS]]
    moments += [_decided(fact) for fact in evidence.decisions]
    ordered = sorted(moments, key=lambda m: m.at)
    return list(_anew(_told_once(ordered)))


def _faults(evidence: Evidence) -> Iterator[Moment]:
    for fault in faults_of(evidence):
        yield Moment(
            fault.at, "faulted", "triangle-alert", f"{fault.sentence}: {fault.name}",
            fault.evidence, fault.detail, key=f"state:fault {fault.at}",
        )  # fmt: skip


def _began(evidence: Evidence) -> Moment:
    session = evidence.session
    meter = session.meter_start_wh
    where = f"EVSE {session.evse_id}" if session.evse_id else "the station"
    return Moment(
        session.started_at, "charging", "play", f"Session began at {where}", evidence.edges[:1],
        f"Meter {kwh(meter)}" if meter is not None else "",
    )  # fmt: skip


def _ended(evidence: Evidence, stop: Stop | None) -> Iterator[Moment]:
    session = evidence.session
    if stop is None or session.ended_at is None:
        return
    meter = session.meter_stop_wh
    reading = f" · meter {kwh(meter)}" if meter is not None else ""
    tone = "paused" if session.is_estimated else "ok"
    yield Moment(
        session.ended_at, tone, "flag", f"Session ended. {stop.text}", stop.evidence,
        f"{kwh(session.energy_wh)}{reading}",
    )  # fmt: skip


def _decided(fact: "Fact") -> Moment:
    """A person's word about the bill, and why."""
    text = decision(fact.kind, fact.details)
    ref = Ref(Kind.FACT, fact.pk, fact.at)
    return Moment(fact.at, "ok", "user-check", f"{fact.actor_label} {text}", (ref,), fact.reason)


def _presented(card: Judged) -> Moment:
    said = "accepted" if card.is_accepted else f"refused: {card.verdict}"
    return Moment(
        card.at,
        "ok" if card.is_accepted else "faulted",
        "badge-check" if card.is_accepted else "ban",
        f"Card {card.card} {said}",
        (card.ref,),
        key=f"card:{card.card}:{card.verdict}",
    )


def _says_something(change: "StatusChange", evidence: Evidence) -> bool:
    """Faults are told by themselves; a plug that is in is no news once it has begun."""
    is_in = change.status in PLUGGED and change.at > evidence.bounds.started_at + SAME
    return change.status != "Faulted" and not is_in


def _shown(change: "StatusChange", evidence: Evidence) -> Moment:
    """A connector that is free while the session goes on is only what the station says of it."""
    refs = (status_ref(change),)
    state = _STATUSES.get(change.status)
    is_odd = change.status == "Available" and evidence.bounds.is_inside(change.at)
    if state is None or is_odd:
        shown = availability.operation(change.status, "")
        text = f"Connector shown as {shown.word.lower()}"
        return Moment(change.at, shown.tone, shown.icon, text, refs, key=f"state:{shown.key}")
    word, tone, icon = _STATES[state]
    return Moment(change.at, tone, icon, word, refs, key=f"state:{state}")


def _said(said: Said) -> Iterator[Moment]:
    if said.is_refused:
        text = f"{said.action or 'A message'} could not be handled"
        yield Moment(said.received_at, "faulted", "circle-x", text, (said_ref(said),),
                     said.error_code)  # fmt: skip
    elif said.state in _STATES and said.phase != "end":
        word, tone, icon = _STATES[said.state]
        why = said.trigger.replace("ChargingStateChanged", "")
        at = said.at or said.received_at
        yield Moment(at, tone, icon, word, (said_ref(said),), why, key=f"state:{said.state}")


def _commanded(row: "CommandRow") -> Moment:
    by = f" by {row.actor}" if row.actor else ""
    took = ""
    if row.sent_at and row.answered_at:
        took = f", answered in {(row.answered_at - row.sent_at).total_seconds():.1f} s"
    return Moment(
        row.created_at, _TONES.get(State(row.state), "paused"), "send",
        f"{row.declared.noun} asked{by}: {State(row.state).label.lower()}{took}",
        (command_ref(row),), row.observed or row.reason or row.detail,
    )  # fmt: skip


def _without(outage: Outage, evidence: Evidence) -> Iterator[Moment]:
    """Its begin, unless that was before the session, and its end."""
    first, last = outage.evidence[:1], outage.evidence[-1:]
    if evidence.bounds.holds(outage.began_at):
        text = "Nothing more was heard" if outage.is_sudden else "Connection to the charger lost"
        yield Moment(outage.began_at, "offline", "wifi-off", text, first)
    if outage.ended_at is not None:
        lasted = f"After {span(outage.ended_at - outage.began_at)}"
        yield Moment(outage.ended_at, "ok", "wifi", "Charger connected", last, lasted)


def _late(evidence: Evidence) -> Iterator[Moment]:
    for late in late_of(evidence.said, evidence.outages):
        told = several(len(late.said), "message")
        when = evidence.between(late.began_at, late.ended_at)
        yield Moment(
            late.came_at, "paused", "history", f"{told} of {when} came late",
            tuple(said_ref(said) for said in late.said[:20]),
            "There was no connection when they were made.",
        )  # fmt: skip


def _doubted(doubt: Doubt) -> Moment:
    ref = Ref(Kind.SAMPLE, 0, doubt.at)
    verdict = "is odd, and counts" if doubt.counts else "set aside"
    value = kw(doubt.value) if doubt.what == POWER else kwh(doubt.value)
    text = f"{doubt.what} of {value} {verdict}"
    return Moment(doubt.at, "paused", "circle-x", text, (ref,), doubt.why)


def _more_doubted(rest: Sequence[Doubt]) -> Iterator[Moment]:
    """In one line, so that no story is all of these."""
    if rest:
        refs = tuple(Ref(Kind.SAMPLE, 0, doubt.at) for doubt in rest[:20])
        text = f"{several(len(rest), 'more value')} set aside, or odd"
        why = rest[0].why if len({doubt.why for doubt in rest}) == 1 else ""
        yield Moment(rest[0].at, "paused", "circle-x", text, refs, why)


def _not_understood(unread: Unread) -> Moment:
    text = f"{unread.what} could not be understood"
    return Moment(unread.at, "paused", "circle-x", text, (unread.ref,), unread.why)


def _told_once(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Merge reports of one thing: of a state until another one is told."""
    told: list[Moment] = []
    for moment in moments:
        index = _same(told, moment)
        if index is None:
            told.append(moment)
        else:
            known = told[index]
            told[index] = replace(
                known,
                detail=known.detail or moment.detail,
                evidence=tuple(dict.fromkeys((*known.evidence, *moment.evidence)))[:10],
            )
    yield from told


def _anew(moments: Iterable[Moment]) -> Iterator[Moment]:
    """What began once goes on the next time, or is over."""
    has_begun = False
    for moment in moments:
        words = _AGAIN.get(moment.key) if has_begun else None
        yield replace(moment, text=words) if words else moment
        has_begun |= moment.key == "state:Charging"


def _same(told: list[Moment], moment: Moment) -> int | None:
    about = moment.key.split(":")[0]
    if not about:
        return None
    for index in range(len(told) - 1, -1, -1):
        known = told[index]
        if known.key == moment.key:
            is_near = moment.at - known.at <= SAME
            return index if is_near or about == "state" else None
        if known.key.split(":")[0] == about == "state":
            return None
    return None
