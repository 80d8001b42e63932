"""Writes that time and people ask for; what stations say goes through ``batch``."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.batch.parts import Batch
from apps.commands import questions
from apps.commands.services import Intent, queue
from apps.domain.commands import Command, GetTransactionStatus, TriggerMessage
from apps.protocol import traits_of
from apps.sessions.batch import Sessions
from apps.sessions.models import Session
from apps.sessions.watchdog import Patience, Quiet, Verdict, judge
from apps.stations.abilities import SAMPLE_INTERVAL, Told, told_by_many
from apps.stations.models import Station, StatusChange
from ocpp_platform import bulk, keyset

SILENT = "Silent"


def watch_silence(*, now: datetime) -> int:
    """Ask for silent sessions and close those that stay silent. Safe to run twice."""
    least = timedelta(seconds=settings.OCPP_SAMPLE_INTERVAL_S)
    suspects = Session.objects.filter(ended_at__isnull=True, last_received_at__lt=now - least)
    return sum(_watch(page, now) for page in keyset.pages(_with_signs(suspects)))


def close_silent(session_id: int, *, seen: datetime, now: datetime, reason: str = SILENT) -> bool:
    """Close an open session from its last sign of life, unless it spoke again since ``seen``."""
    return bool(_close({session_id: seen}, now, reason))


def ask_for(session: Session, *, reason: str, actor: str, now: datetime) -> None:
    """Ask the station of a session what becomes of it, for a person."""
    station = session.station
    queue(
        organisation_id=session.organisation_id, station_id=station.pk, identity=station.identity,
        command=_question(session), now=now, actor=actor, reason=reason, session_id=session.pk,
    )  # fmt: skip


def ask_for_status(
    station: Station, evse_id: int | None, *, reason: str, actor: str, now: datetime
) -> None:
    """Ask a station what its connectors show, for a person."""
    queue(
        organisation_id=station.organisation_id, station_id=station.pk, identity=station.identity,
        command=TriggerMessage("StatusNotification", evse_id=evse_id, connector_id=evse_id and 1),
        now=now, actor=actor, reason=reason,
    )  # fmt: skip


def _with_signs(suspects: QuerySet[Session]) -> QuerySet[Session]:
    """Each with what its place showed last."""
    changes = StatusChange.objects.filter(
        station_id=OuterRef("station_id"), evse_id=Coalesce(OuterRef("evse_id"), 0)
    ).order_by("-received_at")
    return suspects.select_related("station").annotate(
        shown=Subquery(changes.values("status")[:1]),
        shown_at=Subquery(changes.values("received_at")[:1]),
    )


def _watch(page: list[Any], now: datetime) -> int:
    told = told_by_many({session.station_id for session in page}, SAMPLE_INTERVAL)
    verdicts = [(s, judge(_quiet(s), _patience(told[s.station_id]), now)) for s in page]
    silent = [session for session, verdict in verdicts if verdict is Verdict.ASK]
    over = {s.pk: s.last_received_at for s, verdict in verdicts if verdict is Verdict.CLOSE}
    return (_ask(silent, now) if silent else 0) + (_close(over, now, SILENT) if over else 0)


@transaction.atomic
def _close(seen: Mapping[int, datetime], now: datetime, reason: str) -> int:
    """``seen``: when each of the sessions was heard last."""
    names = list(Session.objects.filter(pk__in=seen).values_list("station_id", "transaction_id"))
    batch = Batch([], now)
    sessions = batch.part(Sessions)
    sessions.fetch(names)
    found = (sessions.find(*name) for name in names)
    silent = [
        entry
        for entry in found
        if entry is not None and not entry.is_ended and entry.last_received_at == seen[entry.id]
    ]
    for entry in silent:
        sessions.close_estimated(entry, min(entry.known.last_event_at, now), reason)
    with bulk.writes() as writes:
        batch.flush(writes)
    batch.tell()
    return len(silent)


@transaction.atomic
def _ask(silent: list[Session], now: datetime) -> int:
    """2.0.1 is asked for the transaction, 1.6 for its meter values."""
    seen = {session.pk: (session.asked_at, session.last_received_at) for session in silent}
    rows = Session.objects.select_for_update(skip_locked=True).filter(pk__in=seen).order_by("pk")
    still = {
        pk
        for pk, *times in rows.values_list("pk", "asked_at", "last_received_at")
        if tuple(times) == seen[pk]
    }
    Session.objects.filter(pk__in=still).update(asked_at=now)
    intents = [
        Intent(
            (session.organisation_id, session.station_id, session.station.identity),
            _question(session),
            "The session fell silent",
            session.pk,
        )
        for session in silent
        if session.pk in still
    ]
    patience_s = settings.OCPP_SESSION_GRACE_S or None
    questions.ask_many(intents, now=now, actor="watchdog", expires_s=patience_s)
    return len(still)


def _question(session: Session) -> Command:
    if traits_of(session.protocol).can(GetTransactionStatus):
        return GetTransactionStatus(session.transaction_id)
    return TriggerMessage("MeterValues", evse_id=session.evse_id, connector_id=1)


def _quiet(session: Any) -> Quiet:
    return Quiet(
        last_received_at=session.last_received_at,
        asked_at=session.asked_at,
        is_connected=session.station.is_connected,
        connector_status=session.shown or "",
        connector_status_at=session.shown_at,
    )


def _patience(told: Told) -> Patience:
    """By the interval that the station itself reported, else the configured default."""
    interval_s = told.of(SAMPLE_INTERVAL) or settings.OCPP_SAMPLE_INTERVAL_S
    return Patience(
        silence_s=settings.OCPP_SESSION_SILENCE_FACTOR * interval_s,
        grace_s=settings.OCPP_SESSION_GRACE_S,
        offline_s=settings.OCPP_WATCH_S["offline_end"],
    )
