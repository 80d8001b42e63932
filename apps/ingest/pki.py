"""What stations say about certificates and security profiles, for the batch."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain import pki
from apps.domain.answers import Answer, StatusAnswer
from apps.domain.events import Event, StationConnected
from apps.ingest import prices
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.onboarding import renewals
from apps.pki import contracts, services

_PROFILES = ("1", "2", "3")

_BY_CERTIFICATE = 3


def _requested(batch: WorkingSet, item: Item, event: pki.CertificateRequested) -> Answer:
    """Accepted means that the certificate follows (A02.FR.11, 12)."""
    if not event.chain:
        batch.yard.notice(
            item.ref, "security", "CertificateRequestRefused", batch.now, batch.now, event.problem
        )
        return StatusAnswer("Rejected")
    services.record_signed(item.ref, event, batch.now)
    return StatusAnswer("Accepted")


def _status(_batch: WorkingSet, _item: Item, event: pki.CertificateStatusAsked) -> Answer:
    return pki.CertificateStatusAnswer(event.response)


def _contract(batch: WorkingSet, item: Item, event: pki.ContractPresented) -> Answer:
    organisation_id = item.ref.organisation_id
    verdict = batch.desk.decide(organisation_id, event.token, batch.now)
    batch.desk.note(organisation_id, item.ref.id, event.token, verdict, batch.now)
    return contracts.decide(event.verdict, prices.here(batch, item, verdict.answer))


def _ev_certificate(_batch: WorkingSet, _item: Item, event: pki.EvCertificateAsked) -> Answer:
    return pki.EvCertificateAnswer(event.status, event.exi_response)


def connected(batch: WorkingSet, item: Item, event: StationConnected) -> None:
    """It may have reached the profile that it had agreed to, or come with a new certificate."""
    has_certificate = event.security_profile >= _BY_CERTIFICATE
    if has_certificate or event.must_renew:
        renewals.note_certificate(
            item.ref, event.must_renew, has_certificate=has_certificate, now=batch.now
        )
    if event.security_profile > item.ref.security_profile:
        services.reach_profile(item.ref.id, event.security_profile)


HANDLERS: Mapping[type[Event], Callable[[WorkingSet, Item, Any], Answer]] = {
    pki.CertificateRequested: _requested,
    pki.CertificateStatusAsked: _status,
    pki.ContractPresented: _contract,
    pki.EvCertificateAsked: _ev_certificate,
}
