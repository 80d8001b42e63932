"""What this app has stations do, always through the outbox and under one name."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from apps.batch.refs import StationRef
from apps.commands import services as commands
from apps.commands.models import OPEN, CommandRow
from apps.commands.questions import ask_later
from apps.commands.services import Intent
from apps.domain.commands import TriggerMessage
from apps.domain.vocabulary import BootStatus
from apps.stations.models import Station

ACTOR = "set-up"
_BOOT, _STATUS = TriggerMessage("BootNotification"), TriggerMessage("StatusNotification")


def call_back(station: Station, now: datetime, *, is_here: bool = False) -> None:
    """A station that was told Pending shall boot again now, to hear what has become of it.

    ``is_here``: it has just come, and its row does not say so yet.
    """
    call_back_all([station], now, are_here=is_here)


def call_back_all(stations: Iterable[Station], now: datetime, *, are_here: bool = False) -> None:
    hearing = [
        Intent(whom(station), _BOOT, "So that it hears what has been decided")
        for station in stations
        if station.boot_status in ("", BootStatus.PENDING.value)
        and (are_here or station.is_connected)
    ]
    order_once(hearing, now)


def order_once(wanted: Sequence[Intent], now: datetime) -> None:
    """Those that are not under way for the same reason."""
    if not wanted:
        return
    lately = CommandRow.objects.filter(
        state__in=OPEN,
        created_at__gt=now - timedelta(minutes=10),
        station_id__in={intent.whom[1] for intent in wanted},
        actor=ACTOR,
    )
    same = set(lately.values_list("station_id", "reason"))
    new = [intent for intent in wanted if (intent.whom[1], intent.reason) not in same]
    commands.queue_many(new, now=now, actor=ACTOR)


def ask_status(ref: StationRef, now: datetime) -> None:
    """Of a station that is back and will not tell by itself."""
    it = (ref.organisation_id, ref.id, ref.identity)
    ask_later(it, _STATUS, now=now, actor=ACTOR, reason="Its make tells no status when it is back")


def whom(station: Station) -> commands.Whom:
    return station.organisation_id, station.pk, station.identity
