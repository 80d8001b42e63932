"""Before when a session cannot have been, whatever its station tells: for those told late.

An EVSE has one session at a time, and two do not begin at one instant; but for two of which the
registers show that they ran at once, so that one is told twice. One whose begin nobody dates, and
which its energy dates back, began after the one before it had ended. Some stations tell of all
that they have kept when they first come, but nothing that is years older; and once a station has
told something live, nothing waits in it any more that is a month older than that.

Held against a session is only what was known when its begin was heard: what comes later would
bill it otherwise, by the order in which things come.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from apps.batch.parts import Batch
from apps.domain.clocks import APART
from apps.protocol.timestamps import EARLIEST_YEAR
from apps.sessions.entry import Entry
from apps.sessions.hearing import is_late
from apps.sessions.machine import LONGEST
from apps.sessions.models import Session
from apps.sessions.pace import ROUNDING_WH
from apps.sessions.timing import ROUNDING
from apps.stations.surroundings import Surroundings
from ocpp_platform import bulk

_EARLIEST = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
_KEPT = timedelta(days=2 * 365)
_BACK = timedelta(days=2)  # energy dates nothing back by more: a battery at 2 kW
_RAN = (("station_id", "="), ("started_at", "<="), ("ended_at", ">="))
_SAME = (("station_id", "="), ("started_at", "="))
_COLUMNS = (
    "id", "station_id", "evse_id", "started_at", "ended_at", "start_said_at", "start_heard_at",
    "meter_start_wh", "meter_stop_wh", "end_heard_at",
)  # fmt: skip


class _Other(NamedTuple):
    """Another session: _COLUMNS."""

    id: int
    station_id: int
    evse_id: int | None
    started_at: datetime
    ended_at: datetime | None
    said_at: datetime | None
    heard_at: datetime | None
    begin_wh: float | None
    end_wh: float | None
    end_heard_at: datetime | None

    def end_known_at(self, at: datetime) -> datetime | None:
        """Its end if it was known then: an estimate may be replaced by what comes later."""
        return self.ended_at if self.end_heard_at and self.end_heard_at <= at else None


class Bounds:
    """Of the sessions of a batch; the others at their stations are read once for all of them."""

    def __init__(self, batch: Batch, entries: Collection[Entry]) -> None:
        self._places = batch.part(Surroundings)
        self._entries = entries
        late = [entry for entry in entries if is_late(entry.known)]
        asked = {(e.station_id, e.known.said[0], e.known.said[0]) for e in late}
        undated = [entry for entry in entries if _is_undated(entry)]
        lately = {(e.station_id, e.known.said[0], e.known.said[0] - _BACK) for e in undated}
        rows = bulk.find(Session, _COLUMNS, _RAN, asked | lately)
        rows += bulk.find(Session, _COLUMNS, _SAME, {each[:2] for each in asked})
        self._stored = {row[0]: _Other(*row) for row in rows}

    def since(self, entry: Entry) -> datetime | None:
        """Where it cannot have begun when it tells, or does not tell: before when it has not."""
        is_told = is_late(entry.known)
        if not (is_told or _is_undated(entry)):
            return None
        here = (_other(e) for e in self._entries)
        others = self._stored | {one.id: one for one in here}
        end = _end if is_told else _last_end
        known = [at for other in others.values() if (at := end(entry, other)) is not None]
        return max([*known, *(self._known_since(entry) if is_told else ())], default=None)

    def _known_since(self, entry: Entry) -> list[datetime]:
        said_at, heard_at = entry.known.said[0], entry.known.start_heard_at
        known = zip(self._places.known_since(entry.station_id), (_KEPT, LONGEST), strict=True)
        before = [at - kept for at, kept in known if at and heard_at and at <= heard_at]
        return [at for at in (_EARLIEST, *before) if said_at < at]


def _is_at_once(entry: Entry, other: _Other) -> bool:
    """Whether its register began within what ``other`` shows: then its clock tells the truth."""
    begin_wh = entry.totals.meter_start_wh
    if None in (begin_wh, other.begin_wh, other.end_wh):
        return False
    return other.begin_wh + ROUNDING_WH < begin_wh < other.end_wh - ROUNDING_WH  # type: ignore[operator]


def _other(entry: Entry) -> _Other:
    facts = entry.known
    return _Other(
        entry.id, entry.station_id, facts.evse_id, facts.started_at, facts.ended_at,
        facts.start_said_at, facts.start_heard_at, *entry.totals.shown, facts.end_heard_at,
    )  # fmt: skip


def _is_undated(entry: Entry) -> bool:
    """Whether it ended, and nobody but us dates its begin."""
    facts = entry.known
    return facts.start_said_at is None and facts.end_heard_at is not None


def _last_end(entry: Entry, other: _Other) -> datetime | None:
    """When ``other`` had ended on its EVSE, if that was known well before its begin was heard."""
    facts = entry.known
    heard_at, ended_at = other.end_heard_at, other.ended_at
    is_here = other.evse_id is not None and other.evse_id == facts.evse_id
    if other.id == entry.id or other.station_id != entry.station_id or not is_here:
        return None
    if heard_at is None or ended_at is None or facts.said[0] - heard_at < APART:
        return None
    return ended_at if ended_at <= facts.said[0] and not _is_at_once(entry, other) else None


def _end(entry: Entry, other: _Other) -> datetime | None:
    """When ``other``, told before, had ended, if what ``entry`` tells lies in its time."""
    said, heard = entry.known.start_said_at, entry.known.start_heard_at
    if other.id == entry.id or other.station_id != entry.station_id:
        return None
    if said is None or heard is None or other.heard_at is None or other.heard_at >= heard:
        return None
    ended_at = other.end_known_at(heard)
    is_here = other.evse_id is not None and other.evse_id == entry.known.evse_id
    if other.said_at == said and heard - other.heard_at >= APART:
        return max(heard, ended_at or heard) if is_here else heard
    if ended_at is None or not is_here or _is_at_once(entry, other):
        return None
    return ended_at if other.started_at <= said < ended_at - ROUNDING else None
