"""The life of a charging session.

    (none) --any event--> pending | charging | suspended | finishing --SessionEnded--> ended

Pure: no Django, no clock, no I/O. Stations repeat, reorder and lose messages, so every fact
is merged by a rule that knows no order of arrival (a minimum, a maximum, a union): any
permutation and any repetition of the same events gives the same session. Nothing re-opens an
ended session; a true end replaces an estimated one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from apps.domain.events import SessionEnded, SessionEvent, SessionStarted, Token
from apps.domain.vocabulary import ChargingState, SessionState
from apps.sessions import seqs

LONGEST = timedelta(days=31)
_SET = timedelta(days=1)  # by which a clock may be set back within a session

Changes = dict[str, Any]

_TOLD_ONCE = ("evse_id", "connector_id", "remote_start_id", "reservation_id")
_AT_REST: Changes = {
    "charging_state": "",
    "state_at": None,
    "state_seq": -1,
    "has_charged": False,
}
_BEGIN = ("started_at", "start_said_at", "start_heard_at", "has_start")
_END = (
    "ended_at", "end_said_at", "end_heard_at", "end_seq", "stop_reason", "is_estimated",
)  # fmt: skip
_NO_SEQ = -1  # 1.6 has no sequence numbers: its order is that of the station's clock


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one session, apart from its meter (see ``energy``).

    ``start_said_at`` and ``end_said_at`` are its begin and end as the station told them, None if
    it told none that can be; the two beside them when we heard of it. ``started_at`` and
    ``ended_at`` are what ``timing`` makes of these. ``offset_s``: by how much the clock that told
    its begin was ahead of ours, where what was told live shows that it was wrong.
    """

    started_at: datetime
    last_event_at: datetime
    start_said_at: datetime | None = None
    start_heard_at: datetime | None = None
    offset_s: float | None = None
    has_start: bool = False
    evse_id: int | None = None
    connector_id: int | None = None
    token_uid: str = ""
    token_kind: str = ""
    token_at: datetime | None = None
    remote_start_id: int | None = None
    reservation_id: int | None = None
    charging_state: str = ""
    state_at: datetime | None = None
    state_seq: int = _NO_SEQ
    has_charged: bool = False
    seqs: str = ""
    ended_at: datetime | None = None
    end_said_at: datetime | None = None
    end_heard_at: datetime | None = None
    end_seq: int | None = None
    stop_reason: str = ""
    is_estimated: bool = False

    @property
    def said(self) -> tuple[datetime, datetime | None]:
        """Its begin and end in the words of the station; where it had none, when we heard of it."""
        began_at = self.start_said_at or self.start_heard_at or self.started_at
        if self.ended_at is None:
            return began_at, None
        return began_at, self.end_said_at or self.end_heard_at or self.ended_at


def reach(known: Any) -> tuple[datetime, datetime]:
    """Between which instants the samples of a session lie, by whatever clock.

    A clock that was lost in the middle told of some before it told of the end; one that was set
    there, of some before the begin. ``known``: its facts, or its row.
    """
    instants = (
        known.started_at, known.ended_at, known.start_said_at, known.end_said_at,
        known.last_event_at,
    )  # fmt: skip
    told = [at for at in instants if at is not None]
    said, ended = known.start_said_at, known.end_said_at
    is_lost = said is not None and ended is not None and ended < said
    return min(told) - (LONGEST if is_lost else _SET), max(told)


def merge(facts: Facts | None, event: SessionEvent, heard_at: datetime) -> Facts:
    """``facts`` with ``event`` in it (2.0.1 E01, E06; X-01 to X-08)."""
    if facts is None:
        facts = Facts(event.at, min(event.at, heard_at), _said(event), heard_at)
    last_at = max(event.at, *(s.at for s in event.samples)) if event.samples else event.at
    changes: Changes = {
        "last_event_at": max(facts.last_event_at, min(last_at, heard_at)),
        **_start(facts, event, heard_at),
        **_state(facts, event.charging_state, event.at, event.seq),
        **_place(facts, event),
    }
    if event.token is not None:
        changes |= _token(facts, event.token, event.at)
    if event.seq is not None:
        changes["seqs"] = seqs.add(facts.seqs, event.seq)
    if isinstance(event, SessionEnded):
        changes |= _end(facts, event, heard_at)
    return replace(facts, **changes)


def merge_settled(facts: Facts, event: SessionEvent, heard_at: datetime) -> Facts:
    """``merge``, but begin and end stay: the samples that are left of it prove no others."""
    merged = merge(facts, event, heard_at)
    return replace(merged, started_at=facts.started_at, ended_at=facts.ended_at)


def merge_fixed(facts: Facts, event: SessionEvent, heard_at: datetime) -> Facts:
    """``merge``, but all of begin and end stays as a person has put it right."""
    kept = {name: getattr(facts, name) for name in (*_BEGIN, *_END)}
    return replace(merge(facts, event, heard_at), **kept)


def with_end_of(first: Facts, second: Facts) -> Facts:
    """``first`` that ends as ``second`` does."""
    ends = {name: getattr(second, name) for name in _END}
    last_at = max(first.last_event_at, second.last_event_at)
    return replace(first, last_event_at=last_at, **ends)


def until(whole: Facts, at: datetime, reason: str) -> Facts:
    """``whole`` as if it had ended ``at``, by its station's word."""
    return replace(
        whole, ended_at=at, end_said_at=at, end_seq=None, stop_reason=reason, is_estimated=False
    )


def since(whole: Facts, at: datetime) -> Facts:
    """``whole`` as if it had begun ``at``, by its station's word."""
    return replace(whole, started_at=at, start_said_at=at, has_start=True, seqs="")


def merge_state(facts: Facts, state: ChargingState, at: datetime) -> Facts:
    """A 1.6 StatusNotification says how the transaction on its connector goes."""
    return replace(facts, **_state(facts, state, at, None))


def estimate_end(facts: Facts, at: datetime, reason: str) -> Facts:
    """Close what fell silent, as of its last plausible sign of life."""
    if facts.ended_at is not None:
        return facts
    return replace(
        facts, ended_at=at, end_said_at=at, stop_reason=reason, is_estimated=True, **_AT_REST
    )


def set_times(facts: Facts, began_at: datetime, ended_at: datetime | None) -> Facts:
    """As ``timing`` makes them of what the station said."""
    if (began_at, ended_at) == (facts.started_at, facts.ended_at):
        return facts
    return replace(facts, started_at=began_at, ended_at=ended_at)


def by_ours(facts: Facts, at: datetime) -> datetime:
    """An instant of the station's clock by ours, as far as it is known to have been wrong."""
    return at if facts.offset_s is None else at - timedelta(seconds=facts.offset_s)


def by_its_own(facts: Facts, at: datetime) -> datetime:
    """The reverse of ``by_ours``."""
    return at if facts.offset_s is None else at + timedelta(seconds=facts.offset_s)


def state_of(facts: Facts, *, has_flowed: bool, flowed_at: datetime | None = None) -> SessionState:
    """The state to show: what draws power charges, whatever it called itself before.

    ``has_flowed``: the meter has shown power or energy; ``flowed_at``: when it did last.
    """
    if facts.ended_at is not None:
        return SessionState.ENDED
    if flowed_at is not None and (facts.state_at is None or facts.state_at < flowed_at):
        return SessionState.CHARGING
    match facts.charging_state:
        case ChargingState.CHARGING:
            return SessionState.CHARGING
        case ChargingState.SUSPENDED_EV:
            return SessionState.SUSPENDED_EV
        case ChargingState.SUSPENDED_EVSE:
            return SessionState.SUSPENDED_EVSE
        case ChargingState.FINISHING:
            return SessionState.FINISHING
        case "":
            return SessionState.CHARGING if has_flowed else SessionState.PENDING
    return SessionState.FINISHING if facts.has_charged else SessionState.PENDING


def is_complete(facts: Facts) -> bool:
    """All of it arrived: a start, a true end, and no gap between (E_53)."""
    has_end = facts.ended_at is not None and not facts.is_estimated
    return facts.has_start and has_end and not seqs.has_gaps(facts.seqs)


def _start(facts: Facts, event: SessionEvent, heard_at: datetime) -> Changes:
    """The start event says when it began; before it arrives, the earliest sign does."""
    is_start = isinstance(event, SessionStarted)
    if is_start and not facts.has_start:
        heard = {"start_heard_at": heard_at, "has_start": True}
        return {"started_at": event.at, "start_said_at": _said(event), **heard}
    first_at = event.at
    if isinstance(event, SessionEnded) and event.is_trusted and not facts.has_start:
        first_at = min([event.at, *(s.at for s in event.samples if s.is_trusted)])
    if first_at < facts.said[0] and (is_start or not facts.has_start):
        return {"started_at": first_at, "start_said_at": _said(event) and first_at}
    return {}


def _said(event: SessionEvent) -> datetime | None:
    """Its instant, if that is the word of the station."""
    return event.at if event.is_trusted else None


def _token(facts: Facts, token: Token, at: datetime) -> Changes:
    """The token that began it is the first one presented; later ones only stop it (E01)."""
    known = (facts.token_at, facts.token_uid, facts.token_kind)
    if facts.token_at is not None and known <= (at, token.uid, token.kind):
        return {}
    return {"token_uid": token.uid, "token_kind": token.kind, "token_at": at}


def _state(facts: Facts, state: ChargingState | None, at: datetime, seq: int | None) -> Changes:
    """The latest by sequence number, or by the station's clock where there is none.

    An ended session is in no state of charging, whatever is still on its way.
    """
    if state is None or facts.ended_at is not None:
        return {}
    has_charged = facts.has_charged or state is ChargingState.CHARGING
    order = (_NO_SEQ if seq is None else seq, at, state.value)
    if facts.state_at is not None:
        known = (facts.state_seq, facts.state_at, facts.charging_state)
        if order <= known:
            return {"has_charged": has_charged}
    return {
        "has_charged": has_charged,
        "charging_state": state.value,
        "state_at": at,
        "state_seq": order[0],
    }


def _place(facts: Facts, event: SessionEvent) -> Changes:
    """What is told once, in whichever event; of two values the smaller (X-08)."""
    changes: Changes = {}
    for name in _TOLD_ONCE:
        given, known = getattr(event, name), getattr(facts, name)
        if given is not None and (known is None or given < known):
            changes[name] = given
    return changes


def _end(facts: Facts, event: SessionEnded, heard_at: datetime) -> Changes:
    """A true end replaces an estimate; of two true ends the earlier counts."""
    seq = _NO_SEQ if event.seq is None else event.seq
    if facts.ended_at is not None and not facts.is_estimated:
        known_seq = _NO_SEQ if facts.end_seq is None else facts.end_seq
        known = (facts.said[1] or facts.ended_at, facts.stop_reason, known_seq)
        if known <= (event.at, event.stop_reason, seq):
            return {}
    return {
        "ended_at": event.at,
        "end_said_at": _said(event),
        "end_heard_at": heard_at,
        "end_seq": event.seq,
        "stop_reason": event.stop_reason,
        "is_estimated": False,
        **_AT_REST,
    }
