"""Database connections in threads of our own, which no request cycle looks after."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection


@contextmanager
def database() -> Iterator[None]:
    """Use this thread's connection; a broken one is dropped so that the next use reconnects."""
    if not connection.in_atomic_block:
        close_old_connections()
    yield
