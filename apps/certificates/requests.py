"""Whether a station's request for a certificate may be signed (C-03, C-04). Pure."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from apps.certificates import chain

LEAST_RSA_BITS, LEAST_EC_BITS = 2048, 224


class BadRequest(ValueError):
    """The request will not be signed; the message is for operators."""


def read(text: str) -> x509.CertificateSigningRequest:
    """The request of a PEM text, its signature checked. BadRequest otherwise."""
    try:
        request = x509.load_pem_x509_csr(text.encode())
        is_signed = request.is_signature_valid
        request.public_key(), request.subject, request.extensions
    except chain.TROUBLES as error:
        raise BadRequest(f"The request cannot be read: {error}") from error
    if not is_signed:
        raise BadRequest("The request is not signed by its own key.")
    return request


def check(
    request: x509.CertificateSigningRequest, *, names: frozenset[str], organisation: str = ""
) -> None:
    """BadRequest unless the key is strong and the subject is one of ``names``.

    ``organisation``: what its O must be; "" asks for nothing.
    """
    _check_key(request.public_key())
    name = chain.common_name(request.subject)
    if name not in names:
        known = " or ".join(sorted(names)) or "known: register the station's serial number"
        raise BadRequest(f"The common name is {name!r}; it should be {known}.")
    owner = chain.organisation(request.subject)
    if organisation and owner != organisation:
        raise BadRequest(f"The organisation is {owner!r}; it should be {organisation!r}.")


def _check_key(key: object) -> None:
    is_rsa, is_ec = isinstance(key, rsa.RSAPublicKey), isinstance(key, ec.EllipticCurvePublicKey)
    least = LEAST_RSA_BITS if is_rsa else LEAST_EC_BITS
    if not (is_rsa or is_ec):
        raise BadRequest("The key is neither RSA nor EC.")
    bits = key.key_size  # type: ignore[attr-defined]
    if bits < least:
        raise BadRequest(f"The key has {bits} bits; at least {least} are needed.")
