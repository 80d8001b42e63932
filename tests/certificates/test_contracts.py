"""The decision table of contract certificates."""

import pytest

from apps.certificates.contracts import decide, together
from apps.domain.answers import TokenAnswer
from apps.domain.vocabulary import TokenStatus


@pytest.mark.parametrize(
    ("verdict", "token", "certificate_status", "status"),
    [
        ("good", "Accepted", "Accepted", "Accepted"),
        ("good", "NoCredit", "Accepted", "NoCredit"),
        ("good", "Blocked", "ContractCancelled", "Blocked"),
        ("good", "Expired", "ContractCancelled", "Expired"),
        ("good", "Invalid", "ContractCancelled", "Invalid"),
        ("good", "Unknown", "ContractCancelled", "Unknown"),
        ("expired", "Accepted", "CertificateExpired", "Expired"),
        ("revoked", "Accepted", "CertificateRevoked", "Invalid"),
        ("unverifiable", "Accepted", "CertChainError", "Invalid"),
    ],
)
def test_certificate_and_token_make_one_answer(
    verdict: str, token: str, certificate_status: str, status: str
) -> None:
    answer = decide(verdict, TokenAnswer(TokenStatus(token), group="G1"))
    assert (answer.certificate_status, answer.status.value) == (certificate_status, status)
    assert answer.group == ("G1" if verdict == "good" else "")


def test_the_worst_certificate_of_a_chain_decides() -> None:
    assert together(["good", "good"]) == "good"
    assert together(["good", "unverifiable"]) == "unverifiable"
    assert together(["unverifiable", "revoked", "good"]) == "revoked"
    assert together([]) == "unverifiable"
