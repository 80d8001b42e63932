"""Which power flows now: of what charges by the one rule (``machine.state_of``) and is heard.

A word of the station that it pauses is newer than the power that it told before; of a station
without a socket, or that has told nothing of a session for long, nothing is known.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from apps.domain.vocabulary import SessionState
from apps.sessions.models import Session

FRESH = timedelta(minutes=20)
_CHARGING = SessionState.CHARGING.value


def power_now_w(session: Session, now: datetime) -> float | None:
    """None where it is not known, and of what does not charge."""
    is_heard = session.station.is_connected and session.last_received_at >= now - FRESH
    return session.power_w if session.state == _CHARGING and is_heard else None


def flowing(now: datetime) -> Q:
    """The sessions of which ``power_now_w`` is known."""
    return Q(
        state=_CHARGING, ended_at=None, station__is_connected=True,
        last_received_at__gte=now - FRESH,
    )  # fmt: skip
