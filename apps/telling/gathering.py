"""What was recorded of a session and around it, read in a bounded number of bounded questions.

Reads too much on purpose, and of the same place and time only: what is its own is decided in
``evidence.bounded``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.commands import selectors as commands
from apps.commands.models import CommandRow
from apps.device import selectors as device
from apps.device.models import DeviceEvent
from apps.domain.vocabulary import Protocol
from apps.history.selectors import list_decided
from apps.journal import selectors as journal
from apps.journal.models import LinkEvent, Message
from apps.journal.secrecy import MASK
from apps.power import selectors as power
from apps.protocol.examination import MONEY
from apps.protocol.vendors import adapter_for
from apps.reservations import selectors as reservations
from apps.sessions import selectors as sessions
from apps.sessions.marks import UNREAD
from apps.sessions.models import Session
from apps.stations import selectors as stations
from apps.stations.models import StatusChange
from apps.telling.aside import doubts_in
from apps.telling.bounds import BEFORE, Bounds, bounds_of
from apps.telling.evidence import SETTLING, Evidence, Reading, Rows, bounded, is_own_command, lag_of
from apps.telling.limits import Limit, imposed_limits, lying_limits, set_limits
from apps.telling.messages import Said, said_by
from apps.telling.outages import is_unannounced, outages_of
from apps.telling.refs import Kind, Ref
from apps.telling.unread import Unread, unread_in
from apps.telling.unsettled import unsettled_of
from apps.tokens import selectors as tokens
from apps.tokens.models import Attempt

MOST_READINGS = 2_000
_MOST_MESSAGES, _LAST_MESSAGES, _MOST_LATE = 600, 50, 200
_MOST_ROWS, _MOST_GAPS, _MOST_SILENCES = 200, 5, 5
_ASKING = timedelta(minutes=10)  # a start may wait that long for its station
_BURST = timedelta(minutes=2)
_CUT = timedelta(minutes=2)
_LONGEST = timedelta(days=1)
_READING = ("at", "context", "register_wh", "power_w", "soc_pct", "interval_wh")
_AMPS = ("current_l1_a", "current_l2_a", "current_l3_a")
_EDGES = ("Transaction.Begin", "Transaction.End")


@dataclass(frozen=True, slots=True)
class _Question:
    """About whom, by whom, and when: by the station's clock and by ours."""

    actor: Actor
    session: Session
    bounds: Bounds
    ours: Bounds
    now: datetime


def gather(actor: Actor, session: Session, *, now: datetime, zone: ZoneInfo) -> Evidence:
    """The evidence of a session that the actor may see (its station must be loaded)."""
    before_ended_at, next_started_at = sessions.neighbours_on_evse(actor, session)
    bounds = bounds_of(
        evse_id=session.evse_id, started_at=session.started_at, ended_at=session.ended_at, now=now,
        before_ended_at=before_ended_at, next_started_at=next_started_at,
    )  # fmt: skip
    about = journal.list_of_session(actor, session.pk)
    said = _telling(about)
    ours = bounds.shifted(lag_of(session, map(said_by, said.values())))
    asked = _Question(actor, session, bounds, ours, now)
    links = _links(asked)
    heard_before, heard_after = _heard(asked, links)
    back = [
        outage.ended_at
        for outage in outages_of(links, heard_before, heard_after)
        if outage.ended_at is not None and ours.overlaps(outage.began_at, outage.ended_at)
    ]
    given = _commands(asked)
    limits = _limits(asked, given)
    rows = Rows(
        said=_with_late(said, about, back),
        changes=_changes(asked),
        commands=given,
        links=links,
        attempts=_attempts(asked),
        alarms=_alarms(asked),
        readings=_readings(asked),
        limits=limits,
        heard_before=heard_before,
        heard_after=heard_after,
        doubts=doubts_in(session),
        unread=_unread(session, about),
        others=_others(asked),
        decisions=tuple(list_decided(actor, session.pk)),
        unsettled=unsettled_of(actor, session.pk),
        reserved_by=_reserved_by(asked),
        is_kept=session.started_at > now - timedelta(days=settings.OCPP_JOURNAL_RETENTION_D),
    )
    return bounded(session, bounds, rows, zone)


def _telling(about: QuerySet[Message]) -> dict[int, Message]:
    """Begin and end, and of what lies between all that is no plain reading."""
    periodic = Q(payload__contains='"MeterValuePeriodic"') & ~Q(payload__contains='"offline"')
    telling = about.exclude(Q(action="MeterValues") | periodic, result="ok")
    found = {row.pk: row for row in telling[:_MOST_MESSAGES]}
    if len(found) == _MOST_MESSAGES:
        found |= {row.pk: row for row in telling.order_by("-at", "-id")[:_LAST_MESSAGES]}
    return found


def _unread(session: Session, about: QuerySet[Message]) -> tuple[Unread, ...]:
    """Of a session that is marked so, among the first of its messages that tell of the meter."""
    if UNREAD not in session.flags.split():
        return ()
    station, told = session.station, about.filter(action__in=MONEY, direction="in")
    adapter = adapter_for(station.vendor, station.model, station.firmware)
    return unread_in(told[:_MOST_MESSAGES], Protocol(session.protocol), adapter)


def _with_late(
    said: dict[int, Message], about: QuerySet[Message], back: Iterable[datetime]
) -> tuple[Said, ...]:
    """And what came right after an outage, readings too."""
    found = dict(said)
    for at in list(back)[:_MOST_GAPS]:
        found |= {m.pk: m for m in about.filter(at__gte=at, at__lte=at + _BURST)[:_MOST_LATE]}
    return tuple(said_by(row) for row in sorted(found.values(), key=lambda m: (m.at, m.pk)))


def _changes(asked: _Question) -> tuple[StatusChange, ...]:
    found = stations.list_status_changes(
        asked.actor, asked.session.station_id, since=asked.bounds.opened_at,
        until=asked.bounds.closed_at, evse_id=asked.session.evse_id,
    )  # fmt: skip
    return tuple(found[::-1])


def _commands(asked: _Question) -> tuple[CommandRow, ...]:
    """Those about it, and of those that its station was given in its time its own."""
    session, bounds = asked.session, asked.ours
    own = commands.list_of_session(asked.actor, session.pk, session.remote_start_id)
    near = commands.list_commands(
        asked.actor, commands.CommandFilter(station_id=session.station_id)
    ).filter(created_at__gte=bounds.opened_at - _ASKING + BEFORE, created_at__lte=bounds.closed_at)[
        :_MOST_ROWS
    ]
    found = {row.pk: row for row in (*own, *near) if is_own_command(session, bounds, row)}
    return tuple(sorted(found.values(), key=lambda row: (row.created_at, row.pk)))


def _links(asked: _Question) -> tuple[LinkEvent, ...]:
    """In its time, the last before it, and the first after it."""
    station_id, bounds = asked.session.station_id, asked.ours

    inside = journal.list_link_events(
        asked.actor, station_id=station_id, since=bounds.started_at, until=bounds.closed_at
    )
    before = journal.list_link_events(
        asked.actor, station_id=station_id, until=bounds.started_at, limit=4
    )
    after = journal.list_next_link_events(
        asked.actor, station_id=station_id, since=bounds.closed_at, limit=3
    )
    found = {row.pk: row for row in (*inside, *before, *after)}
    silences = sorted(pk for pk, row in found.items() if row.kind == "silent")
    for pk in silences[:-_MOST_SILENCES]:  # each takes a question of its own
        del found[pk]
    return tuple(sorted(found.values(), key=lambda row: (row.at, row.pk)))


def _heard(
    asked: _Question, links: tuple[LinkEvent, ...]
) -> tuple[dict[int, datetime], dict[int, datetime]]:
    """When the station spoke last before a socket that came unannounced, or before it was shown
    as silent; and when it spoke first after that."""
    sockets: list[str] = []
    before: dict[int, datetime] = {}
    after: dict[int, datetime] = {}
    for row in links:
        is_odd = row.kind == "connected" and is_unannounced(row, sockets, links)
        near = asked.ours.holds(row.at) and len(before) < _MOST_GAPS
        if near and (is_odd or row.kind == "silent"):
            _note(before, row, _messages(asked).filter(at__lt=row.at).order_by("-at", "-id"))
        if row.kind == "silent":
            _note(after, row, _messages(asked).filter(at__gt=row.at).order_by("at", "id"))
        if row.kind == "connected":
            sockets.append(row.connection_id)
    return before, after


def _note(found: dict[int, datetime], row: LinkEvent, messages: QuerySet[Message]) -> None:
    at = messages.filter(direction="in").values_list("at", flat=True).first()
    if at is not None:
        found[row.pk] = at


def _messages(asked: _Question) -> QuerySet[Message]:
    wanted = journal.MessageFilter(station_id=asked.session.station_id)
    return journal.list_messages(asked.actor, wanted)


def _attempts(asked: _Question) -> tuple[Attempt, ...]:
    """Of its own token only; whose those of other tokens were is not known."""
    session, bounds = asked.session, asked.ours
    if not session.token_uid:
        return ()
    found = tokens.list_attempts(
        asked.actor, station_id=session.station_id, uid=session.shown_token,
        since=bounds.opened_at, until=bounds.ended_at,
    )  # fmt: skip
    if session.shown_token == MASK:
        found = [attempt for attempt in found if attempt.token_id == session.token_id]
    return tuple(found[::-1])


def _alarms(asked: _Question) -> tuple[DeviceEvent, ...]:
    session, bounds = asked.session, asked.bounds
    events = device.list_events(asked.actor, session.station_id, since=bounds.started_at)
    here = events.filter(at__lte=bounds.ended_at + SETTLING, is_status=False)
    return tuple(reversed(here[:_MOST_ROWS]))


def _readings(asked: _Question) -> tuple[Reading, ...]:
    """All of them, or of very many every so manyth, and the last."""
    args, columns = (asked.actor, asked.session.pk), (*_READING, *_AMPS)
    some = sessions.list_samples_evenly(*args, MOST_READINGS).values_list(*columns)
    last = sessions.list_samples(*args).order_by("-at", "-context").values_list(*columns)
    found = list(some)
    found += [row for row in last[:1] if found and row != found[-1]]
    return tuple(_reading(*row) for row in found)


def _reading(
    at: datetime, context: str, register_wh: float | None, power_w: float | None,
    soc_pct: float | None, interval_wh: float | None, *amps: float | None,
) -> Reading:  # fmt: skip
    known = [value for value in amps if value is not None]
    most_a = max(known) if known else None
    is_worked_out = interval_wh is not None or most_a is not None
    return Reading(at, register_wh, power_w, soc_pct, most_a, context in _EDGES, is_worked_out)


def _limits(asked: _Question, given: tuple[CommandRow, ...]) -> tuple[Limit, ...]:
    """Set in its time, lying there before, and told of others."""
    session, bounds = asked.session, asked.bounds
    before, until = session.started_at, bounds.ended_at
    held = power.list_held_before(asked.actor, session.station_id, before)
    whose = commands.find_commands(
        asked.actor, [row.command_id for row in held if row.command_id is not None]
    )
    by = dict(whose.values_list("pk", "actor"))
    lying = [
        (row, power.profile_of(row.body), by.get(row.command_id or 0, "") or "the station")
        for row in held
    ]
    imposed = power.list_imposed_before(asked.actor, session.station_id, until)
    return (
        *lying_limits(session, lying, until),
        *set_limits(session, given, until),
        *imposed_limits(session, imposed, until),
    )


def _others(asked: _Question) -> tuple[Ref, ...]:
    """Of a power cut only: it is asked among the sessions that need a look, which are few."""
    session = asked.session
    if session.stop_reason != "PowerLoss" or session.ended_at is None:
        return ()
    at = session.ended_at
    cut = sessions.list_sessions(asked.actor, sessions.SessionFilter(view="problems")).filter(
        station__location_id=session.station.location_id, stop_reason="PowerLoss",
        started_at__gte=at - _LONGEST, started_at__lte=at,
        ended_at__gte=at - _CUT, ended_at__lte=at + _CUT,
    )  # fmt: skip
    rows = cut.exclude(pk=session.pk).values_list("pk", "ended_at")[:20]
    return tuple(Ref(Kind.SESSION, pk, ended_at) for pk, ended_at in rows if ended_at)


def _reserved_by(asked: _Question) -> str:
    """Who made the reservation that it used; "" where it used none, or nobody knows."""
    session = asked.session
    if session.reservation_id is None:
        return ""
    made = reservations.list_reservations(asked.actor, station_id=session.station_id)
    row = made.filter(pk=session.reservation_id).first()
    return row.actor if row else ""
