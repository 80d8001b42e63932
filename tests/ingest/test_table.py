"""No event and no block is forgotten: what has no handler would be acknowledged and lost."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from apps import domain
from apps.domain.events import Event, Noted, NotifiedEvent, SessionEvent
from apps.domain.maintenance import FirmwareChanged
from apps.ingest.table import BLOCKS, HOT, RARE

APPS = Path(domain.__path__[0]).parent
# What has no meaning yet; what is a part of another event, or the root of several.
WITHOUT = {Event, FirmwareChanged, Noted, NotifiedEvent, SessionEvent}


def events() -> Iterator[type[Event]]:
    """All that a module of the words calls its own."""
    for found in pkgutil.iter_modules(domain.__path__, f"{domain.__name__}."):
        for kind in vars(import_module(found.name)).values():
            if isinstance(kind, type) and issubclass(kind, Event):
                yield kind


def modules() -> Iterator[ModuleType]:
    for file in APPS.glob("*/events.py"):
        yield import_module(f"apps.{file.parent.name}.events")


def test_every_event_has_a_handler() -> None:
    handled = {*HOT, *RARE}
    assert set(events()) - handled == WITHOUT, "a line in RARE of its app's events.py, or in HOT"


def test_every_block_that_handles_or_hooks_is_in_the_table() -> None:
    speaking = {one for one in modules() if hasattr(one, "RARE") or hasattr(one, "HOOKS")}
    assert speaking <= set(BLOCKS), "a line in BLOCKS of apps/ingest/table.py"


def test_an_event_has_one_handler() -> None:
    handled = [*HOT, *(kind for block in BLOCKS for kind in getattr(block, "RARE", {}))]
    assert sorted(k.__name__ for k in handled) == sorted({k.__name__ for k in handled})
