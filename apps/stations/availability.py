"""What a person is shown of a connector: one word, its tone, its shape and its meaning. Pure.

The station's status and the session's state are two reports of one thing; where a session runs
its state counts, because it is made of the status and of the meter, unless the station names a
fault or is out of service. A station without a socket keeps its last word in ``last``.
"""

from dataclasses import dataclass
from itertools import product

from apps.domain.vocabulary import ConnectorStatus, SessionState


@dataclass(frozen=True, slots=True)
class Shown:
    """``key`` is for URLs and style, ``word`` for people; ``last`` the word before the socket
    was lost."""

    key: str
    word: str
    tone: str
    icon: str
    explanation: str
    last: str = ""


AVAILABLE = Shown("available", "Available", "ok", "check", "Free.")
PLUGGED = Shown(
    "plugged", "Plugged in", "plugged", "circle", "Cable in, waiting for the card or the car."
)
CHARGING = Shown("charging", "Charging", "charging", "zap", "The station says so, or its meter.")
PAUSED_BY_CAR = Shown(
    "paused-car", "Paused by car", "paused", "pause", "The car is full or asks for nothing."
)
PAUSED_BY_US = Shown(
    "paused-station", "Paused by station", "paused", "pause",
    "The station holds back: a limit, a schedule or its own protection.",
)  # fmt: skip
FINISHING = Shown(
    "finishing", "Finishing", "plugged", "circle-check", "Done; the cable is still in."
)
RESERVED = Shown("reserved", "Reserved", "plugged", "lock", "Held for somebody.")
OUT_OF_SERVICE = Shown(
    "out-of-service", "Out of service", "out", "minus", "Taken out of service."
)  # fmt: skip
FAULTED = Shown("faulted", "Faulted", "faulted", "triangle-alert", "The station reports a fault.")
OFFLINE = Shown(
    "offline", "Offline", "offline", "circle-slash", "No socket; the last state is not certain."
)
UNKNOWN = Shown(
    "unknown", "Unknown", "offline", "circle-question-mark", "Nothing was ever reported."
)

ALL = (
    FAULTED, OFFLINE, CHARGING, PAUSED_BY_CAR, PAUSED_BY_US, PLUGGED, FINISHING, RESERVED,
    OUT_OF_SERVICE, UNKNOWN, AVAILABLE,
)  # fmt: skip
BY_KEY = {shown.key: shown for shown in ALL}
NEEDS_A_PERSON = (FAULTED, OFFLINE)

_BY_STATUS = {
    ConnectorStatus.AVAILABLE: AVAILABLE,
    ConnectorStatus.PREPARING: PLUGGED,
    ConnectorStatus.CHARGING: CHARGING,
    ConnectorStatus.SUSPENDED_EV: PAUSED_BY_CAR,
    ConnectorStatus.SUSPENDED_EVSE: PAUSED_BY_US,
    ConnectorStatus.FINISHING: FINISHING,
    ConnectorStatus.OCCUPIED: PLUGGED,
    ConnectorStatus.RESERVED: RESERVED,
    ConnectorStatus.UNAVAILABLE: OUT_OF_SERVICE,
    ConnectorStatus.FAULTED: FAULTED,
}
_BY_SESSION = {
    SessionState.PENDING: PLUGGED,
    SessionState.CHARGING: CHARGING,
    SessionState.SUSPENDED_EV: PAUSED_BY_CAR,
    SessionState.SUSPENDED_EVSE: PAUSED_BY_US,
    SessionState.FINISHING: FINISHING,
}
_VAGUE = {
    ConnectorStatus.AVAILABLE,
    ConnectorStatus.PREPARING,
    ConnectorStatus.OCCUPIED,
    ConnectorStatus.RESERVED,
    ConnectorStatus.UNKNOWN,
}
_OF_TRANSACTION = {
    ConnectorStatus.CHARGING,
    ConnectorStatus.SUSPENDED_EV,
    ConnectorStatus.SUSPENDED_EVSE,
    ConnectorStatus.FINISHING,
}


def shown(status: str, session_state: str, *, is_connected: bool, was_seen: bool = True) -> Shown:
    """The one answer for a connector; ``was_seen``: its station has connected at least once."""
    last = operation(status, session_state)
    if is_connected:
        return last
    if not was_seen:
        return UNKNOWN
    return Shown(*_fields(OFFLINE), last=last.word)


def operation(status: str, session_state: str) -> Shown:
    """What the station itself last said, whether it is connected or not."""
    running = _BY_SESSION.get(session_state)  # type: ignore[call-overload]
    is_vague = status in _VAGUE or not status
    if running is not None and (is_vague or (running is not PLUGGED and status in _OF_TRANSACTION)):
        return running
    return _BY_STATUS.get(status, UNKNOWN)  # type: ignore[call-overload]


def combinations(key: str) -> dict[str, list[str]]:
    """Session state → statuses that a connected station shows as ``key``; for list filters."""
    found: dict[str, list[str]] = {}
    for session_state, status in product(["", *map(str, SessionState)], map(str, ConnectorStatus)):
        if operation(status, session_state).key == key:
            found.setdefault(session_state, []).append(status)
    return found


def _fields(of: Shown) -> tuple[str, str, str, str, str]:
    return of.key, of.word, of.tone, of.icon, of.explanation
