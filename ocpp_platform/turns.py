"""The parts of one turn of the clock, each for itself: what breaks holds up no other."""

import logging
from collections.abc import Callable

from prometheus_client import Counter

Part = tuple[str, Callable[[], object]]  # what it does, in words; how

logger = logging.getLogger(__name__)

FAILURES = Counter("ocpp_failed_parts", "Parts of tasks of the clock that failed", ["part"])


def take(*parts: Part) -> list[str]:
    """Do all of them, in order; the names of those that failed.

    A failure is logged and counted. Nothing is lost by it: the next turn tries again, so every
    part must be one that may run twice.
    """
    return [name for name, part in parts if not _is_done(name, part)]


def _is_done(name: str, part: Callable[[], object]) -> bool:
    try:
        part()
    except Exception:
        logger.exception("%s failed; it is tried again with the next turn", name)
        FAILURES.labels(name).inc()
        return False
    return True
