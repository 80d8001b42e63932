"""When a session has been silent for too long, and what to do about it. Pure.

A session is silent after ``factor`` sample intervals without a sign. It is asked for first;
what is still silent a grace later is closed from its last plausible sign of life, marked as
estimated. A session whose connector is free has lost its end and is closed at once after the
grace; one at a station that stays offline for days, at last. A true end that comes later replaces
the estimate and its price.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FREE = frozenset({"Available", "Reserved"})


class Verdict(StrEnum):
    LEAVE = "leave"
    ASK = "ask"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Patience:
    """``silence_s``: when to ask; ``grace_s``: how long to wait for what follows.

    ``offline_s``: after which a session at a station that is offline is closed without asking.
    """

    silence_s: float
    grace_s: float
    offline_s: float


@dataclass(frozen=True, slots=True)
class Quiet:
    """What is known of an open session. ``connector_status_at`` is by our clock."""

    last_received_at: datetime
    asked_at: datetime | None
    is_connected: bool
    connector_status: str = ""
    connector_status_at: datetime | None = None


def judge(quiet: Quiet, patience: Patience, now: datetime) -> Verdict:
    """Leave, ask or close a session that may have fallen silent."""
    silence = timedelta(seconds=patience.silence_s)
    grace = timedelta(seconds=patience.grace_s)
    if _has_left(quiet) and now - max(_freed_at(quiet), quiet.last_received_at) > grace:
        return Verdict.CLOSE
    if not quiet.is_connected:
        is_over = now - quiet.last_received_at > timedelta(seconds=patience.offline_s)
        return Verdict.CLOSE if is_over else Verdict.LEAVE
    if now - quiet.last_received_at <= silence:
        return Verdict.LEAVE
    if quiet.asked_at is None or quiet.asked_at < quiet.last_received_at:
        return Verdict.ASK
    return Verdict.CLOSE if now - quiet.asked_at > grace else Verdict.LEAVE


def _has_left(quiet: Quiet) -> bool:
    """The connector became free after the session's last sign: its end was lost."""
    if quiet.connector_status not in FREE or quiet.connector_status_at is None:
        return False
    return quiet.connector_status_at >= quiet.last_received_at


def _freed_at(quiet: Quiet) -> datetime:
    return quiet.connector_status_at or quiet.last_received_at
