"""Instants as text: RFC 3339 with a zone; stations are told them in UTC (R-13).

An instant from outside lies between ``EARLIEST`` and ``LATEST``: close to the ends of what a
calendar can say, it could not be shown in another zone or kept by every database.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


def is_sayable(at: datetime) -> bool:
    """Whether an aware instant can be said in every zone."""
    return EARLIEST <= at < LATEST


def parse_instant(text: object) -> datetime | None:
    """The instant of a text; None where it has no zone, is too far away, or is none."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and is_sayable(at) else None


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name; UTC where there is none of it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def in_utc(instant: str) -> str:
    """An instant that was checked, as stations are told it."""
    at = datetime.fromisoformat(instant).astimezone(UTC)
    precision = "milliseconds" if at.microsecond else "seconds"
    return at.isoformat(timespec=precision).replace("+00:00", "Z")


def instant_problems(**instants: str | None) -> list[str]:
    """A sentence for each that is given and is no instant; their names are the parameters'."""
    return [
        f"{name!r} must be an instant with its zone, like 2026-03-01T12:00:00Z"
        for name, instant in instants.items()
        if instant and parse_instant(instant) is None
    ]
