"""Writes: messages from a file back into the journal, for a while."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from apps.domain.months import Month
from apps.journal import archive
from apps.journal.archive import COLUMNS, Header, Row, Unusable
from apps.journal.models import READ_BACK, TABLE, Message
from ocpp_platform import partitions

PAGE_ROWS = 1_000
_BUSY = "somebody reads all messages for long, as a dump does. Try again when that is over."
_ID, _AT = COLUMNS.index("id"), COLUMNS.index("at")


@dataclass(frozen=True, slots=True)
class Restored:
    """``added``: rows that were not there; ``there``: rows that were."""

    header: Header
    added: int
    there: int


def check(path: Path) -> Header:
    """What the file holds, after it was read to its end. Raises Unusable where it is not whole,
    or where its ids are those of other messages here.
    """
    header = archive.read_header(path)
    for page in _pages(path):
        _compare(path, header, page)
    return header


def restore(path: Path, *, until: datetime) -> Restored:
    """Add what is not there; what was read back stays ``until`` then. May be done again after it
    was broken off. Raises Unusable before anything is added.
    """
    header = check(path)
    try:
        partitions.make_ahead(TABLE, Month.named(header.month).start, 1)
    except partitions.Held as error:
        raise Unusable(f"{path} cannot be read back now: {_BUSY}") from error
    added, highest = 0, 0
    for page in _pages(path):
        added += _add(header, page, until)
        highest = max(highest, *(row[_ID] for row in page))
    _give_no_id_again(highest)
    return Restored(header, added, header.rows - added)


@transaction.atomic
def _add(header: Header, page: list[Row], until: datetime) -> int:
    ids = [row[_ID] for row in page]
    here = Message.objects.filter(pk__in=ids)
    here.filter(READ_BACK).update(kept_until=until)
    known = set(here.values_list("pk", flat=True))
    new = [
        Message(
            organisation_id=header.organisation_id,
            kept_until=until,
            **dict(zip(COLUMNS, row, strict=True)),
        )
        for row in page
        if row[_ID] not in known
    ]
    Message.objects.bulk_create(new, ignore_conflicts=True)  # two who read it back at once
    return len(new)


def _compare(path: Path, header: Header, page: list[Row]) -> None:
    told = {row[_ID]: (header.organisation_id, row[_AT]) for row in page}
    here = Message.objects.filter(pk__in=told).values_list("pk", "organisation_id", "at")
    for number, *rest in here:
        if tuple(rest) != told[number]:
            raise Unusable(
                f"{path} is of another installation: message {number} is another one here."
                " Nothing was read back."
            )


def _pages(path: Path) -> Iterator[list[Row]]:
    rows = archive.read_rows(path)
    while page := list(islice(rows, PAGE_ROWS)):
        yield page


def _give_no_id_again(highest: int) -> None:
    """Where the journal is younger than the file, its next id lies behind those of the file."""
    if connection.vendor != "postgresql":
        return  # SQLite sees to it
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(name, %s) FROM pg_get_serial_sequence('journal_message', 'id') name"
            " WHERE %s > coalesce(pg_sequence_last_value(name::regclass), 0)",
            [highest, highest],
        )
