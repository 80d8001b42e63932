"""Writes: what sessions cost is queued for the stations that show it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.commands import questions
from apps.commands.models import CommandRow, State
from apps.commands.services import Intent
from apps.costs import words
from apps.costs.words import Told
from apps.domain.command import Command
from apps.domain.costs import TellFinalCost, TellRunningCost, TellUserPrice
from apps.sessions.models import Session
from apps.sessions.prices import price_until
from apps.stations.abilities import SHOWS_COSTS, told_yes
from apps.tariffs.pricing import Rates
from apps.tariffs.rates import rates_of
from apps.tariffs.words import price_text, with_vat
from ocpp_platform import keyset

_TELLING = (TellUserPrice, TellRunningCost, TellFinalCost)
_LATE = timedelta(hours=1)
_EXPIRY_S = 120


def tell(*, now: datetime) -> int:
    """Queue what is due to be told; how many commands. Safe to run twice."""
    if not questions.are_wanted():
        return 0
    return sum(_tell(page, now) for page in keyset.pages(_sessions(now)))


@transaction.atomic
def _tell(sessions: list[Session], now: datetime) -> int:
    told = _told(sessions)
    intents = [
        Intent(
            (session.organisation_id, session.station_id, session.station.identity),
            command,
            "The station shows costs to drivers",
            session.pk,
            _purpose(session, command),
        )
        for session in sessions
        for command in _due(session, told.get(session.pk, Told()))
    ]
    return questions.ask_many(intents, now=now, actor="pricing", expires_s=_EXPIRY_S)


def _sessions(now: datetime) -> QuerySet[Session]:
    """With a price, running or ended lately, at stations that are there and show costs."""
    is_fresh = Q(ended_at=None) | Q(ended_at__gte=now - _LATE)
    found = Session.objects.filter(
        is_fresh, told_yes(SHOWS_COSTS), station__is_connected=True, tariff_version__isnull=False
    )
    return found.select_related("station")


def _due(session: Session, told: Told) -> Iterable[Command]:
    assert session.tariff_version_id is not None
    rates = rates_of(session.tariff_version_id)
    cost = _cost(session)
    is_over = session.ended_at is not None
    for word in words.due(told, cost, is_over=is_over, has_token=bool(session.token_uid.strip())):
        if word == "price":
            yield TellUserPrice(session.token_uid, price_text(rates))
        elif word == "running":
            yield _running(session, cost or Decimal(0), rates)
        else:
            text = words.final_text(cost or Decimal(0), rates)
            yield TellFinalCost(session.transaction_id, float(cost or 0), text)


def _purpose(session: Session, command: Command) -> str:
    """The newest cost is the one to show; the price stands beside it."""
    what = "price" if isinstance(command, TellUserPrice) else "cost"
    return f"{what} of session {session.pk}"


def _cost(session: Session) -> Decimal | None:
    """Up to the last word of the station; of an ended session its price, once it has one."""
    if session.ended_at is not None:
        return session.price_incl_vat
    so_far = price_until(session, session.last_event_at)
    return so_far.incl_vat if so_far else None


def _running(session: Session, cost: Decimal, rates: Rates) -> Command:
    at = session.register_at or session.last_event_at
    return TellRunningCost(
        transaction_id=session.transaction_id,
        cost=float(cost),
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
        register_wh=int(session.meter_stop_wh or session.meter_start_wh or 0),
        kwh_price=float(with_vat(rates.energy_per_kwh, rates)),
        hour_price=float(with_vat(rates.time_per_hour, rates)),
        flat_fee=float(with_vat(rates.flat, rates)),
    )


def _told(sessions: list[Session]) -> dict[int, Told]:
    """By session, from the commands that were queued for it before."""
    rows = CommandRow.objects.filter(
        station_id__in={s.station_id for s in sessions},
        session_id__in=[s.pk for s in sessions],
        name__in=[kind.declared.name for kind in _TELLING],
    ).order_by("id")
    grouped: dict[int, list[CommandRow]] = {}
    for row in rows:
        grouped.setdefault(row.session_id or 0, []).append(row)
    return {session_id: _summary(of_it) for session_id, of_it in grouped.items()}


def _summary(rows: list[CommandRow]) -> Told:
    costs = [r for r in rows if r.kind is TellRunningCost]
    return Told(
        has_price=any(row.kind is TellUserPrice for row in rows),
        cost=Decimal(str(costs[-1].parameters["cost"])) if costs else None,
        has_final=any(row.kind is TellFinalCost for row in rows),
        is_waiting=any(row.state == State.SENT for row in costs),
        is_refused=any(row.state in (State.REJECTED, State.ERROR) for row in rows),
    )
