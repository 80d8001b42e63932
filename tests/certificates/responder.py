"""OpenSSL's own OCSP responder, over an authority of the test's."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp

from tests.certificates import maker
from tests.certificates.maker import DAY, Signed
from tests.throwaway import free_port

ALGORITHMS = {"SHA256": hashes.SHA256(), "SHA384": hashes.SHA384(), "SHA512": hashes.SHA512()}


@dataclass
class Responder:
    """``issuer`` is a sub-authority below ``root``; ``good`` and ``revoked`` are below it."""

    url: str
    root: Signed
    issuer: Signed
    good: Signed
    revoked: Signed


@contextmanager
def responding(folder: Path) -> Iterator[Responder]:
    """A responder that knows one good and one revoked certificate, and the sub-authority."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    root = maker.root("Mobility root")
    issuer = root.sign("Mobility sub", is_authority=True)
    good, revoked = (issuer.sign(f"DE-AAA-{n}", ocsp_url=url) for n in (1, 2))
    index = folder / "index.txt"
    index.write_text(_line(good) + _line(revoked, is_revoked=True))
    authority = issuer.file(folder, "ocsp-issuer")
    command = [
        "openssl", "ocsp", "-port", str(port), "-index", str(index), "-CA", str(authority),
        "-rsigner", str(authority), "-rkey", str(authority), "-nmin", "5",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        # a connection without a question would hold it up: it says itself when it listens
        while "ACCEPT" not in process.stdout.readline():
            assert process.poll() is None
        yield Responder(url, root, issuer, good, revoked)
    finally:
        process.terminate()
        process.communicate()


def hash_data(
    certificate: x509.Certificate, issuer: x509.Certificate, algorithm: str = "SHA256"
) -> dict[str, Any]:
    """How OCPP names a certificate, as the cryptography package computes it."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, ALGORITHMS[algorithm])
    asked = builder.build()
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": asked.issuer_name_hash.hex(),
        "issuerKeyHash": asked.issuer_key_hash.hex(),
        "serialNumber": f"{asked.serial_number:x}",
    }


def _line(signed: Signed, *, is_revoked: bool = False) -> str:
    """One certificate of OpenSSL's index: state, end, revocation, serial number, file, name."""
    now = datetime.now(UTC)
    revoked_at = f"{now - DAY:%y%m%d%H%M%SZ}" if is_revoked else ""
    serial = f"{signed.certificate.serial_number:X}"
    serial = serial if len(serial) % 2 == 0 else f"0{serial}"
    state = "R" if is_revoked else "V"
    name = f"/CN={signed.certificate.subject.rfc4514_string()[3:]}"
    return (
        "\t".join((state, f"{now + DAY:%y%m%d%H%M%SZ}", revoked_at, serial, "unknown", name)) + "\n"
    )
