"""Instants on the wire: read with tolerance, written in the one form that all stations read.

Never reads the clock; "now" is always the caller's receive time.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

MAX_AHEAD = timedelta(minutes=5)
EARLIEST_YEAR = 2020

_INSTANT = re.compile(
    r"(\d{4})([-/]?)(\d\d)\2(\d\d)[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?"
    r" ?(?:[Zz]|UTC|GMT|([+-])(\d\d):?(\d\d)?)?",
    re.ASCII,
)
_MAIL_FORM = re.compile(
    r"(?:[A-Za-z]{3}, )?\d\d? [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d(?: [A-Z]{1,4}| [+-]\d{4})?", re.ASCII
)
_NUMBER = re.compile(r"\d{9,20}(?:\.\d{1,9})?", re.ASCII)
_SCALES = (1, 1_000, 1_000_000, 1_000_000_000)  # of counts since 1970: seconds to nanoseconds
_FROM_S, _TO_S = 946_684_800, 4_102_444_800  # 2000 to 2100

_PLAIN_LENGTHS = (20, 24)  # seconds or milliseconds, and the Z


def read(value: Any) -> datetime | None:
    """``parse``, of what may be a number."""
    if isinstance(value, str):
        return parse(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _since_1970(value) if is_number else None


def parse(text: str) -> datetime | None:
    """The instant in UTC, or None; a text that names no zone means UTC (see docs/decisions.md).

    Accepts what RFC 3339 allows and what stations send besides: a missing or short offset
    ("+02", "+0200"), a blank for the T, a lower-case z or UTC, any number of fraction digits, a
    missing second, a leap second, no separators or slashes, the form of RFC 1123, and a count of
    seconds, or of parts of them, since 1970.
    """
    try:
        is_plain = text[-1:] == "Z" and text[10:11] == "T" and text[17:19] != "60"
        if is_plain and len(text) in _PLAIN_LENGTHS:
            return datetime.fromisoformat(text)
        return _parse_loosely(text.strip())
    except (ValueError, OverflowError):
        return None


def write(at: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SSZ``: stations stumble over fractions and numeric offsets."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


class Moment(NamedTuple):
    """When it happened; whether that is the station's own word, and if not, what that was."""

    at: datetime
    is_trusted: bool = True
    said_at: datetime | None = None


def settle(station_time: datetime | None, received_at: datetime) -> Moment:
    """When it happened: the receive time where the clock is unusable, or nothing was told."""
    if station_time is not None and can_be(station_time, received_at):
        return Moment(station_time)
    return Moment(received_at, is_trusted=False, said_at=station_time)


def can_be(station_time: datetime, received_at: datetime) -> bool:
    """A clock before 2020 or more than five minutes ahead is unusable.

    A time that is merely old is a replay of stored messages, and is trusted.
    """
    return station_time.year >= EARLIEST_YEAR and station_time - received_at <= MAX_AHEAD


def _parse_loosely(text: str) -> datetime | None:
    found = _INSTANT.fullmatch(text)
    if found is None:
        return _since_1970(float(text)) if _NUMBER.fullmatch(text) else _in_mail_form(text)
    year, _, month, day, hour, minute, second, fraction, sign, hours, minutes = found.groups()
    is_leap = second == "60"
    micros = (fraction or "0")[:6].ljust(6, "0")
    clock = f"{hour}:{minute}:{'59' if is_leap else second or '00'}.{micros}"
    at = datetime.fromisoformat(f"{year}-{month}-{day}T{clock}").replace(tzinfo=UTC)
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        at = at - offset if sign == "+" else at + offset
    return at + timedelta(seconds=1) if is_leap else at


def _in_mail_form(text: str) -> datetime | None:
    """As in mail and HTTP (RFC 1123)."""
    if not _MAIL_FORM.fullmatch(text):
        return None
    at = parsedate_to_datetime(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _since_1970(count: float) -> datetime | None:
    """Each scale has its own range, so that a count can only be of one of them."""
    for scale in _SCALES:
        if _FROM_S <= count / scale < _TO_S:
            return datetime.fromtimestamp(count / scale, UTC)
    return None
