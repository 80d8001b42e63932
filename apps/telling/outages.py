"""When there was no connection, with its true ends, and what came late because of it. Pure.

A server that dies says no farewell: then a new socket comes while nothing has closed the old one,
and what is known is when the station was heard last. A station that was shown as silent may simply
speak again. What its own clock says is set right by how far off that is in what came at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apps.telling.lag import Heard, lag_by
from apps.telling.messages import Said
from apps.telling.refs import Kind, Ref

if TYPE_CHECKING:
    from apps.journal.models import LinkEvent

_BURST = timedelta(minutes=2)  # a queue is emptied right after the connection is back
_SLACK = timedelta(seconds=5)
_SHORTEST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Outage:
    """``ended_at`` None: it lasts. ``is_sudden``: nothing told of its begin; since then nothing
    was heard."""

    began_at: datetime
    ended_at: datetime | None
    evidence: tuple[Ref, ...]
    is_sudden: bool = False

    def covers(self, at: datetime) -> bool:
        return self.began_at <= at and (self.ended_at is None or at <= self.ended_at)


@dataclass(frozen=True, slots=True)
class Late:
    """What was measured or happened from – to, and came long after."""

    began_at: datetime
    ended_at: datetime
    came_at: datetime
    said: tuple[Said, ...]


def outages_of(
    links: "Iterable[LinkEvent]",
    heard_before: Mapping[int, datetime],
    heard_after: Mapping[int, datetime],
) -> tuple[Outage, ...]:
    """``links`` of one station, oldest first; the others by key of a link event."""
    rows = list(links)
    found: list[Outage] = []
    lost: LinkEvent | None = None
    sockets: list[str] = []
    for row in rows:
        if lost is not None and (back_at := heard_after.get(lost.pk)) and back_at < row.at:
            found.append(_spoke_again(lost, back_at, heard_before))
            lost = None
        if row.kind in ("disconnected", "silent"):
            lost = lost or row
        elif row.kind == "connected":
            if lost is not None:
                found.append(_between(lost, row, heard_before))
            elif is_unannounced(row, sockets, rows) and row.pk in heard_before:
                ref = Ref(Kind.LINK, row.pk, row.at)
                found.append(Outage(heard_before[row.pk], row.at, (ref,), is_sudden=True))
            lost = None
            sockets.append(row.connection_id)
    if lost is not None:
        found.append(_spoke_again(lost, heard_after.get(lost.pk), heard_before))
    return tuple(o for o in found if o.ended_at is None or o.ended_at - o.began_at > _SHORTEST)


def is_unannounced(row: "LinkEvent", sockets: Iterable[str], rows: "Iterable[LinkEvent]") -> bool:
    """Whether a socket came although nothing had closed the one before, or ever does."""
    known = [socket for socket in sockets if socket != row.connection_id]
    closed = {r.connection_id for r in rows if r.kind in ("disconnected", "replaced", "silent")}
    return bool(known) and known[-1] not in closed


def _spoke_again(
    lost: "LinkEvent", back_at: datetime | None, heard_before: Mapping[int, datetime]
) -> Outage:
    """On the same socket; None: not yet."""
    return Outage(_begin(lost, heard_before), back_at, (Ref(Kind.LINK, lost.pk, lost.at),))


def _between(lost: "LinkEvent", back: "LinkEvent", heard_before: Mapping[int, datetime]) -> Outage:
    refs = tuple(Ref(Kind.LINK, row.pk, row.at) for row in (lost, back))
    return Outage(_begin(lost, heard_before), back.at, refs)


def _begin(lost: "LinkEvent", heard_before: Mapping[int, datetime]) -> datetime:
    """Silence is noticed long after it began."""
    return heard_before.get(lost.pk, lost.at) if lost.kind == "silent" else lost.at


def offset_of(said: Iterable[Said], outages: Iterable[Outage]) -> timedelta:
    """How far the station's clock is behind ours, by what did not wait for a connection."""
    ends = list(outages)
    return lag_by(
        Heard(one.received_at, one.until_at)
        for one in said
        if one.until_at and one.direction == "in" and not one.is_offline
        and not any(_is_of_queue(one, outage) for outage in ends)
    )  # fmt: skip


def late_of(said: Iterable[Said], outages: Iterable[Outage]) -> tuple[Late, ...]:
    """What was made while there was no connection and came when it was back, for each outage;
    and what came late by the station's own word alone."""
    rows, ends = list(said), list(outages)
    offset = offset_of(rows, ends)
    groups = [[one for one in rows if _is_late(one, outage, offset)] for outage in ends]
    known = {one.id for came in groups for one in came}
    groups.append([one for one in rows if one.is_offline and one.at and one.id not in known])
    return tuple(_late(came, offset) for came in groups if came)


def _late(came: list[Said], offset: timedelta) -> Late:
    first = min(one.at for one in came if one.at) + offset
    last = max(one.until_at for one in came if one.until_at) + offset
    return Late(first, last, came[-1].received_at, tuple(came))


def _is_late(one: Said, outage: Outage, offset: timedelta) -> bool:
    if one.at is None or one.until_at is None or not _is_of_queue(one, outage):
        return False
    made_at, back_at = one.until_at + offset, outage.ended_at
    return back_at is not None and outage.began_at - _SLACK <= made_at < back_at


def _is_of_queue(one: Said, outage: Outage) -> bool:
    return outage.ended_at is not None and outage.ended_at <= one.received_at <= (
        outage.ended_at + _BURST
    )
