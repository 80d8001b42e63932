"""Monthly partitions of a table by its column ``at``; PostgreSQL only, a no-op elsewhere.

The partitions of ``table`` are ``table_y2026m11`` and so on, in UTC, and ``table_rest`` for what
lies in no month that was made: odd instants, and months that nobody made in time.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from apps.domain.months import Month

Span = tuple[datetime, datetime]
AHEAD = 3
_OLDEST = timedelta(days=3_653)  # what is said to be older is an odd instant
_NAME = "{0}_y{1:%Y}m{1:%m}"
_PATIENCE, _LOCK_NOT_AVAILABLE = "2s", "55P03"


class Held(Exception):
    """Somebody reads the table for long; try again later."""


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


def begin(editor: Any, model: type[Model], table: str) -> None:
    """Create the table of ``model`` with a partition for what lies in no month, and with those of
    the months that rows of ``table``, which it shall replace, lie in and of the next.
    """
    parent = model._meta.db_table
    statement, given = editor.table_sql(model)
    editor.execute(f"{statement} PARTITION BY RANGE (at)", given or None)
    editor.execute(f"CREATE TABLE {table}_rest PARTITION OF {parent} DEFAULT")
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT date_trunc('month', at, 'UTC') FROM {table}"
            " WHERE at BETWEEN %s AND %s",
            [now - _OLDEST, now],
        )
        held = [first for (first,) in cursor.fetchall()]
    spans = {*months(now.astimezone(UTC), AHEAD), *(months(first, 1)[0] for first in held)}
    make(table, sorted(spans), parent)


def make_ahead(table: str, now: datetime, count: int = AHEAD) -> list[str]:
    """Create the partitions of this month and the next; the names that are new. Raises Held."""
    return make(table, months(now, count))


def make(table: str, spans: Iterable[Span], parent: str = "") -> list[str]:
    """Create the partitions of these months; the names that are new. ``parent``: what the table
    is called as long as it has not come to its name. Raises Held: a new partition locks the rest.
    """
    if connection.vendor != "postgresql":
        return []
    return [
        name
        for start, end in spans
        if (name := _make(table, start, end, parent or table)) is not None
    ]


def _make(table: str, start: datetime, end: datetime, parent: str) -> str | None:
    """The name of a partition that was not there."""
    name = _NAME.format(table, start)
    with connection.cursor() as cursor:
        if _is_there(cursor, name):
            return None
    with _impatient(table) as cursor:
        if _is_there(cursor, name) or _rest_holds(cursor, table, start, end):
            return None
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF {parent} FOR VALUES FROM (%s) TO (%s)",
            [start.isoformat(), end.isoformat()],
        )
    return name


def months_before(table: str, limit: datetime) -> list[Month]:
    """The months of the partitions that end by ``limit``, oldest first."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass",
            [table],
        )
        names = [name for (name,) in cursor.fetchall() if name != f"{table}_rest"]
    months = sorted(
        Month(datetime.strptime(name, f"{table}_y%Ym%m").replace(tzinfo=UTC)) for name in names
    )
    return [month for month in months if month.end <= limit]


def drop(table: str, month: Month, may_go: Callable[[], bool]) -> bool:
    """Drop the partition of ``month``, if there is one and ``may_go``; nothing is written to it
    meanwhile. Raises Held where others do not let go of it: nobody shall wait behind us.
    """
    if connection.vendor != "postgresql":
        return False
    name = _NAME.format(table, month.start)
    with _impatient(name) as cursor:
        if not _is_there(cursor, name):
            return False
        cursor.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        if not may_go():
            return False
        cursor.execute(f"DROP TABLE {name}")
    return True


@contextmanager
def _impatient(name: str) -> Iterator[Any]:
    """A cursor in a transaction that is the only one about ``name``, and soon gives up waiting for
    a lock: all others would wait behind it. Raises Held then.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = %s", [_PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
            yield cursor
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise Held(name) from error
        raise


def _is_there(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT to_regclass(%s)", [name])
    return cursor.fetchone()[0] is not None


def _rest_holds(cursor: Any, table: str, start: datetime, end: datetime) -> bool:
    """A month whose rows already lie in the default partition stays there."""
    cursor.execute(
        f"SELECT EXISTS (SELECT 1 FROM {table}_rest WHERE at >= %s AND at < %s)", [start, end]
    )
    return bool(cursor.fetchone()[0])
