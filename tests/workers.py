"""Each parallel worker has a state folder, a database and a Redis database of its own.

Loaded before the settings are (``-p tests.workers``), since these read the environment once.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
LEFT_OUT = "TESTS_LEFT_OUT"  # "pure" or "once": what the run on the other database has
MIGRATED = "TESTS_MIGRATED"  # a migrated database: a file, or a name beside the one in use

if WORKER:
    os.environ["VAR"] = str(Path(os.environ["VAR"]) / WORKER)
    if os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] += f"/{WORKER.removeprefix('gw')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What says the same beside every database runs beside one."""
    kind = os.environ.get(LEFT_OUT)
    if not kind:
        return
    left_out = [item for item in items if _is(kind, item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not _is(kind, item)]


def copy_migrated(test: dict[str, Any], vendor: str) -> None:
    """Begin the test database of these settings as a copy of the migrated one, if there is one."""
    migrated = os.environ.get(MIGRATED)
    if not migrated:
        return
    if vendor == "sqlite":
        shutil.copy(migrated, test["NAME"])
    else:
        test["TEMPLATE"] = migrated


def _is(kind: str, item: pytest.Item) -> bool:
    if kind == "once":
        return any(item.iter_markers("once"))
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return not (fixtures or any(item.iter_markers("django_db")))
