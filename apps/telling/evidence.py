"""All that is known of a session, within its bounds: stories and rules see nothing else. Pure.

``gathering`` reads the rows, ``bounded`` leaves out what is not the session's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from apps.domain.identifiers import same, spelt
from apps.sessions.doubts import Doubt
from apps.telling.bounds import AFTER, Bounds
from apps.telling.lag import PROMPT, Heard, lag_by
from apps.telling.messages import Said
from apps.telling.orders import Order, order_of
from apps.telling.outages import Outage, outages_of
from apps.telling.refs import Kind, Ref, said_ref
from apps.telling.unread import Unread

if TYPE_CHECKING:
    from apps.commands.models import CommandRow
    from apps.device.models import DeviceEvent
    from apps.history.models import Fact
    from apps.journal.models import LinkEvent
    from apps.sessions.models import Session
    from apps.stations.models import StatusChange
    from apps.telling.limits import Limit
    from apps.telling.unsettled import Unsettled
    from apps.tokens.models import Attempt

SWIPING = timedelta(minutes=1)  # after the start: a card that is shown with the message itself
SETTLING = timedelta(seconds=30)  # after the end: a fault that is reported right behind it
_FREE = "Available"
_AFTERWARDS = frozenset({"Finishing", "Available"})
PLUGGED = frozenset({"Preparing", "Occupied"})


@dataclass(frozen=True, slots=True)
class Reading:
    """The meter at an instant: Wh, W, %, and the most of the phases in A. ``is_edge``: taken
    because the session began or ended; ``is_worked_out``: of intervals or currents, from which
    energy may be worked out."""

    at: datetime
    register_wh: float | None = None
    power_w: float | None = None
    soc_pct: float | None = None
    current_a: float | None = None
    is_edge: bool = False
    is_worked_out: bool = False

    @property
    def is_metered(self) -> bool:
        """Whether it tells of energy at all."""
        return self.register_wh is not None or self.power_w is not None or self.is_worked_out

    @property
    def ref(self) -> Ref:
        return Ref(Kind.SAMPLE, 0, self.at)


@dataclass(frozen=True, slots=True)
class Rows:
    """As they were read, oldest first, the neighbours' among them.

    ``heard_before``, ``heard_after``: by key of a link event, when the station spoke last before
    it and first after it, where that was looked up. ``others``: sessions of the site that ended
    by a power cut in the same minute. ``is_kept``: whether messages of that age are still kept.
    """

    said: tuple[Said, ...] = ()
    changes: "tuple[StatusChange, ...]" = ()
    commands: "tuple[CommandRow, ...]" = ()
    links: "tuple[LinkEvent, ...]" = ()
    attempts: "tuple[Attempt, ...]" = ()
    alarms: "tuple[DeviceEvent, ...]" = ()
    readings: tuple[Reading, ...] = ()
    limits: "tuple[Limit, ...]" = ()
    heard_before: Mapping[int, datetime] = field(default_factory=dict)
    heard_after: Mapping[int, datetime] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    unread: tuple[Unread, ...] = ()
    others: tuple[Ref, ...] = ()
    decisions: "tuple[Fact, ...]" = ()
    unsettled: "tuple[Unsettled, ...]" = ()
    reserved_by: str = ""
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is the session's own. ``changes`` are of its connector and not the boot's before it;
    ``faults`` of it or of the whole station, while it went on. ``lag``: how far its times, which
    are the station's, are behind ours."""

    session: "Session"
    bounds: Bounds
    said: tuple[Said, ...]
    changes: "tuple[StatusChange, ...]"
    faults: "tuple[StatusChange, ...]"
    alarms: "tuple[DeviceEvent, ...]"
    commands: "tuple[CommandRow, ...]"
    outages: tuple[Outage, ...]
    attempts: "tuple[Attempt, ...]"
    readings: tuple[Reading, ...]
    limits: "tuple[Limit, ...]"
    lag: timedelta = timedelta(0)
    zone: tzinfo = UTC
    doubts: tuple[Doubt, ...] = ()
    unread: tuple[Unread, ...] = ()
    others: tuple[Ref, ...] = ()
    decisions: "tuple[Fact, ...]" = ()
    unsettled: "tuple[Unsettled, ...]" = ()
    reserved_by: str = ""
    is_kept: bool = True

    def clock(self, at: datetime) -> str:
        """The time of day at its site, with the day, and the year, where that is not that of its
        start."""
        local, began = at.astimezone(self.zone), self.bounds.started_at.astimezone(self.zone)
        if local.date() == began.date():
            return f"{local:%H:%M}"
        return f"{local:%d %b %H:%M}" if local.year == began.year else f"{local:%d %b %Y %H:%M}"

    def between(self, began_at: datetime, ended_at: datetime) -> str:
        """``14:02`` or ``14:02–14:03``."""
        first, last = self.clock(began_at), self.clock(ended_at)
        return first if first == last else f"{first}–{last}"

    @property
    def start(self) -> Said | None:
        return next((said for said in self.said if said.phase == "start"), None)

    @property
    def end(self) -> Said | None:
        """The message that said that it ended: of several the one whose end counts."""
        ends = [said for said in self.said if said.phase == "end"]
        counting = (said for said in ends if said.at == self.session.ended_at)
        return next(counting, ends[0] if ends else None)

    @property
    def edges(self) -> tuple[Ref, ...]:
        """Start and end, or what stands for them: what is plain rests on these."""
        found = [said_ref(said) for said in (self.start, self.end) if said is not None]
        return tuple(found) or (Ref(Kind.SESSION, self.session.pk, self.bounds.started_at),)


def bounded(session: "Session", bounds: Bounds, rows: Rows, zone: tzinfo = UTC) -> Evidence:
    """``rows`` without what is of another place, another time or another car."""
    lag = lag_of(session, rows.said)
    ours = bounds.shifted(lag)
    said = tuple(_set_right(session, bounds, one) for one in rows.said)
    outages = outages_of(rows.links, rows.heard_before, rows.heard_after)
    changes = [c for c in rows.changes if not _is_heard_apart(session, bounds, c.received_at)]
    return Evidence(
        session=session,
        bounds=bounds,
        said=said,
        changes=tuple(_own_changes(session, bounds, changes)),
        faults=tuple(c for c in changes if _is_own_fault(session, bounds, c)),
        alarms=tuple(a for a in rows.alarms if _is_own_alarm(session, bounds, a)),
        commands=tuple(c for c in rows.commands if is_own_command(session, ours, c)),
        outages=tuple(o for o in outages if ours.overlaps(o.began_at, o.ended_at)),
        attempts=_own_attempts(ours, rows.attempts),
        readings=tuple(r for r in rows.readings if bounds.is_during(r.at)),
        limits=tuple(x for x in rows.limits if bounds.overlaps(x.began_at, x.ended_at)),
        lag=lag,
        zone=zone,
        doubts=rows.doubts,
        unread=tuple(
            replace(one, at=_by_ours(session, bounds, one.at) or one.ref.at) for one in rows.unread
        ),
        others=rows.others,
        decisions=rows.decisions,
        unsettled=rows.unsettled,
        reserved_by=rows.reserved_by,
        is_kept=rows.is_kept,
    )


def _set_right(session: "Session", bounds: Bounds, said: Said) -> Said:
    """By our clock, where its station's was wrong: nothing is told at an instant that was not."""
    if said.at is None or "clock" not in session.flags.split():
        return said
    told = {"start": session.started_at, "end": session.ended_at}
    at = _by_ours(session, bounds, said.at) or told.get(said.phase) or said.received_at
    until_at = at if said.until_at is None else at + max(said.until_at - said.at, timedelta(0))
    return replace(said, at=at, until_at=until_at)


def _by_ours(session: "Session", bounds: Bounds, at: datetime) -> datetime | None:
    """None where its clock was wrong, and that instant in none of its time."""
    if "clock" not in session.flags.split():
        return at
    ours = at - timedelta(seconds=session.offset_s or 0)
    return ours if bounds.holds(ours) else None


def lag_of(session: "Session", said: Iterable[Said]) -> timedelta:
    """How far its times are behind ours: sockets, cards and commands are timed by our clock. Where
    they were set right, only begin and end are known by them."""
    known = {"start": session.started_at, "end": session.ended_at}
    is_set_right = "clock" in session.flags.split()
    return lag_by(
        Heard(one.received_at, at)
        for one in said
        if not one.is_offline and one.direction == "in"
        and (at := known.get(one.phase) or (None if is_set_right else one.until_at))
    )  # fmt: skip


def _is_heard_apart(session: "Session", bounds: Bounds, received_at: datetime) -> bool:
    """Whether what was heard then may not be of it, whatever its instant: heard well after its end
    or the last of it was; or before its begin was, which nobody dates, so that it may be later."""
    began_at, over_at = session.start_heard_at, session.end_heard_at or session.last_received_at
    if session.ended_at is not None and received_at > over_at + AFTER:
        return True
    if session.start_said_at is not None or began_at is None:
        return False
    return bounds.started_at <= received_at < began_at - PROMPT


def _is_of_connector(
    session: "Session", bounds: Bounds, change: "StatusChange", *, may_be_whole: bool = False
) -> bool:
    """Of its connector; ``may_be_whole``: or of the EVSE or the station as a whole."""
    if change.evse_id == 0:
        return may_be_whole
    if not bounds.is_here(change.evse_id):
        return False
    return session.connector_id is None or change.connector_id in (0, session.connector_id)


def _is_own_fault(session: "Session", bounds: Bounds, change: "StatusChange") -> bool:
    if change.status != "Faulted" or not bounds.holds(change.at):
        return False
    is_in_time = bounds.started_at <= change.at <= bounds.ended_at + SETTLING
    return is_in_time and _is_of_connector(session, bounds, change, may_be_whole=True)


def _own_changes(
    session: "Session", bounds: Bounds, changes: "Iterable[StatusChange]"
) -> "Iterable[StatusChange]":
    """Before its start only the plug of its own car, after its end only how that came out."""
    here = [
        change
        for change in changes
        if bounds.holds(change.at) and _is_of_connector(session, bounds, change)
    ]
    ahead = [change for change in here if change.at < bounds.started_at]
    freed = [index for index, change in enumerate(ahead) if change.status not in PLUGGED]
    yield from ahead[freed[-1] + 1 if freed else 0 :]
    yield from (change for change in here if bounds.is_during(change.at))
    for change in here:
        if change.at > bounds.ended_at:
            if change.status not in _AFTERWARDS:
                return
            yield change
            if change.status == _FREE:
                return


def _is_own_alarm(session: "Session", bounds: Bounds, alarm: "DeviceEvent") -> bool:
    if alarm.transaction_id:
        return same(alarm.transaction_id, session.transaction_id)
    if _is_heard_apart(session, bounds, alarm.received_at):
        return False
    last_at = min(bounds.ended_at + SETTLING, bounds.closed_at)
    return bounds.is_here(alarm.evse_id) and bounds.started_at <= alarm.at <= last_at


def is_own_command(session: "Session", bounds: Bounds, row: "CommandRow") -> bool:
    """Given for it, or in its time for its place."""
    given = row.parameters
    if row.session_id is not None:
        return row.session_id == session.pk
    if session.remote_start_id == row.pk:
        return True
    named = {row.transaction_id, given.get("transaction_id")} - {"", None}
    if named:
        return spelt(session.transaction_id, named) is not None
    order = order_of(row)
    if order is None or not bounds.holds(row.created_at):
        return False
    is_same_card = str(given.get("token", "")).casefold() == session.token_uid.casefold()
    return bounds.is_here(given.get("evse_id") or 0) and (
        order is not Order.START or (is_same_card and row.created_at <= bounds.started_at)
    )


def _own_attempts(bounds: Bounds, attempts: "tuple[Attempt, ...]") -> "tuple[Attempt, ...]":
    """Up to the start: what the card did later, it may have done at another EVSE."""
    last_at = min(bounds.started_at + SWIPING, bounds.ended_at)
    return tuple(a for a in attempts if bounds.opened_at <= a.at <= last_at)
