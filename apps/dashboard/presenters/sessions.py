"""A session as a row, and as the sheet of its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.commands import selectors as commands
from apps.commands.models import CommandRow
from apps.dashboard.access import zone_named
from apps.journal import selectors as journal
from apps.journal.models import LinkEvent, Message
from apps.journal.secrecy import MASK
from apps.sessions import diagnosis, selectors, story
from apps.sessions.diagnosis import Case, Finding
from apps.sessions.models import Sample, Session
from apps.sessions.prices import price_of
from apps.sessions.story import Moment
from apps.sessions.thinning import FLOWING_W
from apps.stations import faults
from apps.stations import selectors as stations
from apps.stations.models import StatusChange
from apps.tariffs.pricing import Price
from apps.tokens import selectors as tokens
from apps.tokens.models import Attempt

_BEFORE = timedelta(minutes=5)
_AFTER = timedelta(minutes=2)
_MESSAGES_TOLD = 1_000
_CHARTED = 2_000


@dataclass(frozen=True, slots=True)
class SessionRow:
    """``price`` is what a running session has come to; an ended one carries its own."""

    session: Session
    price: Price | None
    key: str

    @property
    def topics(self) -> frozenset[str]:
        """While it goes on, whether its station is heard says what is known of it."""
        own = f"session:{self.key}"
        if self.session.ended_at is not None:
            return frozenset({own})
        return frozenset({own, f"station:{self.session.station_id}"})


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that was written down around a session, oldest first."""

    messages: list[Message]
    changes: list[StatusChange]
    commands: list[CommandRow]
    links: list[LinkEvent]
    attempts: list[Attempt]
    samples: list[Sample]


@dataclass(frozen=True, slots=True)
class SessionSheet:
    """All that the page of a session shows; ``zone`` is its location's."""

    session: Session
    zone: ZoneInfo
    price: Price | None
    moments: list[Moment]
    findings: list[Finding]
    samples: list[Sample]
    key: str

    @property
    def topics(self) -> frozenset[str]:
        """While it goes on, commands and outages of its station are a part of the story."""
        own = f"session:{self.key}"
        if self.session.ended_at is not None:
            return frozenset({own})
        return frozenset({own, f"station:{self.session.station_id}"})

    @property
    def support_summary(self) -> str:
        """Eight lines that say it all in an e-mail."""
        s = self.session
        began = s.started_at.astimezone(self.zone)
        over = f"{s.ended_at.astimezone(self.zone):%H:%M:%S %Z}" if s.ended_at else "going on"
        money = f"{self.price.incl_vat} {self.price.currency}" if self.price else "no tariff"
        return "\n".join(
            (
                f"Session {s.pk} (transaction {s.transaction_id})",
                f"Station {s.station.identity}, EVSE {s.evse_id or '?'}, {s.station.location}",
                f"Card {s.shown_token or 'none'}",
                f"{began:%Y-%m-%d %H:%M:%S} – {over}",
                f"{s.energy_wh / 1000:.3f} kWh, {money}",
                f"State {s.state}, stop reason {s.stop_reason or 'none'}",
                f"Diagnosis: {self.findings[0].title}",
                f"Advice: {self.findings[0].advice}",
            )
        )


def session_rows(sessions: Iterable[Session]) -> list[SessionRow]:
    now = timezone.now()
    return [SessionRow(s, None if s.ended_at else price_of(s, now), str(s.pk)) for s in sessions]


def session_sheet(actor: Actor, session: Session) -> SessionSheet:
    now = timezone.now()
    zone = zone_named(session.station.location.timezone)
    record = _record(actor, session, now)
    moments = story.tell(
        session,
        messages=record.messages,
        changes=record.changes,
        commands=record.commands,
        links=record.links,
        attempts=record.attempts,
    )
    return SessionSheet(
        session=session,
        zone=zone,
        price=price_of(session, now) if actor.may(Permission.SEE_MONEY) else None,
        moments=moments,
        findings=diagnosis.diagnose(_case(session, record, moments, now, zone)),
        samples=record.samples,
        key=str(session.pk),
    )


def _record(actor: Actor, session: Session, now: datetime) -> Record:
    begin = session.started_at - _BEFORE
    end = (session.ended_at or now) + _AFTER
    around = journal.list_of_session(actor, session.pk).exclude(action="MeterValues")
    return Record(
        messages=list(around[:_MESSAGES_TOLD]),
        changes=stations.list_status_changes(
            actor, session.station_id, since=begin, until=end, evse_id=session.evse_id
        )[::-1],
        commands=commands.list_of_session(actor, session.pk, session.remote_start_id),
        links=journal.list_link_events(
            actor, station_id=session.station_id, since=session.started_at, until=end
        )[::-1],
        attempts=_attempts(actor, session, begin, end),
        samples=_thinned(list(selectors.list_samples(actor, session.pk))),
    )


def _attempts(actor: Actor, session: Session, begin: datetime, end: datetime) -> list[Attempt]:
    if not session.token_uid:
        return []
    found = tokens.list_attempts(
        actor, station_id=session.station_id, uid=session.shown_token, limit=20
    )
    if session.shown_token == MASK:
        found = [attempt for attempt in found if attempt.token_id == session.token_id]
    return [attempt for attempt in found[::-1] if begin <= attempt.at <= end]


def _thinned(samples: list[Sample]) -> list[Sample]:
    """At most so many as a chart can show; the first and the last stay."""
    step = -(-len(samples) // _CHARTED) or 1
    thin = samples[::step]
    return thin if not samples or thin[-1] is samples[-1] else [*thin, samples[-1]]


def _case(
    session: Session, record: Record, moments: list[Moment], now: datetime, zone: ZoneInfo
) -> Case:
    def local(instant: datetime) -> datetime:
        return instant.astimezone(zone)

    during = [c for c in record.changes if c.at >= session.started_at]
    paused = next((m.at for m in moments if m.key == "state:SuspendedEV"), None)
    return Case(
        now=local(now),
        state=session.state,
        started_at=local(session.started_at),
        ended_at=local(session.ended_at) if session.ended_at else None,
        stop_reason=session.stop_reason,
        energy_wh=session.energy_wh,
        soc_pct=session.soc_pct,
        power_w=session.power_w,
        is_estimated=session.is_estimated,
        has_samples=bool(record.samples),
        flags=tuple(session.flags.split()),
        refusals=tuple(a.verdict for a in record.attempts if a.verdict != "Accepted"),
        fault=_fault(during, zone),
        outages=_outages(record.links, zone),
        late_messages=sum('"offline":true' in m.payload.replace(" ", "") for m in record.messages),
        paused_by_car_at=local(paused) if paused else None,
        charged_until=_charged_until(record.samples, zone),
        is_connected=session.station.is_connected,
    )


def _fault(changes: list[StatusChange], zone: ZoneInfo) -> tuple[str, str, str, datetime] | None:
    for change in changes:
        if change.status == "Faulted":
            code = change.error_code or "No code"
            meaning = faults.words(change.error_code) or change.info or "no code given"
            return code, meaning, faults.advice(change.error_code), change.at.astimezone(zone)
    return None


def _outages(
    links: list[LinkEvent], zone: ZoneInfo
) -> tuple[tuple[datetime, datetime | None], ...]:
    outages: list[tuple[datetime, datetime | None]] = []
    lost_at: datetime | None = None
    for link in links:
        if link.kind in ("disconnected", "silent"):
            lost_at = lost_at or link.at
        elif lost_at is not None and link.kind == "connected":
            outages.append((lost_at.astimezone(zone), link.at.astimezone(zone)))
            lost_at = None
    if lost_at is not None:
        outages.append((lost_at.astimezone(zone), None))
    return tuple(outages)


def _charged_until(samples: list[Sample], zone: ZoneInfo) -> datetime | None:
    flowing = [s.at for s in samples if s.power_w is not None and s.power_w > FLOWING_W]
    return flowing[-1].astimezone(zone) if flowing else None
