"""Instants as text: RFC 3339 with a zone; stations are told them in UTC (R-13)."""

from datetime import UTC, datetime


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
        if instant and not _is_instant(instant)
    ]


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
