"""Messages past their time go by whole UTC months; into files first, where a folder is named.

Each step begins with what is there: rows behind the last file of their month are written to the
next; a month that is written goes, as a partition where it is one; rows that a file holds go. So
it may be killed between any two, and run twice and at once: a row goes only when it stands in a
file that is on the disk, and a file that is there is never written again. Messages that were
read back are left alone: they have a time of their own.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from apps.domain.instants import EARLIEST
from apps.domain.months import Month
from apps.journal import archive
from apps.journal.archive import COLUMNS, Header, Key
from apps.journal.models import READ_BACK, TABLE, Message
from ocpp_platform import partitions

FILE_ROWS = 250_000
MOST_ROWS = 250_000
PAGE_ROWS = 1_000

logger = logging.getLogger(__name__)


def let_go(*, now: datetime, most: int = MOST_ROWS) -> int:
    """Write and remove what is past its time, about ``most`` rows; the rest the next time.

    A month that has a file which cannot be read stays; the others do not wait for it.
    """
    limit = Month.of(now - timedelta(days=settings.OCPP_JOURNAL_RETENTION_D)).start
    folder = folder_of_files()
    if folder is not None:
        archive.sweep(folder, now)
    moved, unread = 0, dict[Month, archive.Unusable]()
    for month in _past(limit):
        try:
            while moved < most and (rows := _step(month, folder)):
                moved += rows
        except archive.Unusable as error:
            unread[month] = error
        except partitions.Held:
            continue
    for month, why in unread.items():
        logger.error("Messages of %s stay in the journal: %s", month, why)
    return moved


def folder_of_files() -> Path | None:
    named = settings.OCPP_JOURNAL_ARCHIVE_FOLDER
    return Path(named) if named else None


def _past(limit: datetime) -> Iterator[Month]:
    """Months before ``limit`` that hold messages, or are partitions still."""
    yield from partitions.months_before(TABLE, limit)
    since = EARLIEST
    while (at := _oldest(since, limit)) is not None:
        month = Month.of(at)
        yield month
        since = month.end


def _step(month: Month, folder: Path | None) -> int:
    """One step of what becomes of a month; how many rows it moved, 0 when none is left to do."""
    mine = [(who, _rows(who, month)) for who in _organisations(month)]
    if folder is not None:
        for who, rows in mine:
            if written := _write_next(folder, who, month, rows):
                return written
    if dropped := _drop(month, folder):
        return dropped
    for who, rows in mine:
        gone = _remove(rows) if folder is None else _remove_written(folder, who, month, rows)
        if gone:
            return gone
    return 0


def _write_next(folder: Path, organisation_id: int, month: Month, rows: QuerySet[Message]) -> int:
    """A file of the rows behind those of the last file."""
    parts = archive.list_parts(folder, organisation_id, month)
    if parts:
        rows = rows.filter(_behind(max(header.last for _, header in parts)))
    return _write(folder, organisation_id, month, rows)


def _write(folder: Path, organisation_id: int, month: Month, rows: QuerySet[Message]) -> int:
    """The oldest of ``rows`` to a new file; 0 where there are none, or others come and go."""
    keys = rows.order_by("at", "id").values_list("at", "id")
    found = keys[:FILE_ROWS].aggregate(count=Count("id"), ids=Sum("id"))
    if not found["count"]:
        return 0
    header = Header(
        organisation_id=organisation_id,
        month=str(month),
        part=1
        + max((h.part for _, h in archive.list_parts(folder, organisation_id, month)), default=0),
        rows=found["count"],
        ids=int(found["ids"]),
        first=keys[0],
        last=keys[found["count"] - 1],
    )
    is_written = archive.write(folder, header, _in_order(rows, header))
    return header.rows if is_written else 0


def _in_order(rows: QuerySet[Message], header: Header) -> Iterator[archive.Row]:
    at, number = COLUMNS.index("at"), COLUMNS.index("id")
    ahead = rows.exclude(_behind(header.last)).order_by("at", "id").values_list(*COLUMNS)
    page = list(ahead[:PAGE_ROWS])
    while page:
        yield from page
        page = list(ahead.filter(_behind((page[-1][at], page[-1][number])))[:PAGE_ROWS])


def _drop(month: Month, folder: Path | None) -> int:
    """The whole partition of a month, if each of its rows stands in a file (or none needs to)."""

    def may_go() -> bool:
        inside = Message.objects.filter(at__gte=month.start, at__lt=month.end)
        if inside.filter(READ_BACK).exists():
            return False
        counted = inside.values_list("organisation_id").annotate(Count("id"), Sum("id")).order_by()
        return folder is None or all(
            _are_written(folder, who, month, rows, ids) for who, rows, ids in counted
        )

    return int(partitions.drop(TABLE, month, may_go))


def _are_written(folder: Path, organisation_id: int, month: Month, rows: int, ids: int) -> bool:
    """Whether so many rows, with this sum of their ids, stand in files. Raises Unusable where
    one is no longer whole.
    """
    parts = archive.list_parts(folder, organisation_id, month)
    said = sum(header.rows for _, header in parts), sum(header.ids for _, header in parts)
    if said != (rows, ids):
        return False
    for path, _ in parts:
        archive.read_through(path)
    return True


def _remove_written(
    folder: Path, organisation_id: int, month: Month, rows: QuerySet[Message]
) -> int:
    """The rows of one file. What no file holds, for the clock has run back, gets one."""
    parts = archive.list_parts(folder, organisation_id, month)
    for path, header in parts:
        is_open = rows.filter(at__gte=header.first[0], at__lte=header.last[0]).exists()
        if is_open and (gone := _remove_held(rows, archive.read_rows(path))):
            return gone
    return _write(folder, organisation_id, month, rows)


def _remove_held(rows: QuerySet[Message], held: Iterable[archive.Row]) -> int:
    at, number = COLUMNS.index("at"), COLUMNS.index("id")
    gone, held = 0, iter(held)
    while page := list(islice(held, PAGE_ROWS)):
        written = {(row[at], row[number]) for row in page}
        here = rows.filter(pk__in=[number for _, number in written])
        keys = written.intersection(here.values_list("at", "id"))
        gone += rows.filter(pk__in=[number for _, number in keys]).delete()[0]
    return gone


def _remove(rows: QuerySet[Message]) -> int:
    """A page after the other."""
    oldest, gone = rows.order_by("at").values_list("pk", flat=True), 0
    while gone < MOST_ROWS and (keys := list(oldest[:PAGE_ROWS])):
        gone += rows.filter(pk__in=keys).delete()[0]
    return gone


def _rows(organisation_id: int, month: Month) -> QuerySet[Message]:
    return Message.objects.filter(
        ~READ_BACK, organisation_id=organisation_id, at__gte=month.start, at__lt=month.end
    )


def _behind(key: Key) -> Q:
    at, number = key
    return Q(at__gte=at) & (Q(at__gt=at) | Q(id__gt=number))


def _organisations(month: Month) -> list[int]:
    """Those with messages in the month."""
    return [who for who in _everybody() if _rows(who, month).exists()]


def _everybody() -> Iterator[int]:
    """One look into the index for each, instead of a look at every message."""
    numbers = Message.objects.order_by("organisation_id").values_list("organisation_id", flat=True)
    last = numbers.first()
    while last is not None:
        yield last
        last = numbers.filter(organisation_id__gt=last).first()


def _oldest(since: datetime, before: datetime) -> datetime | None:
    """The oldest message, in no month before ``since``."""
    span = Message.objects.filter(~READ_BACK, at__gte=since, at__lt=before)
    firsts = (
        span.filter(organisation_id=who).order_by("at").values_list("at", flat=True).first()
        for who in _everybody()
    )
    return min((at for at in firsts if at is not None), default=None)
