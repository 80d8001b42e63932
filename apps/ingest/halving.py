"""One of many is to blame: halve the group until it is alone, so that it fails by itself."""

from collections.abc import Callable
from typing import TypeVar

from ocpp_platform.threads import DatabaseAway

Given = TypeVar("Given")
Got = TypeVar("Got")


def halving(
    work: Callable[[list[Given]], list[Got]],
    given: list[Given],
    alone: Callable[[Given, Exception], Got],
) -> list[Got]:
    """The results of ``work`` in the order of ``given``; ``alone`` gives that of who breaks it.

    A database that is away is nobody's fault: DatabaseAway goes up at once.
    """
    try:
        return work(given)
    except DatabaseAway:
        raise
    except Exception as error:  # noqa: BLE001 - an edge: anybody may be the poison
        if len(given) == 1:
            return [alone(given[0], error)]
    middle = len(given) // 2
    return halving(work, given[:middle], alone) + halving(work, given[middle:], alone)
