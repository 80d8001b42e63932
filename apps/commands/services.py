"""Writes: a command is queued, claimed, answered, confirmed, or given up.

Every step is a conditional UPDATE whose row count says whether it was ours to take.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.commands.confirmation import (
    NEVER_CONFIRMED,
    is_effect,
    observe_reading,
    readable,
)
from apps.commands.models import OPEN, CommandRow, State
from apps.commands.progress import PATIENCE_S, Progress
from apps.domain.commands import (
    NAMES,
    BadParameters,
    Command,
    GetVariables,
    StartSession,
    parameters,
)
from apps.domain.events import CommandAnswered
from apps.domain.maintenance import GetLog, UpdateFirmware
from apps.journal.masking import masked
from apps.live.announce import announce, signal
from apps.uploads import services as uploads
from apps.uploads.models import Door

Whom = tuple[int, int, str]  # organisation, station, identity
ONBOARDING = "onboarding"
_READ_BACK, _REPLACES = "read-back", "AcceptedCanceled"
_READING_EXPIRY_S = 300
GATEWAYS = "gateways"  # the channel-layer group that every gateway process listens to


@transaction.atomic
def queue(
    *,
    organisation_id: int,
    station_id: int,
    identity: str,
    command: Command,
    now: datetime,
    actor: str = "",
    reason: str = "",
    session_id: int | None = None,
    expires_s: float | None = None,
) -> CommandRow:
    """Put a command into the outbox; the gateway of the station is nudged on commit.

    Raises BadParameters where something is missing that only this installation can tell.
    """
    name = NAMES[type(command)]
    command, door = _completed(command, organisation_id, station_id, now)
    row = CommandRow.objects.create(
        organisation_id=organisation_id,
        station_id=station_id,
        identity=identity,
        session_id=session_id,
        name=name,
        parameters=parameters(command),
        transaction_id=str(getattr(command, "transaction_id", "")),
        actor=actor,
        reason=reason[:200],
        created_at=now,
        expires_at=now + timedelta(seconds=expires_s or settings.OCPP_COMMAND_EXPIRY_S),
    )
    if isinstance(command, StartSession) and not command.remote_start_id:
        row.parameters = parameters(replace(command, remote_start_id=row.pk))
        row.save(update_fields=["parameters"])
    if door is not None:
        uploads.belongs_to(door, row.pk)
    _announce(row)
    signal(GATEWAYS, {"type": "command.waiting", "station_id": station_id})
    return row


def queue_readings(stations: Collection[Whom], *, now: datetime) -> None:
    """Ask stations that are new, or have new firmware, for everything (B07.FR.14)."""
    rows = [
        CommandRow(
            organisation_id=organisation_id,
            station_id=station_id,
            identity=identity,
            name=NAMES[GetVariables],
            parameters=parameters(GetVariables()),
            actor=ONBOARDING,
            reason="The station is new, or its firmware is",
            created_at=now,
            expires_at=now + timedelta(seconds=_READING_EXPIRY_S),
        )
        for organisation_id, station_id, identity in stations
    ]
    for row in CommandRow.objects.bulk_create(rows):
        _announce(row)


def claim(row: CommandRow, *, connection_id: str, now: datetime) -> bool:
    """Take a queued command for sending; False if somebody else has, or it expired."""
    taken = CommandRow.objects.filter(pk=row.pk, state=State.QUEUED, expires_at__gt=now).update(
        state=State.SENT, sent_at=now, connection_id=connection_id
    )
    if taken:
        _announce(row)
    return bool(taken)


def note_call(command_id: int, action: str, request: Any) -> None:
    """Keep the call that carries the command, secrets masked."""
    CommandRow.objects.filter(pk=command_id).update(action=action, request=masked(request))


def note_progress(command_id: int, *, now: datetime) -> None:
    """Another call of the same command leaves now: its patience begins anew."""
    CommandRow.objects.filter(pk=command_id, state=State.SENT).update(sent_at=now)


def answer(event: CommandAnswered, *, now: datetime) -> CommandRow | None:
    """Apply the station's reply; the row as it is now, None when it was settled already.

    A true answer replaces a time-out that was only presumed.
    """
    states = OPEN if event.status == State.TIMED_OUT else (*OPEN, State.TIMED_OUT)
    rows = CommandRow.objects.select_for_update()
    row = rows.filter(pk=event.command_id, state__in=states).first()
    if row is None:
        return None
    row.state = _state_after(row, event)
    row.detail, row.response = event.detail[:255], masked(event.response)
    row.parameters = masked(row.parameters)
    row.error_code = event.error_code[:64]
    row.error_description = event.error_description[:255]
    row.answered_at = now if event.status != "timed_out" else None
    row.transaction_id = event.transaction_id or row.transaction_id
    if row.state == State.ACCEPTED and row.name not in NEVER_CONFIRMED:
        row.confirm_by = now + timedelta(seconds=_patience_s(row.name))
    if row.state == State.CONFIRMED:
        row.confirmed_at = row.confirmed_at or now
    row.save(
        update_fields=[
            "state", "detail", "response", "parameters", "error_code", "error_description",
            "answered_at", "transaction_id", "confirm_by", "confirmed_at",
        ]
    )  # fmt: skip
    _read_back(row, event, now)
    if event.detail == _REPLACES:
        _fail_replaced(row, now)
    _announce(row)
    return row


def confirm(row: CommandRow, *, observed: str, now: datetime) -> bool:
    """The station showed the effect; before its answer that is only remembered."""
    unseen = CommandRow.objects.filter(pk=row.pk, confirmed_at=None)
    facts = {"confirmed_at": now, "observed": observed[:200]}
    if unseen.filter(state=State.ACCEPTED).update(state=State.CONFIRMED, **facts):
        row.state = State.CONFIRMED
    elif not unseen.filter(state=State.SENT).update(**facts):
        return False
    row.confirmed_at = now
    _announce(row)
    return True


def note_report(row: CommandRow, progress: Progress, *, now: datetime) -> None:
    """The station reports on the work; its last word confirms the command or fails it."""
    if row.state not in (State.SENT, State.ACCEPTED):
        return
    if progress.is_over and not progress.observed:
        row.state = State.FAILED
    row.progress, row.progress_at = progress.word, now
    row.confirm_by = now + timedelta(seconds=_patience_s(row.name))
    under_way = CommandRow.objects.filter(pk=row.pk, state__in=(State.SENT, State.ACCEPTED))
    facts = {"progress": row.progress, "progress_at": now, "confirm_by": row.confirm_by}
    if not under_way.update(state=row.state, **facts):
        return
    if progress.observed:
        confirm(row, observed=progress.observed, now=now)
    _announce(row)


def expire(*, now: datetime) -> int:
    """Give up what waited too long: unsent, unanswered, unconfirmed. Safe to run twice."""
    lost = now - timedelta(seconds=2 * settings.OCPP_CALL_TIMEOUT_S)
    given_up = (
        (CommandRow.objects.filter(state=State.QUEUED, expires_at__lte=now), State.EXPIRED),
        (CommandRow.objects.filter(state=State.SENT, sent_at__lte=lost), State.TIMED_OUT),
        (
            CommandRow.objects.filter(state=State.ACCEPTED, confirm_by__lte=now),
            State.NOT_CONFIRMED,
        ),
    )
    changed = 0
    for rows, state in given_up:
        for row in rows[:500]:
            with transaction.atomic():
                if rows.filter(pk=row.pk).update(state=state, parameters=masked(row.parameters)):
                    _announce(row)
                    changed += 1
    return changed


def requeue(row: CommandRow) -> bool:
    """Give back a claimed command that never reached the wire."""
    return bool(
        CommandRow.objects.filter(pk=row.pk, state=State.SENT, answered_at=None).update(
            state=State.QUEUED, sent_at=None, connection_id=""
        )
    )


def _completed(
    command: Command, organisation_id: int, station_id: int, now: datetime
) -> tuple[Command, Door | None]:
    """With what the caller need not know: the time, and where a file may come to us."""
    if isinstance(command, UpdateFirmware) and not command.retrieve_at:
        at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return replace(command, retrieve_at=at), None
    if not isinstance(command, GetLog) or command.location:
        return command, None
    if not settings.OCPP_PUBLIC_URL:
        raise BadParameters(
            ["'location' is required: OCPP_PUBLIC_URL is not set, so stations cannot send to us"]
        )
    door, location = uploads.open_door(
        organisation_id=organisation_id, station_id=station_id, now=now
    )
    return replace(command, location=location), door


def _patience_s(name: str) -> float:
    """How long an accepted command may take to show its effect, or the next sign of it."""
    return PATIENCE_S.get(name, settings.OCPP_CONFIRM_TIMEOUT_S)


def _fail_replaced(row: CommandRow, now: datetime) -> None:
    """AcceptedCanceled: what was under way has been given up for this one (F-04, F-06)."""
    under_way = CommandRow.objects.filter(
        station_id=row.station_id, name=row.name, state=State.ACCEPTED
    )
    for older in under_way.exclude(pk=row.pk):
        note_report(older, Progress("AcceptedCanceled", is_over=True), now=now)


def _state_after(row: CommandRow, event: CommandAnswered) -> State:
    if event.status != "accepted":
        return State(event.status)
    if is_effect(row.name, row.parameters) or row.confirmed_at is not None:
        return State.CONFIRMED
    if row.name == "set_variables" and not readable(row.parameters["variables"]):
        return State.CONFIRMED
    return State.ACCEPTED


def _read_back(row: CommandRow, event: CommandAnswered, now: datetime) -> None:
    """Set values are read again; reading them confirms the setting."""
    if row.name == "set_variables" and row.state == State.ACCEPTED:
        names = tuple(
            {key: item[key] for key in item if key != "attributeValue"}
            for item in readable(row.parameters["variables"])
        )
        queue(
            organisation_id=row.organisation_id,
            station_id=row.station_id,
            identity=row.identity,
            command=GetVariables(names),
            now=now,
            actor=_READ_BACK,
            reason=f"Confirms command {row.pk}",
        )
    elif row.name == "get_variables" and event.status in (State.ACCEPTED, State.REJECTED):
        asked = row.parameters["variables"] if row.actor == _READ_BACK else ()
        waiting = CommandRow.objects.filter(
            station_id=row.station_id, name="set_variables", state=State.ACCEPTED
        )
        for setting in waiting:
            observed = observe_reading(setting.parameters["variables"], event, asked)
            if observed:
                confirm(setting, observed=observed, now=now)


def _announce(row: CommandRow) -> None:
    announce(row.organisation_id, "commands", f"command:{row.pk}", f"station:{row.station_id}")
