"""What the answer to a command about certificates or security profiles says of its station."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from apps.certificates import roots, services
from apps.commands.models import CommandRow
from apps.domain import certificates, security
from apps.domain.command import Command
from apps.domain.commands import SetVariables
from apps.domain.events import CommandAnswered
from apps.history.doers import STATION, Named
from apps.stations.models import Station

_PROFILES = tuple(map(str, security.PROFILES))


def _signed(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    issued_id = row.parameters.get("issued_id")
    if issued_id and event.status in ("accepted", "rejected"):
        is_accepted = event.status == "accepted"
        services.note_answer(issued_id, is_accepted=is_accepted, now=now)


def _reported(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    if event.status == "accepted":
        found = [fact for fact in event.facts if isinstance(fact, certificates.Installed)]
        services.keep_installed(row.station_id, row.parameters["kinds"], found, now)


def _deleted(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:  # noqa: ARG001
    if event.status == "accepted":
        services.forget_installed(row.station_id, row.parameters)


def _installed(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """Whose root we had a station trust for contracts, we trust ourselves."""
    if event.status != "accepted" or row.parameters["kind"] not in certificates.CONTRACT_ROOTS:
        return
    by = Named(STATION, row.station_id, f"{row.actor}, for {row.identity}")
    with suppress(roots.BadRoot):
        roots.trust(row.organisation_id, row.parameters["certificate"], actor=by, now=now)


def _profile(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    if event.status == "accepted":
        services.agree_profile(row.station_id, row.parameters["profile"], now)


def _slot(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """A slot with a higher profile: the station may come with it, and no less from then on."""
    wanted = row.parameters["profile"]
    if event.status == "accepted" and wanted > _profile_of(row.station_id):
        services.agree_profile(row.station_id, wanted, now)


def _key(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """1.6 raises its profile by a configuration key (A05)."""
    for item in row.parameters["variables"]:
        value = str(item.get("attributeValue", ""))
        is_profile = _variable_of(item) == ("", "SecurityProfile") and value in _PROFILES
        if is_profile and event.status == "accepted" and int(value) > _profile_of(row.station_id):
            services.agree_profile(row.station_id, int(value), now)


def _variable_of(item: dict[str, Any]) -> tuple[str, str]:
    component, variable = item.get("component") or {}, item.get("variable") or {}
    return component.get("name", ""), variable.get("name") or item.get("key", "")


def _profile_of(station_id: int) -> int:
    return Station.objects.values_list("security_profile", flat=True).get(pk=station_id)


ANSWERED: Mapping[type[Command], Callable[..., None]] = {
    SetVariables: _key,
    certificates.DeleteCertificate: _deleted,
    certificates.GetInstalledCertificates: _reported,
    certificates.InstallCertificate: _installed,
    certificates.InstallSignedCertificate: _signed,
    security.SetNetworkProfile: _slot,
    security.SetSecurityProfile: _profile,
}
