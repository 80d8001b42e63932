"""What a chain is worth."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from apps.certificates import chain
from tests.certificates import maker
from tests.certificates.maker import DAY

NOW = datetime.now(UTC)
ROOT = maker.root()
SUB = ROOT.sign("Sub", is_authority=True)
LEAF = SUB.sign("SN-1", host="127.0.0.1")


@pytest.mark.parametrize(
    ("shown", "roots", "at", "worth"),
    [
        ([LEAF.certificate, SUB.certificate], [ROOT], NOW, chain.GOOD),
        ([LEAF.certificate], [SUB], NOW, chain.GOOD),
        ([LEAF.certificate], [ROOT], NOW, chain.UNTRUSTED),
        ([LEAF.certificate, SUB.certificate], [], NOW, chain.UNTRUSTED),
        ([LEAF.certificate, SUB.certificate], [maker.root()], NOW, chain.UNTRUSTED),
        ([LEAF.certificate, SUB.certificate], [ROOT], NOW + 31 * DAY, chain.EXPIRED),
        ([LEAF.certificate, SUB.certificate], [ROOT], NOW - 61 * DAY, chain.EXPIRED),
        ([LEAF.sign("SN-2").certificate, LEAF.certificate], [SUB], NOW, chain.UNTRUSTED),
    ],
)
def test_a_chain_leads_to_a_root(
    shown: list[x509.Certificate], roots: list[maker.Signed], at: datetime, worth: str
) -> None:
    assert chain.verify(shown, [root.certificate for root in roots], at) == worth


def test_names_are_the_common_name_and_the_alternatives() -> None:
    assert chain.names_of(LEAF.certificate) == {"SN-1", "localhost"}


def test_only_a_list_that_the_issuer_signed_revokes() -> None:
    shown = [LEAF.certificate, SUB.certificate]
    listing = listed_by(SUB.key)
    assert chain.listed(shown, [listing]) == chain.REVOKED
    assert chain.listed([LEAF.certificate], [listing], [SUB.certificate]) == chain.REVOKED
    assert chain.listed([SUB.sign("SN-2").certificate, SUB.certificate], [listing]) == chain.GOOD
    assert chain.listed(shown, []) == chain.GOOD
    assert chain.listed([LEAF.certificate], [listing]) == chain.GOOD, "nobody vouches for it"
    forged = listed_by(maker.root("Sub").key)
    assert chain.listed(shown, [forged]) == chain.GOOD
    assert chain.listed(shown, [forged, listing]) == chain.REVOKED


def listed_by(key: Any) -> x509.CertificateRevocationList:
    """A list in the name of the leaf's issuer."""
    revoked = x509.RevokedCertificateBuilder(LEAF.certificate.serial_number, NOW).build()
    builder = x509.CertificateRevocationListBuilder(
        SUB.certificate.subject, NOW, NOW + timedelta(days=1)
    )
    return builder.add_revoked_certificate(revoked).sign(key, SHA256())
