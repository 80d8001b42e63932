"""What stations say about certificates and security profiles, for the batch."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.commands.happenings import Answered
from apps.commands.models import CommandRow
from apps.domain import pki
from apps.domain.answers import Answer, StatusAnswer
from apps.domain.events import CommandAnswered
from apps.pki import contracts, roots, services
from apps.stations.events import notice
from apps.stations.happenings import CameIn
from apps.stations.models import Station
from apps.tokens import events as tokens

_PROFILES = ("1", "2", "3")


def _requested(batch: Batch, item: Item, event: pki.CertificateRequested) -> Answer:
    """Accepted means that the certificate follows (A02.FR.11, 12)."""
    if not event.chain:
        notice(batch, item, "security", "CertificateRequestRefused", event.problem)
        return StatusAnswer("Rejected")
    services.record_signed(item.ref, event, batch.now)
    return StatusAnswer("Accepted")


def _status(_batch: Batch, _item: Item, event: pki.CertificateStatusAsked) -> Answer:
    return pki.CertificateStatusAnswer(event.response)


def _contract(batch: Batch, item: Item, event: pki.ContractPresented) -> Answer:
    return contracts.decide(event.verdict, tokens.answer(batch, item, event.token))


def _ev_certificate(_batch: Batch, _item: Item, event: pki.EvCertificateAsked) -> Answer:
    return pki.EvCertificateAnswer(event.status, event.exi_response)


def _answered(batch: Batch, told: Answered) -> None:
    """A station has answered a command of this block."""
    apply = _ANSWERED.get(told.row.name)
    if apply is not None:
        apply(batch, told.row, told.event)


def _came(_batch: Batch, told: CameIn) -> None:
    """It may have reached the profile that it had agreed to."""
    ref, profile = told.item.ref, told.event.security_profile
    if profile > ref.security_profile:
        services.reach_profile(ref.id, profile)


def _signed(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    issued_id = row.parameters.get("issued_id")
    if issued_id and event.status in ("accepted", "rejected"):
        is_accepted = event.status == "accepted"
        services.note_answer(issued_id, is_accepted=is_accepted, now=batch.now)


def _reported(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    if event.status == "accepted":
        found = [fact for fact in event.facts if isinstance(fact, pki.Installed)]
        services.keep_installed(row.station_id, row.parameters["kinds"], found, batch.now)


def _deleted(_batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    if event.status == "accepted":
        services.forget_installed(row.station_id, row.parameters)


def _installed(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    """Whose root we had a station believe about contracts, we believe ourselves."""
    if event.status != "accepted" or row.parameters["kind"] not in pki.CONTRACT_ROOTS:
        return
    text, by = row.parameters["certificate"], f"{row.actor}, for {row.identity}"
    with suppress(roots.BadRoot):
        roots.believe(row.organisation_id, text, by=by, now=batch.now)


def _profile(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    if event.status == "accepted":
        services.agree_profile(row.station_id, row.parameters["profile"], batch.now)


def _slot(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    """A slot with a higher profile: the station may come with it, and no less from then on."""
    wanted = row.parameters["profile"]
    if event.status == "accepted" and wanted > _profile_of(row.station_id):
        services.agree_profile(row.station_id, wanted, batch.now)


def _key(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    """1.6 raises its profile by a configuration key (A05)."""
    for item in row.parameters["variables"]:
        value = str(item.get("attributeValue", ""))
        is_profile = _variable_of(item) == ("", "SecurityProfile") and value in _PROFILES
        if is_profile and event.status == "accepted" and int(value) > _profile_of(row.station_id):
            services.agree_profile(row.station_id, int(value), batch.now)


def _variable_of(item: dict[str, Any]) -> tuple[str, str]:
    component, variable = item.get("component") or {}, item.get("variable") or {}
    return component.get("name", ""), variable.get("name") or item.get("key", "")


def _profile_of(station_id: int) -> int:
    return Station.objects.values_list("security_profile", flat=True).get(pk=station_id)


_ANSWERED: Mapping[str, Callable[[Batch, CommandRow, CommandAnswered], None]] = {
    "delete_certificate": _deleted,
    "get_installed_certificates": _reported,
    "install_certificate": _installed,
    "install_signed_certificate": _signed,
    "set_network_profile": _slot,
    "set_security_profile": _profile,
    "set_variables": _key,
}
RARE = {
    pki.CertificateRequested: _requested,
    pki.CertificateStatusAsked: _status,
    pki.ContractPresented: _contract,
    pki.EvCertificateAsked: _ev_certificate,
}
HOOKS = {Answered: _answered, CameIn: _came}
