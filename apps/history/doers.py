"""Who makes things happen: people, programs, stations, the clock, the command line. Pure.

A person and an API key are doers as they are (``accounts``); the others are made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

PERSON, KEY, STATION = "person", "key", "station"
CLOCK_KIND, COMMAND_LINE = "clock", "command line"


class Doer(Protocol):
    """``actor_kind``: one of the kinds above. ``pk``: its number among those; None: it has none.
    ``site_ids``: the locations that it is limited to; None: it is not.
    """

    actor_kind: str
    pk: Any
    site_ids: Sequence[int] | None

    @property
    def label(self) -> str:
        """Its name, as people are shown it."""


@dataclass(slots=True)
class Named:
    """Somebody without a row of its own here."""

    actor_kind: str
    pk: int | None
    label: str
    site_ids: Sequence[int] | None = None


CLOCK = Named(CLOCK_KIND, None, "the clock")


def command_line(what: str) -> Named:
    """``what``: the command that was typed."""
    return Named(COMMAND_LINE, None, what)


def station(station_id: int | None, identity: str) -> Named:
    return Named(STATION, station_id, identity)
