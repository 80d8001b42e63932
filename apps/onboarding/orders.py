"""What this app has stations do, always through the outbox and under one name."""

from datetime import datetime, timedelta

from django.db.models import Q

from apps.commands import services as commands
from apps.commands.models import OPEN, CommandRow
from apps.domain.command import Command
from apps.domain.commands import TriggerMessage
from apps.domain.vocabulary import BootStatus
from apps.stations.models import Station

ACTOR = "set-up"
_BOOT = TriggerMessage("BootNotification")


def call_back(station: Station, now: datetime, *, is_here: bool = False) -> None:
    """A station that was told Pending shall boot again now, to hear what has become of it.

    ``is_here``: it has just come, and its row does not say so yet.
    """
    may_hear = station.boot_status in ("", BootStatus.PENDING.value)
    if may_hear and (is_here or station.is_connected):
        order_once(station, _BOOT, now, "So that it hears what has been decided")


def order_once(
    station: Station,
    command: Command,
    now: datetime,
    reason: str,
    *,
    within: timedelta = timedelta(0),
) -> bool:
    """Unless the same is under way, or was given ``within`` that time; whether it was."""
    same = CommandRow.objects.filter(station_id=station.pk, actor=ACTOR, reason=reason)
    is_open = Q(state__in=OPEN, created_at__gt=now - timedelta(minutes=10))
    if same.filter(is_open | Q(created_at__gt=now - within)).exists():
        return False
    order(station, command, now, reason)
    return True


def order(
    station: Station, command: Command, now: datetime, reason: str, expires_s: float | None = None
) -> CommandRow:
    return commands.queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=command,
        now=now,
        actor=ACTOR,
        reason=reason,
        expires_s=expires_s,
    )
