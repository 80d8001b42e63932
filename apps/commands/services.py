"""Writes: commands are queued, claimed and given back.

Every step is a conditional UPDATE whose row count says whether it was ours to take.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.commands import succession
from apps.commands.completion import complete, complete_all
from apps.commands.models import CommandRow, State
from apps.domain.commands import (
    Command,
    RawCall,
    StartSession,
    parameters,
)
from apps.journal.masking import masked
from apps.live.announce import announce, announce_all, signal
from apps.uploads import services as uploads
from apps.uploads.models import Upload

Whom = tuple[int, int, str]  # organisation, station, identity
GATEWAYS = "gateways"  # the channel-layer group that every gateway process listens to


@dataclass(frozen=True, slots=True)
class Intent:
    """One of many commands that are queued at once, its fields as in ``queue``.

    ``actor`` and ``expires_s``: where they are not those of all.
    """

    whom: Whom
    command: Command
    reason: str = ""
    session_id: int | None = None
    purpose: str = ""
    actor: str = ""
    expires_s: float | None = None


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
    verbatim: RawCall | None = None,
    upload: Upload | None = None,
    is_unasked: bool = False,
    purpose: str = "",
    due_at: datetime | None = None,
) -> CommandRow:
    """Put a command into the outbox; the gateway of the station is nudged on commit.

    ``verbatim``: the call that goes out in its stead; ``command`` is what it means. ``upload``: the
    address of ours that it names. ``purpose``: what waits unsent for the same gives way.
    ``due_at``: it leaves no earlier. BadParameters where only this installation lacks something.
    """
    whom = (organisation_id, station_id, identity)
    command, upload = (command, upload) if verbatim or upload else _whole(command, whom, now)
    row = CommandRow.objects.create(
        **_addressed(whom),
        session_id=session_id,
        actor=actor,
        reason=reason[:200],
        is_unasked=is_unasked,
        purpose=purpose,
        **_timed(now, due_at, expires_s),
        **_said(command, verbatim),
    )
    _number(row, command)
    if upload is not None:
        uploads.belong_to([(upload, row.pk)])
    _send_off([row])
    return row


@transaction.atomic
def queue_many(
    intents: Sequence[Intent],
    *,
    now: datetime,
    actor: str = "",
    expires_s: float | None = None,
    is_unasked: bool = False,
) -> list[CommandRow]:
    """Put many commands into the outbox, in as few queries as one; rows in the order given.

    BadParameters as ``queue``, for all of them.
    """
    patience_s = expires_s or settings.OCPP_COMMAND_EXPIRY_S
    wholes = complete_all([(one.command, *one.whom[:2]) for one in intents], now=now)
    rows = CommandRow.objects.bulk_create(
        CommandRow(
            **_addressed(intent.whom),
            session_id=intent.session_id,
            actor=intent.actor or actor,
            reason=intent.reason[:200],
            is_unasked=is_unasked,
            purpose=intent.purpose,
            created_at=now,
            expires_at=now + timedelta(seconds=intent.expires_s or patience_s),
            **_said(whole.command, None),
        )
        for intent, whole in zip(intents, wholes, strict=True)
    )
    done = list(zip(rows, wholes, strict=True))
    for row, whole in done:
        _number(row, whole.command)
    if asked := [(whole.upload, row.pk) for row, whole in done if whole.upload]:
        uploads.belong_to(asked)
    _send_off(rows)
    return rows


def _send_off(rows: Sequence[CommandRow]) -> None:
    """What they replace gives way, pages hear of it, and gateways are nudged."""
    announce_changes([*succession.supersede(rows), *rows])
    if rows:
        waiting = sorted({row.station_id for row in rows})
        signal(GATEWAYS, {"type": "commands.waiting", "station_ids": waiting})


def _whole(command: Command, whom: Whom, now: datetime) -> tuple[Command, Upload | None]:
    organisation_id, station_id, _ = whom
    whole = complete(command, organisation_id=organisation_id, station_id=station_id, now=now)
    return whole.command, whole.upload


def _addressed(whom: Whom) -> dict[str, Any]:
    return dict(zip(("organisation_id", "station_id", "identity"), whom, strict=True))


def _number(row: CommandRow, command: Command) -> None:
    """A start carries the number of its command, which links the session to it."""
    if isinstance(command, StartSession) and not (command.remote_start_id or row.verbatim):
        row.parameters = parameters(replace(command, remote_start_id=row.pk))
        row.save(update_fields=["parameters"])


def claim(row: CommandRow, *, connection_id: str, now: datetime) -> bool:
    """Take a queued command for sending; False if somebody has, it expired, or it gives way."""
    if row.purpose:
        announce_changes(succession.gives_way(row))
    taken = CommandRow.objects.filter(pk=row.pk, state=State.QUEUED, expires_at__gt=now).update(
        state=State.SENT, sent_at=now, connection_id=connection_id
    )
    if taken:
        announce_change(row)
    return bool(taken)


def note_call(command_id: int, action: str, request: Any) -> None:
    """Keep the call that carries the command, secrets masked."""
    CommandRow.objects.filter(pk=command_id).update(action=action, request=masked(request))


def note_progress(command_id: int, *, now: datetime) -> None:
    """Another call of the same command leaves now: its patience begins anew."""
    CommandRow.objects.filter(pk=command_id, state=State.SENT).update(sent_at=now)


def requeue(row: CommandRow) -> bool:
    """Give back a claimed command that never reached the wire."""
    return bool(
        CommandRow.objects.filter(pk=row.pk, state=State.SENT, answered_at=None).update(
            state=State.QUEUED, sent_at=None, connection_id=""
        )
    )


def announce_change(row: CommandRow) -> None:
    announce(row.organisation_id, "commands", f"command:{row.pk}", f"station:{row.station_id}")


def announce_changes(rows: Collection[CommandRow]) -> None:
    """As ``announce_change``, once for each organisation."""
    announce_all(
        (row.organisation_id, topic)
        for row in rows
        for topic in ("commands", f"command:{row.pk}", f"station:{row.station_id}")
    )


def _timed(now: datetime, due_at: datetime | None, expires_s: float | None) -> dict[str, Any]:
    """Its patience begins when it may leave."""
    patience = timedelta(seconds=expires_s or settings.OCPP_COMMAND_EXPIRY_S)
    return {"created_at": now, "due_at": due_at, "expires_at": (due_at or now) + patience}


def _said(command: Command, verbatim: RawCall | None) -> dict[str, Any]:
    said = {
        "name": command.declared.name,
        "parameters": parameters(command),
        "transaction_id": str(getattr(command, "transaction_id", "")),
    }
    if verbatim is None:
        return said
    return said | {
        "verbatim": parameters(verbatim),
        "action": verbatim.action,
        "request": masked(verbatim.payload),
        "request_id": _number_in(verbatim),
    }


def _number_in(call: RawCall) -> int | None:
    number = call.payload.get("requestId")
    return number if isinstance(number, int) and 0 <= number < 2**63 else None
