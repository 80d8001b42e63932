"""Writes that time and people ask for; what stations say goes through ``batch``."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from apps.batch.parts import Batch
from apps.commands import questions
from apps.domain.commands import Command, GetTransactionStatus, TriggerMessage
from apps.protocol import traits_of
from apps.sessions.batch import Sessions
from apps.sessions.models import Session
from apps.sessions.watchdog import Patience, Quiet, Verdict, judge
from apps.stations.abilities import NOTHING, SAMPLE_INTERVAL, Told, told_by_many
from apps.stations.models import StatusChange
from ocpp_platform import bulk

SILENT = "Silent"
_CHUNK = 500


def watch_silence(*, now: datetime) -> int:
    """Ask for silent sessions and close those that stay silent. Safe to run twice."""
    least = timedelta(seconds=settings.OCPP_SAMPLE_INTERVAL_S)
    suspects = Session.objects.filter(
        ended_at__isnull=True, last_received_at__lt=now - least
    ).select_related("station")
    return sum(_act_on(session, patience, now) for session, patience in _with_patience(suspects))


def _act_on(session: Session, patience: Patience, now: datetime) -> int:
    verdict = judge(_quiet(session), patience, now)
    if verdict is Verdict.ASK:
        return _ask(session, now)
    if verdict is Verdict.CLOSE:
        return close_silent(session.pk, seen=session.last_received_at, now=now)
    return 0


def _with_patience(sessions: QuerySet[Session]) -> Iterator[tuple[Session, Patience]]:
    """In pages by key: what the stations of a page are set to is one query."""
    after = 0
    while page := list(sessions.filter(pk__gt=after).order_by("pk")[:_CHUNK]):
        told = told_by_many({session.station_id for session in page}, SAMPLE_INTERVAL)
        for session in page:
            yield session, _patience(told.get(session.station_id, NOTHING))
        after = page[-1].pk


@transaction.atomic
def close_silent(session_id: int, *, seen: datetime, now: datetime, reason: str = SILENT) -> bool:
    """Close an open session from its last sign of life, unless it spoke again since ``seen``."""
    row = Session.objects.filter(pk=session_id).values_list("station_id", "transaction_id")
    batch = Batch([], now)
    sessions = batch.part(Sessions)
    sessions.fetch(list(row))
    for station_id, transaction_id in row:
        entry = sessions.find(station_id, transaction_id)
        if entry is None or entry.is_ended or entry.last_received_at != seen:
            return False
        sessions.close_estimated(entry, min(entry.known.last_event_at, now), reason)
        with bulk.writes() as writes:
            batch.flush(writes)
        batch.tell()
        return True
    return False


@transaction.atomic
def _ask(session: Session, now: datetime) -> int:
    """2.0.1 is asked for the transaction, 1.6 for its meter values."""
    taken = Session.objects.filter(
        pk=session.pk, asked_at=session.asked_at, last_received_at=session.last_received_at
    ).update(asked_at=now)
    if taken:
        questions.ask(
            (session.organisation_id, session.station_id, session.station.identity),
            _question(session),
            now=now,
            actor="watchdog",
            reason="The session fell silent",
            session_id=session.pk,
            expires_s=settings.OCPP_SESSION_GRACE_S or None,
        )
    return taken


def _question(session: Session) -> Command:
    if traits_of(session.protocol).can(GetTransactionStatus):
        return GetTransactionStatus(session.transaction_id)
    return TriggerMessage("MeterValues", evse_id=session.evse_id, connector_id=1)


def _quiet(session: Session) -> Quiet:
    change = (
        StatusChange.objects.filter(station_id=session.station_id, evse_id=session.evse_id or 0)
        .order_by("-received_at")
        .first()
    )
    return Quiet(
        last_received_at=session.last_received_at,
        asked_at=session.asked_at,
        is_connected=session.station.is_connected,
        connector_status=change.status if change else "",
        connector_status_at=change.received_at if change else None,
    )


def _patience(told: Told) -> Patience:
    """By the interval that the station itself reported, else the configured default."""
    interval_s = told.of(SAMPLE_INTERVAL) or settings.OCPP_SAMPLE_INTERVAL_S
    return Patience(
        silence_s=settings.OCPP_SESSION_SILENCE_FACTOR * interval_s,
        grace_s=settings.OCPP_SESSION_GRACE_S,
    )
