"""Limits that a make forgets are sent again after a boot; what it keeps too long is cleared."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from apps.commands.models import CommandRow
from apps.commands.questions import ask_many
from apps.commands.services import Intent, Whom
from apps.domain.command import BadParameters, Command
from apps.domain.identifiers import key_of, spelt
from apps.domain.power import ClearChargingProfile, limiting
from apps.domain.profiles import EXTERNAL, TX_DEFAULT
from apps.power import selectors
from apps.power.models import HeldProfile
from apps.protocol.vendors import adapter_for
from apps.stations.models import Station

ACTOR = "reconciliation"
FOR_ANY = f"purpose:{TX_DEFAULT}"

Over = tuple[int, str]  # station, key of a transaction id


def loses_limits(vendor: str, model: str, firmware: str) -> bool:
    return adapter_for(vendor, model, firmware).manner.loses_limits


def send_again(booted: Mapping[int, Whom], now: datetime) -> None:
    """What these stations held before they booted, as far as it is still meant."""
    rows = HeldProfile.objects.filter(station_id__in=booted).exclude(purpose=EXTERNAL)
    running = selectors.open_at_many(booted)
    meant = [
        row
        for row in rows
        if not row.transaction_id or spelt(row.transaction_id, running[row.station_id])
    ]
    intents = [
        Intent(booted[row.station_id], command, "The station forgets its limits when it boots")
        for row in meant
        if (command := _again(row)) is not None
    ]
    ask_many(intents, now=now, actor=ACTOR)


def _again(row: HeldProfile) -> Command | None:
    """None where it came with a start, and cannot be sent by itself."""
    try:
        return limiting(row.evse_id, selectors.profile_of(row.body))
    except BadParameters:
        return None


def clear_after(over: Collection[Over], dead: Collection[HeldProfile], now: datetime) -> None:
    """What must not outlast its session. ``dead``: limits of the sessions that are ``over``."""
    kept = [row for row in dead if _is_kept(row.station)]
    kept += _put_for_any(over)
    intents = [
        Intent(_whom(row.station), ClearChargingProfile(row.number), "Its session is over")
        for row in kept
    ]
    ask_many(intents, now=now, actor=ACTOR)


def _is_kept(station: Station) -> bool:
    return adapter_for(station.vendor, station.model, station.firmware).manner.is_cleared_after


def _put_for_any(over: Collection[Over]) -> Iterator[HeldProfile]:
    """Limits that were given for one of these sessions, and taken as those of any."""
    stations = {station_id for station_id, _ in over}
    held = HeldProfile.objects.filter(
        station_id__in=stations, purpose=TX_DEFAULT, command_id__isnull=False
    ).select_related("station")
    by_command = {row.command_id: row for row in held if row.command_id}
    if not by_command:
        return
    given = CommandRow.objects.filter(pk__in=by_command, tries__isnull=False)
    for command in given.exclude(transaction_id=""):
        is_put = FOR_ANY in command.tries[-1]["ways"] if command.tries else False
        if is_put and (command.station_id, key_of(command.transaction_id)) in over:
            yield by_command[command.pk]


def _whom(station: Station) -> Whom:
    return station.organisation_id, station.pk, station.identity
