"""Each parallel worker has a state folder, a database server and a Redis of its own.

Loaded before the settings are (``-p tests.workers``), since these read the environment once.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
LEFT_OUT = "TESTS_LEFT_OUT"  # "pure" or "once": what the run on the other database has
SERVERS = "TESTS_SERVERS"  # for each worker the addresses of a database and a Redis, as JSON
MIGRATED = "TESTS_MIGRATED"  # a migrated database: a file, or a name beside the one in use
# What speaks of the wire, of the screen and of who may do what says the same on either database.
# What asks in anger (lists, filters, odd queries) is not among it: it runs on both.
ONCE = (
    "tests/api/test_contract", "tests/api/test_errors", "tests/browser/", "tests/chaos/",
    *(f"tests/dashboard/test_{name}" for name in (
        "access", "certificates", "device", "display", "kept_text", "lists_and_reservations",
        "live", "log_in", "onboarding", "power", "publishing", "transfers",
    )),
    *(f"tests/flows/test_{name}" for name in (
        "bad_input", "chaos", "limits", "malformed_frames", "quirks", "secrets",
        "transaction_rules",
    )),
    "tests/gateway/", "tests/onboarding/test_setup", "tests/onboarding/test_simulated",
)  # fmt: skip
# What takes a minute by itself is begun first, so that nobody waits for it at the end.
LONG = (
    "test_database_outage", "test_every_page_is_clean", "all_that_can_move_does", "test_contract",
    "test_kept_text", "test_kill_minus_nine",
)  # fmt: skip

if WORKER:
    os.environ["VAR"] = str(Path(os.environ["VAR"]) / WORKER)
    if servers := json.loads(os.environ.get(SERVERS, "[]")):
        number = int(WORKER.removeprefix("gw"))
        os.environ["DATABASE_URL"], redis = servers[number % len(servers)]
        os.environ["REDIS_URL"] = f"{redis.removesuffix('/0')}/{number}"


def is_once(path: str) -> bool:
    """Of a file, or of a test in it: one database is enough."""
    return any(about in path for about in ONCE)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Whole files that run beside the other database are not even read: one takes 8 s of CPU."""
    leaves_out = os.environ.get(LEFT_OUT) == "once"
    return True if leaves_out and is_once(collection_path.as_posix()) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What says the same beside every database runs beside one; what takes long comes first."""
    if kind := os.environ.get(LEFT_OUT):
        left_out = [item for item in items if is_left_out(kind, item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not is_left_out(kind, item)]
    if WORKER:
        items[:] = long_first(items, int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))


def long_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """In shares of one size: each worker begins at the beginning of its own."""
    long = [item for item in items if any(name in item.nodeid for name in LONG)]
    others = [item for item in items if item not in long]
    ordered = []
    for number in range(workers):
        ordered += long[number::workers]
        ordered += others[len(others) * number // workers : len(others) * (number + 1) // workers]
    return ordered


def copy_migrated(test: dict[str, Any], vendor: str) -> None:
    """Begin the test database of these settings as a copy of the migrated one, if there is one."""
    migrated = os.environ.get(MIGRATED)
    if not migrated:
        return
    if vendor == "sqlite":
        shutil.copy(migrated, test["NAME"])
    else:
        test["TEMPLATE"] = migrated


def is_left_out(kind: str, item: pytest.Item) -> bool:
    """Whether the run that leaves out this kind leaves out this test: never both of them."""
    is_marked = any(item.iter_markers("once"))
    if kind == "once" or is_marked:  # what is marked runs beside PostgreSQL, be it pure or not
        return kind == "once" and is_marked
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return not (fixtures or any(item.iter_markers("django_db")))
