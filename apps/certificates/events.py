"""What stations say about certificates and security profiles, for the batch."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.certificates import answers, contracts, services
from apps.commands.happenings import Answered, by_class
from apps.domain import certificates
from apps.domain.answers import Answer, StatusAnswer
from apps.stations.events import notice
from apps.stations.happenings import CameIn
from apps.tokens import events as tokens

_PROFILES = ("1", "2", "3")


def _requested(batch: Batch, item: Item, event: certificates.CertificateRequested) -> Answer:
    """Accepted means that the certificate follows (A02.FR.11, 12)."""
    if not event.chain:
        notice(batch, item, "security", "CertificateRequestRefused", event.problem)
        return StatusAnswer("Rejected")
    services.record_signed(item.ref, event, batch.now)
    return StatusAnswer("Accepted")


def _status(_batch: Batch, _item: Item, event: certificates.CertificateStatusAsked) -> Answer:
    return certificates.CertificateStatusAnswer(event.response)


def _contract(batch: Batch, item: Item, event: certificates.ContractPresented) -> Answer:
    return contracts.decide(event.verdict, tokens.answer(batch, item, event.token))


def _ev_certificate(_batch: Batch, _item: Item, event: certificates.EvCertificateAsked) -> Answer:
    return certificates.EvCertificateAnswer(event.status, event.exi_response)


def _came(_batch: Batch, told: CameIn) -> None:
    """It may have reached the profile that it had agreed to."""
    ref, profile = told.item.ref, told.event.security_profile
    if profile > ref.security_profile:
        services.reach_profile(ref.id, profile)


RARE = {
    certificates.CertificateRequested: _requested,
    certificates.CertificateStatusAsked: _status,
    certificates.ContractPresented: _contract,
    certificates.EvCertificateAsked: _ev_certificate,
}
HOOKS = {Answered: by_class(answers.ANSWERED), CameIn: _came}
