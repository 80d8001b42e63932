"""What makes thousands of tests quick: few examples, few tables emptied, hashing without patience.

Django's own flush truncates every table and then makes content types and permissions anew; here
only tables that hold something are emptied, and these two stay.
"""

import os
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

_LASTING = frozenset({"django_migrations", "django_content_type", "auth_permission"})


THOROUGH = 20  # times as many examples
_BESIDE = 1_000  # parts that a law has at the most


def examples(count: int) -> int:
    """How many a law is tried on: ``count``, or far more with THOROUGH=1 in the environment."""
    return count * (THOROUGH if os.environ.get("THOROUGH") == "1" else 1)


def seed_of(part: int) -> int:
    """Of a part of a law: other stories beside PostgreSQL than beside SQLite, and with another
    SEED in the environment."""
    beside = _BESIDE * (connection.vendor == "postgresql")
    return part + beside + 2 * _BESIDE * int(os.environ.get("SEED", "0"))


class QuickHasher(PBKDF2PasswordHasher):
    """Passwords that a server of ours can check, hashed once instead of a million times."""

    iterations = 1


def empty_after_tests() -> None:
    """Tests that commit are cleaned up after in this way from now on."""
    TransactionTestCase._fixture_teardown = _empty_all


def _empty_all(case: Any) -> None:
    for name in case._databases_names(include_mirrors=False):
        _empty(connections[name])


def _empty(connection: BaseDatabaseWrapper) -> None:
    ignore, heed = (
        ("SET session_replication_role = replica", "SET session_replication_role = DEFAULT")
        if connection.vendor == "postgresql"
        else ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
    )
    with connection.cursor() as cursor:
        cursor.execute(ignore)
        cursor.execute(_filled_sql(connection))
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        cursor.execute(heed)


def _filled_sql(connection: BaseDatabaseWrapper) -> str:
    quote = connection.ops.quote_name
    tables = set(connection.introspection.django_table_names()) - _LASTING
    return " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in sorted(tables)
    )
