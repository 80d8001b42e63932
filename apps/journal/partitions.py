"""Monthly partitions of the message journal; PostgreSQL only, a no-op elsewhere."""

from datetime import datetime

from django.db import connection

_NAME = "journal_message_y{0:%Y}m{0:%m}"


def months(first: datetime, count: int) -> list[tuple[datetime, datetime]]:
    """``count`` pairs (start, end) of calendar months, from the month of ``first`` on."""
    start = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    pairs = []
    for _ in range(count):
        year, month = divmod(start.year * 12 + start.month, 12)
        end = start.replace(year=year, month=month + 1)
        pairs.append((start, end))
        start = end
    return pairs


def make_ahead(now: datetime, count: int = 3) -> list[str]:
    """Create the partitions of this month and the next; the names that are new."""
    if connection.vendor != "postgresql":
        return []
    made = []
    with connection.cursor() as cursor:
        for start, end in months(now, count):
            name = _NAME.format(start)
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None and not _rest_holds(cursor, start, end):
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF journal_message"
                    " FOR VALUES FROM (%s) TO (%s)",
                    [start.isoformat(), end.isoformat()],
                )
                made.append(name)
    return made


def drop_before(horizon: datetime) -> list[str]:
    """Drop the partitions that end before ``horizon``; the names dropped."""
    if connection.vendor != "postgresql":
        return []
    dropped = []
    limit = _NAME.format(horizon)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'journal_message'::regclass"
        )
        for (name,) in cursor.fetchall():
            if name.startswith("journal_message_y") and name < limit:
                cursor.execute(f"DROP TABLE {name}")
                dropped.append(name)
    return dropped


def _rest_holds(cursor: object, start: datetime, end: datetime) -> bool:
    """A month whose rows already lie in the default partition stays there."""
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT EXISTS (SELECT 1 FROM journal_message_rest WHERE at >= %s AND at < %s)",
        [start, end],
    )
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]
