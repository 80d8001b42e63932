"""One attempt, what is asked of all, and how lists from several sources become one. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import merge


class Outcome(StrEnum):
    """Why no energy came of it."""

    REFUSED = "refused"
    NOT_STARTED = "not_started"
    REMOTE_FAILED = "remote_failed"
    NO_ENERGY = "no_energy"


@dataclass(frozen=True, slots=True)
class Attempt:
    """``id`` names its source and the row there; ``token`` as people may see it."""

    at: datetime
    id: str
    station_id: int
    outcome: Outcome
    reason: str
    token: str = ""
    evse_id: int | None = None
    session_id: int | None = None
    command_id: int | None = None

    @property
    def place(self) -> "Place":
        return self.at, self.id


_ABOVE_ALL = "~"  # ids begin with a letter
Place = tuple[datetime, str]  # of an attempt in the list: newest first, ids downwards


def written(place: Place | None) -> str:
    """As a cursor that ``place_in`` reads; "" for none."""
    if place is None:
        return ""
    return urlsafe_b64encode("|".join((place[0].isoformat(), place[1])).encode()).decode()


def place_in(cursor: str) -> Place | None:
    """The place of a cursor. ValueError where it is none of ours."""
    if not cursor:
        return None
    at, _, name = urlsafe_b64decode(cursor.encode()).decode().partition("|")
    found = datetime.fromisoformat(at)
    if found.tzinfo is None:
        raise ValueError(cursor)
    return found, name


@dataclass(frozen=True, slots=True)
class Wanted:
    """``token`` as it is printed on the card, too; empty is any."""

    token: str = ""
    station: str = ""
    location: str = ""
    outcome: str = ""
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Of one source, newest first; ``until``: it was looked no further, None is to the end."""

    attempts: Sequence[Attempt]
    until: datetime | None = None


def joined(
    sources: Sequence[Found], limit: int, below: Place | None
) -> tuple[list[Attempt], Place | None]:
    """The first ``limit`` of all ``below`` a place, and the place below which there may be more.

    None is given that lies where some source was not looked through.
    """
    horizon = max((found.until for found in sources if found.until is not None), default=None)
    ordered = merge(*(found.attempts for found in sources), key=lambda a: a.place, reverse=True)
    known = [
        attempt
        for attempt in ordered
        if (below is None or attempt.place < below) and (horizon is None or attempt.at > horizon)
    ]
    if len(known) > limit:
        return known[:limit], known[limit - 1].place
    return known, None if horizon is None else (horizon, _ABOVE_ALL)
