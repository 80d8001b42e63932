"""Monthly partitions of a table by its column ``at``; PostgreSQL only, a no-op elsewhere.

The partitions of ``table`` are ``table_y2026m11`` and so on, in UTC, and ``table_rest`` for what
lies in no month that was made: odd instants, and months that nobody made in time.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

Span = tuple[datetime, datetime]
_NAME = "{0}_y{1:%Y}m{1:%m}"


def months(first: datetime, count: int) -> list[Span]:
    """``count`` pairs (start, end) of calendar months, from the month of ``first`` on."""
    start = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    pairs = []
    for _ in range(count):
        year, month = divmod(start.year * 12 + start.month, 12)
        end = start.replace(year=year, month=month + 1)
        pairs.append((start, end))
        start = end
    return pairs


def make_ahead(table: str, now: datetime, count: int = 3) -> list[str]:
    """Create the partitions of this month and the next; the names that are new."""
    return make(table, months(now, count))


def make(table: str, spans: Iterable[Span]) -> list[str]:
    """Create the partitions of these months; the names that are new."""
    if connection.vendor != "postgresql":
        return []
    made = []
    with connection.cursor() as cursor:
        for start, end in spans:
            name = _NAME.format(table, start)
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None and not _rest_holds(cursor, table, start, end):
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM (%s) TO (%s)",
                    [start.isoformat(), end.isoformat()],
                )
                made.append(name)
    return made


def drop_before(table: str, horizon: datetime) -> list[str]:
    """Drop the partitions that end before ``horizon``; the names dropped."""
    if connection.vendor != "postgresql":
        return []
    dropped = []
    limit = _NAME.format(table, horizon)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass",
            [table],
        )
        for (name,) in cursor.fetchall():
            if name.startswith(f"{table}_y") and name < limit:
                cursor.execute(f"DROP TABLE {name}")
                dropped.append(name)
    return dropped


def _rest_holds(cursor: Any, table: str, start: datetime, end: datetime) -> bool:
    """A month whose rows already lie in the default partition stays there."""
    cursor.execute(
        f"SELECT EXISTS (SELECT 1 FROM {table}_rest WHERE at >= %s AND at < %s)", [start, end]
    )
    return bool(cursor.fetchone()[0])
