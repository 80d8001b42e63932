"""The life of a reservation. Pure.

    pending --answer--> accepted | refused
    pending, accepted --> used | expired | removed | cancelled

A station's word stands above our clock: a session may use what we took for expired, because
stations deliver late what they did in time.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from apps.domain.instants import parse_instant
from apps.domain.reservations import ReservationEnd, ReserveNow


class Life(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    USED = "used"
    EXPIRED = "expired"
    REMOVED = "removed"
    CANCELLED = "cancelled"


OPEN = (Life.PENDING, Life.ACCEPTED)
MAY_BECOME: dict[Life, tuple[Life, ...]] = {
    Life.ACCEPTED: (Life.PENDING,),
    Life.REFUSED: (Life.PENDING,),
    Life.USED: (*OPEN, Life.EXPIRED, Life.REMOVED, Life.CANCELLED),
    Life.EXPIRED: OPEN,
    Life.REMOVED: (*OPEN, Life.EXPIRED),
    Life.CANCELLED: OPEN,
}
CONNECTOR_TYPES = (
    "cCCS1", "cCCS2", "cG105", "cTesla", "cType1", "cType2", "s309-1P-16A", "s309-1P-32A",
    "s309-3P-16A", "s309-3P-32A", "sBS1361", "sCEE-7-7", "sType2", "sType3", "Other1PhMax16A",
    "Other1PhOver16A", "Other3Ph", "Pan", "wInductive", "wResonant", "Undetermined", "Unknown",
)  # fmt: skip

_MAX_INT32 = 2**31 - 1
_LONGEST = {"token": 36, "token_type": 20, "group": 36}
_ENDS = {ReservationEnd.EXPIRED: Life.EXPIRED, ReservationEnd.REMOVED: Life.REMOVED}


def after_answer(status: str) -> Life | None:
    """What a station's answer (accepted, rejected, error) makes of it; None: nobody knows."""
    if status == "accepted":
        return Life.ACCEPTED
    return Life.REFUSED if status in ("rejected", "error") else None


def after_update(how: ReservationEnd) -> Life:
    """What a ReservationStatusUpdate makes of it (H04)."""
    return _ENDS[how]


def problems_of(order: ReserveNow, now: datetime, evses: set[int]) -> Iterator[str]:
    """What is wrong with an order; ``evses``: those that the station has shown, if any."""
    for name, longest in _LONGEST.items():
        if len(getattr(order, name)) > longest:
            yield f"{name!r} has at most {longest} characters"
    if order.reservation_id:
        yield "'reservation_id' is given by the system"
    if order.evse_id and order.connector_type:
        yield "'evse_id' and 'connector_type' exclude each other; give one, or neither for any"
    if order.connector_type and order.connector_type not in CONNECTOR_TYPES:
        yield f"'connector_type' is one of {', '.join(CONNECTOR_TYPES)}"
    yield from _place_problems(order.evse_id or 0, evses)
    yield from _time_problems(order.expires_at, now)


def _place_problems(evse_id: int, evses: set[int]) -> Iterator[str]:
    if evse_id > _MAX_INT32:
        yield f"'evse_id' is at most {_MAX_INT32}"
    elif evse_id and evses and evse_id not in evses:
        known = ", ".join(map(str, sorted(evses)))
        yield f"the station has no EVSE {evse_id}; it has {known}"


def _time_problems(text: str, now: datetime) -> Iterator[str]:
    at = parse_instant(text)
    if at is None:
        yield "'expires_at' is an instant with its zone, such as 2030-01-31T12:00:00Z"
    elif at <= now:
        yield "'expires_at' lies in the past"
