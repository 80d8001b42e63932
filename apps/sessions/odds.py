"""What an event tells of a session that does not go with what is known of it. Pure.

None of it decides anything: the session goes by the rules of ``machine`` and ``energy``, and a
person sees that something was told in two ways.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Protocol

from apps.domain.events import SessionEnded, SessionEvent
from apps.domain.vocabulary import SampleContext
from apps.sessions.energy import Totals
from apps.sessions.machine import Facts
from apps.sessions.marks import FIXED, LATE_STOP, SETTLED, TWO_EVSES, TWO_STOPS, is_any

SAME_WH, SAME = 1.0, timedelta(minutes=1)
_END = SampleContext.END.value

Odd = tuple[str, str]  # a mark, and what is odd in words


class Session(Protocol):
    """As it is known before the event."""

    flags: str
    totals: Totals
    needs_total: bool

    @property
    def known(self) -> Facts: ...


def odds_of(event: SessionEvent, session: Session) -> Iterator[Odd]:
    """What of the event another one has told otherwise."""
    facts = session.known
    if None not in (event.evse_id, facts.evse_id) and event.evse_id != facts.evse_id:
        yield TWO_EVSES, f"Its session is at EVSE {facts.evse_id}, and it says {event.evse_id}"
    if not isinstance(event, SessionEnded) or facts.ended_at is None:
        return
    if facts.is_estimated:
        if is_any(session.flags, SETTLED):
            yield LATE_STOP, "Somebody decided what its session took before this stop came"
    elif not is_any(session.flags, FIXED) and (how := _differs(event, facts, _known_wh(session))):
        yield TWO_STOPS, f"Its session has had another stop, {how}"


def _known_wh(session: Session) -> float | None:
    """What its stop showed; where that is doubted, or not yet known, it may have been another."""
    totals = session.totals
    return None if session.needs_total or totals.is_doubted else totals.meter_stop_wh


def _differs(stop: SessionEnded, facts: Facts, known_wh: float | None) -> str:
    """How a stop tells another end than the one that is known; "" where it does not."""
    told = [s.register_wh for s in stop.samples if s.context == _END and s.register_wh is not None]
    if told and known_wh is not None and abs(told[-1] - known_wh) > SAME_WH:
        return f"with a register of {known_wh / 1000:.3f} kWh"
    ended_at = facts.said[1]
    if stop.is_trusted and ended_at is not None and abs(stop.at - ended_at) > SAME:
        return f"at {ended_at:%H:%M:%S} UTC"
    return ""
