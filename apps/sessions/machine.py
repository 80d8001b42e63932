"""The life of a charging session.

    (none) --any event--> pending | charging | suspended | finishing --SessionEnded--> ended

Pure: no Django, no clock, no I/O. Stations repeat, reorder and lose messages, so every fact
is merged by a rule that knows no order of arrival (a minimum, a maximum, a union): any
permutation and any repetition of the same events gives the same session. Nothing re-opens an
ended session; a true end replaces an estimated one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from apps.domain.events import SessionEnded, SessionEvent, SessionStarted, Token
from apps.domain.vocabulary import ChargingState, SessionState
from apps.sessions import seqs

_NO_SEQ = -1  # 1.6 has no sequence numbers: its order is that of the station's clock


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one session, apart from its meter (see ``energy``)."""

    started_at: datetime
    last_event_at: datetime
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
    end_seq: int | None = None
    stop_reason: str = ""
    is_estimated: bool = False


def merge(facts: Facts | None, event: SessionEvent) -> Facts:
    """``facts`` with ``event`` in it (2.0.1 E01, E06; X-01 to X-08)."""
    if facts is None:
        facts = Facts(started_at=event.at, last_event_at=event.at)
    facts = _merge_start(facts, event)
    facts = _merge_token(facts, event.token, event.at)
    facts = _merge_state(facts, event.charging_state, event.at, event.seq)
    if isinstance(event, SessionEnded):
        facts = _merge_end(facts, event)
    return replace(
        facts,
        last_event_at=max(facts.last_event_at, event.at),
        evse_id=_least(facts.evse_id, event.evse_id),
        connector_id=_least(facts.connector_id, event.connector_id),
        remote_start_id=_least(facts.remote_start_id, event.remote_start_id),
        reservation_id=_least(facts.reservation_id, event.reservation_id),
        seqs=facts.seqs if event.seq is None else seqs.add(facts.seqs, event.seq),
    )


def merge_state(facts: Facts, state: ChargingState, at: datetime) -> Facts:
    """A 1.6 StatusNotification says how the transaction on its connector goes."""
    return _merge_state(facts, state, at, None)


def estimate_end(facts: Facts, at: datetime, reason: str) -> Facts:
    """Close what fell silent, as of its last plausible sign of life."""
    if facts.ended_at is not None:
        return facts
    return replace(facts, ended_at=at, stop_reason=reason, is_estimated=True)


def state_of(facts: Facts, *, has_flowed: bool) -> SessionState:
    """The state to show. ``has_flowed``: the meter has shown power or energy."""
    if facts.ended_at is not None:
        return SessionState.ENDED
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


def _merge_start(facts: Facts, event: SessionEvent) -> Facts:
    """The start event says when it began; before it arrives, the earliest sign does."""
    is_start = isinstance(event, SessionStarted)
    if is_start and not facts.has_start:
        return replace(facts, started_at=event.at, has_start=True)
    if is_start or not facts.has_start:
        return replace(facts, started_at=min(facts.started_at, event.at))
    return facts


def _merge_token(facts: Facts, token: Token | None, at: datetime) -> Facts:
    """The token that began it is the first one presented; later ones only stop it (E01)."""
    if token is None:
        return facts
    known = facts.token_at is not None and (facts.token_at, facts.token_uid) <= (at, token.uid)
    if known:
        return facts
    return replace(facts, token_uid=token.uid, token_kind=token.kind, token_at=at)


def _merge_state(facts: Facts, state: ChargingState | None, at: datetime, seq: int | None) -> Facts:
    if state is None:
        return facts
    facts = replace(facts, has_charged=facts.has_charged or state is ChargingState.CHARGING)
    order = (_NO_SEQ if seq is None else seq, at, state.value)
    if facts.state_at is not None and order <= (
        facts.state_seq,
        facts.state_at,
        facts.charging_state,
    ):
        return facts
    return replace(facts, charging_state=state.value, state_at=at, state_seq=order[0])


def _merge_end(facts: Facts, event: SessionEnded) -> Facts:
    order = (event.at, event.stop_reason)
    has_true_end = facts.ended_at is not None and not facts.is_estimated
    if has_true_end and (facts.ended_at, facts.stop_reason) <= order:  # type: ignore[operator]
        return facts
    return replace(
        facts,
        ended_at=event.at,
        end_seq=event.seq,
        stop_reason=event.stop_reason,
        is_estimated=False,
    )


def _least(known: int | None, given: int | None) -> int | None:
    if known is None or given is None:
        return given if known is None else known
    return min(known, given)
