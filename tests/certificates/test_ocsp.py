"""What an OCSP response is worth."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as wire

from apps.certificates import ocsp
from apps.domain.certificates import CertificateHash
from tests.certificates import maker
from tests.certificates.maker import DAY, Signed

NOW = datetime.now(UTC)
ROOT = maker.root()
SUB = ROOT.sign("Sub", is_authority=True)
LEAF = SUB.sign("DE-AAA-1", ocsp_url="http://ocsp.example/")


def respond(by: Signed, about: Signed = LEAF, *, days: int = 1, is_revoked: bool = False) -> bytes:
    builder = wire.OCSPResponseBuilder().add_response(
        about.certificate, SUB.certificate, SHA256(),
        wire.OCSPCertStatus.REVOKED if is_revoked else wire.OCSPCertStatus.GOOD,
        NOW - 3 * DAY, NOW + timedelta(days=days), NOW - DAY if is_revoked else None, None,
    )  # fmt: skip
    builder = builder.responder_id(wire.OCSPResponderEncoding.HASH, by.certificate)
    response = builder.certificates([by.certificate]).sign(by.key, SHA256())
    return response.public_bytes(Encoding.DER)


def named() -> CertificateHash:
    target = ocsp.target_of(LEAF.certificate, SUB.certificate)
    assert target is not None
    assert target.responder_url == "http://ocsp.example/"
    return target.hash


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        (respond(SUB), "good"),
        (respond(SUB, is_revoked=True), "revoked"),
        (respond(SUB, days=-1), "unverifiable"),
        (respond(SUB, SUB.sign("DE-AAA-2")), "unverifiable"),
        (respond(maker.root("Sub")), "unverifiable"),
        (respond(SUB.sign("No delegate")), "unverifiable"),
        (b"nothing", "unverifiable"),
        (wire.OCSPResponseBuilder.build_unsuccessful(wire.OCSPResponseStatus.TRY_LATER)
         .public_bytes(Encoding.DER), "unverifiable"),
    ],
)  # fmt: skip
def test_only_the_issuers_present_word_counts(response: bytes, verdict: str) -> None:
    assert ocsp.verdict(response, named(), [SUB.certificate], NOW) == verdict


def test_whom_the_issuer_entitled_may_answer() -> None:
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.OCSP_SIGNING])
    entitled = SUB.sign("Responder", extension=usage)
    assert ocsp.verdict(respond(entitled), named(), [SUB.certificate], NOW) == "good"


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
def test_a_question_names_the_certificate_by_its_hashes(algorithm: str) -> None:
    length = int(algorithm[3:]) // 8
    hashes = CertificateHash(algorithm, "ab" * length, "cd" * length, "0f")
    asked = wire.load_der_ocsp_request(ocsp.question(hashes))
    assert asked.serial_number == 15
    assert asked.issuer_key_hash == b"\xcd" * length


@pytest.mark.parametrize(
    "hashes",
    [
        CertificateHash("MD5", "ab", "cd", "1"),
        CertificateHash("SHA256", "ab", "cd" * 32, "1"),
        CertificateHash("SHA256", "xy" * 32, "cd" * 32, "1"),
        CertificateHash("SHA256", "ab" * 32, "cd" * 32, "no"),
    ],
)
def test_impossible_hashes_are_no_question(hashes: CertificateHash) -> None:
    with pytest.raises(ocsp.BadTarget):
        ocsp.question(hashes)
