"""Which requests are signed."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from apps.certificates import requests
from tests.certificates import maker


def forged() -> str:
    """A request whose signature is not that of its key."""
    request = x509.load_pem_x509_csr(maker.request("SN-1").encode())
    der = request.public_bytes(Encoding.DER)
    broken = x509.load_der_x509_csr(der[:-1] + bytes([der[-1] ^ 1]))
    return broken.public_bytes(Encoding.PEM).decode()


NAMES = frozenset({"SN-1", "CP1"})


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        (maker.request("SN-1"), ""),
        (maker.request("CP1", maker.rsa_key(2048)), ""),
        (maker.request("SN-1", organisation="Grid AG"), "Grid AG"),
    ],
)
def test_a_good_request_may_be_signed(text: str, organisation: str) -> None:
    requests.check(requests.read(text), names=NAMES, organisation=organisation)


@pytest.mark.parametrize(
    ("text", "organisation", "words"),
    [
        ("nothing", "", "cannot be read"),
        (forged(), "", "not signed by its own key"),
        (maker.request("SN-2"), "", "'SN-2'"),
        (maker.request("SN-1", maker.rsa_key(1024)), "", "1024 bits"),
        (maker.request("SN-1"), "Grid AG", "organisation"),
        (maker.request("SN-1", organisation="Other"), "Grid AG", "'Other'"),
    ],
)
def test_a_bad_request_is_refused_with_its_reason(text: str, organisation: str, words: str) -> None:
    with pytest.raises(requests.BadRequest, match=words):
        requests.check(requests.read(text), names=NAMES, organisation=organisation)
