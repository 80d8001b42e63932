"""A session as a row, and as the sheet of its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.dashboard.presenters.references import References, ToldFinding, ToldMoment
from apps.domain.instants import zone_named
from apps.sessions import selectors
from apps.sessions.models import Sample, Session
from apps.sessions.prices import price_of
from apps.sessions.words import stop_reason
from apps.tariffs.pricing import Price
from apps.telling.selectors import Telling, ask_who_stopped, tell

_CHARTED = 200


@dataclass(frozen=True, slots=True)
class SessionRow:
    """``price`` is what a running session has come to; an ended one carries its own.

    ``is_asked``: its end followed our order to end it, and its station gave no reason.
    """

    session: Session
    price: Price | None
    key: str
    is_asked: bool = False

    @property
    def stopped(self) -> str:
        """Why it ended, in a few words; "" while it goes on."""
        return "Asked for remotely" if self.is_asked else stop_reason(self.session.stop_reason)

    @property
    def topics(self) -> frozenset[str]:
        """While it goes on, whether its station is heard says what is known of it."""
        own = f"session:{self.key}"
        if self.session.ended_at is not None:
            return frozenset({own})
        return frozenset({own, f"station:{self.session.station_id}"})


@dataclass(frozen=True, slots=True)
class SessionSheet:
    """All that the page of a session shows; ``zone`` is its location's."""

    session: Session
    zone: ZoneInfo
    sees_money: bool
    price: Price | None
    telling: Telling
    moments: list[ToldMoment]
    findings: list[ToldFinding]
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
    def is_chosen(self) -> bool:
        """Whether there are more samples than are shown."""
        return len(self.samples) < len(self.telling.evidence.readings)

    @property
    def support_summary(self) -> str:
        """What the page says, in the lines of an e-mail."""
        s, stop = self.session, self.telling.stop
        began = s.started_at.astimezone(self.zone)
        over = f"{s.ended_at.astimezone(self.zone):%H:%M:%S %Z}" if s.ended_at else "going on"
        money = f"{self.price.incl_vat} {self.price.currency}" if self.price else "no tariff"
        price = f", {money}" if self.sees_money else ""
        return "\n".join(
            (
                f"Session {s.pk} (transaction {s.transaction_id})",
                f"Station {s.station.identity}, EVSE {s.evse_id or '?'}, {s.station.location}",
                f"Card {s.shown_token or 'none'}",
                f"{began:%Y-%m-%d %H:%M:%S} – {over}",
                f"{s.energy_wh / 1000:.3f} kWh{price}",
                f"State {s.state}. {stop.text if stop else 'It goes on'}.",
                *(f"{f.finding.text} {f.finding.advice}" for f in self.findings),
            )
        )


def session_rows(sessions: Iterable[Session]) -> list[SessionRow]:
    now, rows = timezone.now(), list(sessions)
    asked = ask_who_stopped(rows)
    return [
        SessionRow(s, None if s.ended_at else price_of(s, now), str(s.pk), s.pk in asked)
        for s in rows
    ]


def session_sheet(actor: Actor, session: Session) -> SessionSheet:
    now = timezone.now()
    zone = zone_named(session.station.location.timezone)
    telling = tell(actor, session, now=now)
    references = References(actor, telling, zone)
    sees_money = actor.may(Permission.SEE_MONEY)
    return SessionSheet(
        session=session,
        sees_money=sees_money,
        zone=zone,
        price=price_of(session, now) if sees_money else None,
        telling=telling,
        moments=references.moments(telling.moments),
        findings=references.findings(telling.findings),
        samples=_charted(actor, session, telling),
        key=str(session.pk),
    )


def _charted(actor: Actor, session: Session, telling: Telling) -> list[Sample]:
    """All samples, or of many as many as a chart can show, and those that a finding names."""
    samples, most = selectors.list_samples(actor, session.pk), 2 * _CHARTED
    if len(telling.evidence.readings) <= most:
        return list(samples[: 2 * most])
    instants = [reading.at for reading in telling.evidence.readings]
    chosen = set(instants[:: len(instants) // _CHARTED + 1]) | set(instants[-1:])
    chosen |= {ref.at for one in telling.findings for ref in one.evidence if ref.at in instants}
    return list(samples.filter(at__in=chosen))
