"""A SessionFilter from a query string: pages and exports read it the same way."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime

from apps.domain.filters import NotUnderstood, one_of
from apps.domain.instants import EARLIEST, LATEST, is_sayable
from apps.sessions.selectors import STATES, VIEWS, SessionFilter

NAMES = frozenset({
    "q", "station", "token", "state", "view", "location", "from", "to", "started_after",
    "started_before",
})  # fmt: skip
_DAY = f"a day like 2026-03-01, from {EARLIEST.year + 1} to {LATEST.year - 1}"
_INSTANT = f"{_DAY}, or an instant like 2026-03-01T12:00:00Z"


def from_query(query: Mapping[str, str], zone: ZoneInfo) -> SessionFilter:
    """A bare date is that day in ``zone``, ``to`` included. NotUnderstood for what is no filter.

    ``started_after`` and ``started_before`` take RFC 3339 instants, ``from`` and ``to`` dates.
    """
    begin = "started_after" if query.get("started_after") else "from"
    return SessionFilter(
        q=query.get("q", "").strip(),
        station=query.get("station", "").strip(),
        token=query.get("token", "").strip(),
        state=one_of(query, "state", STATES),
        view=one_of(query, "view", VIEWS),
        location=query.get("location", "").strip(),
        started_after=instant(query, begin, zone),
        started_before=instant(query, "started_before", zone) or end_of_day(query, "to", zone),
    )


def instant(query: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    """An instant, or the first moment of a date in ``zone``; None where none is given."""
    text = query.get(name, "").strip()
    if not text:
        return None
    day = _day(text)
    found = _instant(text, zone) if day is None else datetime.combine(day, time(), zone)
    if found is None:
        raise NotUnderstood(name, _INSTANT)
    return found


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is not None and found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found if found is not None and is_sayable(found) else None


def end_of_day(query: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    day = _day(text)
    if day is None:
        raise NotUnderstood(name, _DAY)
    return datetime.combine(day + timedelta(days=1), time(), zone)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and EARLIEST.date() < day < LATEST.date() else None
