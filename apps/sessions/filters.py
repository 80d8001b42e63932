"""A SessionFilter from a query string: pages, exports and programs read it the same way."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime

from apps.domain.instants import EARLIEST, LATEST, is_sayable
from apps.sessions.selectors import SessionFilter


def from_query(query: Mapping[str, str], zone: ZoneInfo) -> SessionFilter:
    """Unknown names are ignored; a bare date is that day in ``zone``, ``to`` included.

    ``started_after`` and ``started_before`` take RFC 3339 instants, ``from`` and ``to`` dates.
    """
    return SessionFilter(
        q=query.get("q", "").strip(),
        station=query.get("station", "").strip(),
        token=query.get("token", "").strip(),
        state=query.get("state", "").strip(),
        view=query.get("view", "").strip(),
        location=query.get("location", "").strip(),
        started_after=instant(query.get("started_after") or query.get("from", ""), zone),
        started_before=instant(query.get("started_before", ""), zone)
        or _end_of_day(query.get("to", ""), zone),
    )


def instant(text: str, zone: ZoneInfo) -> datetime | None:
    """An instant, or the first moment of a date in ``zone``; None where it is neither."""
    day = _day(text)
    if day is not None:
        return datetime.combine(day, time(), zone)
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        return None
    if found is not None and found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found if found is not None and is_sayable(found) else None


def _end_of_day(text: str, zone: ZoneInfo) -> datetime | None:
    day = _day(text)
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), zone)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text.strip())
    except ValueError:
        return None
    return day if day is not None and EARLIEST.date() < day < LATEST.date() else None
