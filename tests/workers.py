"""Each parallel worker has a state folder, a database server and a Redis of its own.

Loaded before the settings are (``-p tests.workers``), since these read the environment once.
"""

import gc
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
LEFT_OUT = "TESTS_LEFT_OUT"  # PURE or ONCE: what the run on the other database has
PURE, ONCE = "pure", "once"
SERVERS = "TESTS_SERVERS"  # for each worker the addresses of a database and a Redis, as JSON
MIGRATED = "TESTS_MIGRATED"  # a migrated database: a file, or a name beside the one in use
# What speaks of the wire, of the screen and of who may do what says the same on either database:
# it runs beside SQLite, where it costs least.
BESIDE_SQLITE = (
    "tests/browser/", "tests/conformance/", "tests/gateway/",
    *(f"tests/dashboard/test_{name}" for name in (
        "access", "certificates", "device", "display", "kept_text", "lists_and_reservations",
        "live", "log_in", "onboarding", "pages", "power", "publishing", "transfers", "truth",
    )),
    *(f"tests/flows/test_{name}" for name in (
        "bad_input", "limits", "malformed_frames", "monitoring", "quirks", "secrets",
        "transaction_rules", "waves",
    )),
    "tests/onboarding/test_setup", "tests/onboarding/test_simulated", "tests/simulator/",
)  # fmt: skip
# What asks in anger (odd queries, any order), and what dies, does so where the stakes are highest.
BESIDE_POSTGRES = (
    "tests/api/test_contract", "tests/api/test_errors", "tests/chaos/", "tests/fleet/",
    "tests/dashboard/test_queries", "tests/device/test_reports", "tests/flows/test_chaos",
    "tests/sessions/test_any_order",
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


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays: garbage in it is not worth a look."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def is_among(paths: tuple[str, ...], path: str) -> bool:
    """Of a file, or of a test in it."""
    return any(about in path for about in paths)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Whole files that run beside the other database are not even read: one takes 8 s of CPU."""
    elsewhere = {PURE: BESIDE_SQLITE, ONCE: BESIDE_POSTGRES}.get(os.environ.get(LEFT_OUT, ""), ())
    return True if is_among(elsewhere, collection_path.as_posix()) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What says the same beside every database runs beside one; what takes long comes first."""
    for item in items:
        if is_among(BESIDE_SQLITE, item.nodeid) and {"once", "postgres"} & set(item.keywords):
            raise pytest.UsageError(f"{item.nodeid} would never run: see BESIDE_SQLITE")
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
    if kind == ONCE or is_marked:  # what is marked runs beside PostgreSQL, be it pure or not
        return kind == ONCE and is_marked
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return not (fixtures or any(item.iter_markers("django_db")))
