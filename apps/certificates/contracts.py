"""Contract certificates: what their state and the token's state make together. Pure.

chain good, token blocked, expired, invalid or unknown   ContractCancelled, the token's status
chain good, any other token                              Accepted, the token's status
chain expired                                            CertificateExpired, Expired
a certificate of it revoked                              CertificateRevoked, Invalid
it cannot be verified                                    CertChainError, Invalid
(OCPP 2.0.1 C07.FR.13 to 17)
"""

from collections.abc import Iterable
from dataclasses import fields

from apps.domain.answers import TokenAnswer
from apps.domain.certificates import ContractAnswer
from apps.domain.vocabulary import TokenStatus

GOOD, EXPIRED, REVOKED, UNVERIFIABLE = "good", "expired", "revoked", "unverifiable"
_REFUSED = {
    EXPIRED: ("CertificateExpired", TokenStatus.EXPIRED),
    REVOKED: ("CertificateRevoked", TokenStatus.INVALID),
    UNVERIFIABLE: ("CertChainError", TokenStatus.INVALID),
}
_CANCELLED = {TokenStatus.BLOCKED, TokenStatus.EXPIRED, TokenStatus.INVALID, TokenStatus.UNKNOWN}


def decide(verdict: str, token: TokenAnswer) -> ContractAnswer:
    """The answer to a token with the contract certificate that was judged ``verdict``."""
    if verdict in _REFUSED:
        certificate_status, status = _REFUSED[verdict]
        return ContractAnswer(status, certificate_status=certificate_status)
    word = "ContractCancelled" if token.status in _CANCELLED else "Accepted"
    known = {field.name: getattr(token, field.name) for field in fields(token)}
    return ContractAnswer(**known, certificate_status=word)


def together(verdicts: Iterable[str]) -> str:
    """Of several certificates of a chain: the worst; none at all cannot be verified."""
    found = set(verdicts)
    order = (REVOKED, EXPIRED, UNVERIFIABLE, GOOD)
    return next((verdict for verdict in order if verdict in found), UNVERIFIABLE)
