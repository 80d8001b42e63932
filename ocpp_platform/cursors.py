"""Rows that are too many for the memory, through a cursor that the database keeps meanwhile."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar, cast

from django.db.models import QuerySet

Row = TypeVar("Row")


@contextmanager
def pieces_of(rows: QuerySet[Any, Row], size: int) -> Iterator[Iterator[Row]]:
    """The rows, fetched ``size`` at a time; the cursor is closed where the block ends.

    Left to the garbage collector, it would be closed in any thread, on a connection that serves
    others by then: a later cursor of the same name is refused or closed, and a thread that holds
    the connection waits for itself.
    """
    found = cast(Generator[Row, None, None], rows.iterator(chunk_size=size))
    with closing(found):
        yield found
