"""Calls that nobody asked for: questions of our own, and what is shown to drivers.

They wait behind what people want, each purpose once, and are left out where the station does not
bear them; a laboratory can do without them all.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from apps.commands.models import CommandRow, State
from apps.commands.poison import Key, key_of, unbearable
from apps.commands.services import Intent, Whom, announce_change, queue, queue_many
from apps.domain.commands import Command, GetVariables, parameters

ONBOARDING = "onboarding"
_EXPIRY_S = 300.0


def are_wanted() -> bool:
    """Whether this installation says anything to stations that nobody asked for."""
    return bool(settings.OCPP_READ_ON_BOOT)


def ask(
    whom: Whom,
    command: Command,
    *,
    now: datetime,
    actor: str,
    reason: str,
    session_id: int | None = None,
    expires_s: float | None = None,
) -> CommandRow | None:
    """Queue it; None where it is not wanted or not borne, or the same waits already."""
    if not are_wanted() or _waits(whom, command, actor, now) or not _is_borne(whom, command, now):
        return None
    organisation_id, station_id, identity = whom
    return queue(
        organisation_id=organisation_id,
        station_id=station_id,
        identity=identity,
        command=command,
        now=now,
        actor=actor,
        reason=reason,
        session_id=session_id,
        expires_s=expires_s or _EXPIRY_S,
        is_unasked=True,
    )


def ask_many(
    intents: Sequence[Intent], *, now: datetime, actor: str, expires_s: float | None = None
) -> int:
    """As ``ask``, in as few queries as one; how many were queued."""
    if not (intents and are_wanted()):
        return 0
    waiting = CommandRow.objects.filter(
        station_id__in={intent.whom[1] for intent in intents},
        name__in={intent.command.declared.name for intent in intents},
        state=State.QUEUED, actor=actor, expires_at__gt=now,
    )  # fmt: skip
    same = {key_of(*row) for row in waiting.values_list("station_id", "name", "parameters")}
    same |= set(unbearable({intent.whom[1] for intent in intents}, now))
    new = {_key(intent): intent for intent in intents if _key(intent) not in same}
    rows = queue_many(
        list(new.values()), now=now, actor=actor, expires_s=expires_s or _EXPIRY_S, is_unasked=True
    )
    return len(rows)


def ask_later(
    whom: Whom, command: Command, *, now: datetime, actor: str, reason: str
) -> CommandRow | None:
    """The same of a station that has just booted: once it has settled."""
    delay_s = settings.OCPP_READ_DELAY_S
    row = ask(whom, command, now=now, actor=actor, reason=reason, expires_s=delay_s + _EXPIRY_S)
    if row is not None:
        row.due_at = now + timedelta(seconds=delay_s)
        row.save(update_fields=["due_at"])
    return row


def queue_readings(stations: Collection[Whom], *, now: datetime) -> None:
    """Ask stations that are new, or have new firmware, for everything (B07.FR.14)."""
    if not are_wanted():
        return
    delay_s = settings.OCPP_READ_DELAY_S
    rows = [
        CommandRow(
            organisation_id=organisation_id,
            station_id=station_id,
            identity=identity,
            name=GetVariables.declared.name,
            parameters=parameters(GetVariables()),
            actor=ONBOARDING,
            reason="The station is new, or its firmware is",
            is_unasked=True,
            created_at=now,
            due_at=now + timedelta(seconds=delay_s),
            expires_at=now + timedelta(seconds=delay_s + _EXPIRY_S),
        )
        for organisation_id, station_id, identity in stations
    ]
    for row in CommandRow.objects.bulk_create(rows):
        announce_change(row)


def _waits(whom: Whom, command: Command, actor: str, now: datetime) -> bool:
    return CommandRow.objects.filter(
        station_id=whom[1], name=command.declared.name, state=State.QUEUED, actor=actor,
        parameters=parameters(command), expires_at__gt=now,
    ).exists()  # fmt: skip


def _is_borne(whom: Whom, command: Command, now: datetime) -> bool:
    return _key_of(whom, command) not in unbearable({whom[1]}, now)


def _key(intent: Intent) -> Key:
    return _key_of(intent.whom, intent.command)


def _key_of(whom: Whom, command: Command) -> Key:
    return key_of(whom[1], command.declared.name, parameters(command))
