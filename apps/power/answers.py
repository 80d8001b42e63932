"""What the answer to a command about limits changed in its station, as far as we know."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from apps.commands.models import CommandRow
from apps.domain.command import Command
from apps.domain.commands import StartSession
from apps.domain.events import CommandAnswered
from apps.domain.power import ClearChargingProfile, GetChargingProfiles, SetChargingProfile
from apps.domain.profiles import CompositeSchedule
from apps.power import selectors, services, starts
from apps.stations.models import Station


def take_schedule(row: CommandRow, told: CompositeSchedule, *, now: datetime) -> None:
    """The station has told what it will draw at most."""
    services.note_schedule(_station(row), told, now)


def _set(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    station, given = _station(row), row.parameters
    if event.status == "accepted":
        profile = selectors.profile_of(given["profile"])
        services.keep(station, given["evse_id"], profile, row.pk, now)
    services.tell(station)


def _started(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """A start may bring a limit of its own; one that was left behind follows the session."""
    given = row.parameters
    if not given.get("charging_profile") or starts.left_its_limit(row):
        return
    station = _station(row)
    if event.status == "accepted":
        profile = selectors.profile_of(given["charging_profile"])
        profile = replace(profile, transaction_id=row.transaction_id)
        place = given.get("evse_id") or given.get("connector_id") or 0
        services.keep(station, place, profile, row.pk, now)
    services.tell(station)


def _cleared(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:  # noqa: ARG001
    station = _station(row)
    if event.status == "accepted":
        services.forget(station, ClearChargingProfile(**row.parameters))
    services.tell(station)


def _has_none(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:  # noqa: ARG001
    """What it holds comes in a report, unless there is nothing to tell."""
    station = _station(row)
    if row.detail == "NoProfiles":
        services.asked_for(station, row).delete()
    services.tell(station)


def _station(row: CommandRow) -> Station:
    return Station.objects.get(pk=row.station_id)


ANSWERED: Mapping[type[Command], Callable[..., None]] = {
    ClearChargingProfile: _cleared,
    GetChargingProfiles: _has_none,
    SetChargingProfile: _set,
    StartSession: _started,
}
