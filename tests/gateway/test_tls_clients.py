"""The ``ocpp`` package's own client over TLS, a server of TLS 1.3 alone, and what operators see."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.test import Client
from ocpp.v16 import ChargePoint as Client16
from ocpp.v16 import call as call16
from ocpp.v201 import ChargePoint as Client201
from ocpp.v201 import call as call201
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.certificates import chain
from tests.certificates import maker
from tests.certificates.maker import DAY, Signed
from tests.factories import user
from tests.gateway.secure import Secure, basic, secured
from tests.servers import all_gone, register, rows

PASSWORD = "a-password-of-20-chars"
BOOTS: dict[str, tuple[Any, Any]] = {
    "ocpp1.6": (Client16, call16.BootNotification("Model", "Maker")),
    "ocpp2.0.1": (
        Client201,
        call201.BootNotification({"model": "M", "vendor_name": "V"}, "PowerUp"),
    ),
}
BOTH = pytest.mark.parametrize("protocol", list(BOOTS))


async def booted(secure: Secure, protocol: str, shows: Signed | None = None, **how: Any) -> str:
    """What the package's client is told when it boots over TLS."""
    kind, boot = BOOTS[protocol]
    address = f"{secure.ocpp}/CP1"
    known = {"subprotocols": [protocol], "ssl": secure.context(shows), "proxy": None}
    async with connect(address, **(known | how)) as socket:
        client = kind("CP1", socket)
        listening = asyncio.create_task(client.start())
        answer = await client.call(boot)
        listening.cancel()
        await asyncio.wait({listening})
        return str(answer.status)


@BOTH
async def test_the_packages_client_with_a_password(
    secure: Secure, network: Organisation, protocol: str
) -> None:
    await rows(lambda: register(network, "CP1", password=PASSWORD, security_profile=2))
    assert await booted(secure, protocol, **basic("CP1", PASSWORD)) == "Accepted"
    for bad in (basic("CP1", "wrong"), basic("CP2", PASSWORD), {}):
        with pytest.raises(InvalidStatus) as caught:
            await booted(secure, protocol, **bad)
        assert caught.value.response.status_code == 401


@BOTH
async def test_the_packages_client_with_a_certificate(
    secure: Secure, network: Organisation, roots: Signed, protocol: str
) -> None:
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    for key in (maker.ec_key(), maker.rsa_key()):
        assert await booted(secure, protocol, roots.sign("SN-1", key=key)) == "Accepted"
    bad = (None, roots.sign("SN-1", ends_in=-DAY), maker.root("Test root").sign("SN-1"))
    for shown in (*bad, roots.sign("SN-2")):
        with pytest.raises(InvalidStatus) as caught:
            await booted(secure, protocol, shown)
        assert caught.value.response.status_code == 403


def s_client(port: int, *flags: str) -> str:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-showcerts", *flags]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    return done.stdout


def test_both_kinds_of_certificate_stand_side_by_side(secure: Secure) -> None:
    shown = {
        kind: chain.read_pem(s_client(secure.port, "-tls1_3", "-sigalgs", kind))[0].public_key()
        for kind in ("rsa_pss_rsae_sha256", "ecdsa_secp256r1_sha256")
    }
    assert isinstance(shown["rsa_pss_rsae_sha256"], rsa.RSAPublicKey)
    assert isinstance(shown["ecdsa_secp256r1_sha256"], ec.EllipticCurvePublicKey)


@pytest.fixture
def modern(tmp_path: Path, roots: Signed, transactional_db: None) -> Iterator[Secure]:
    with secured(tmp_path, roots, OCPP_TLS_MIN_VERSION="1.3") as running:
        yield running


async def test_a_server_may_speak_tls_1_3_alone(
    modern: Secure, network: Organisation, roots: Signed
) -> None:
    for old in ("-tls1", "-tls1_1", "-tls1_2"):
        assert "Cipher is (NONE)" in s_client(modern.port, old, "-cipher", "ALL:@SECLEVEL=0")
    assert "TLSv1.3" in s_client(modern.port, "-tls1_3")
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    assert await booted(modern, "ocpp2.0.1", roots.sign("SN-1")) == "Accepted"
    await all_gone()


async def test_operators_read_why_a_station_was_turned_away(
    secure: Secure, network: Organisation, roots: Signed, settings: Any
) -> None:
    settings.WHITENOISE_AUTOREFRESH = True  # no folder of collected files is needed
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    for shown in (None, roots.sign("SN-1", ends_in=-DAY), roots.sign("SN-2")):
        with pytest.raises(InvalidStatus):
            await secure.dial("CP1", shows=shown)
    words = (
        "Security profile 3 needs a client certificate.",
        "The client certificate has expired or is not yet valid.",
        "The certificate is for SN-2; this station&#x27;s serial number is SN-1.",
    )
    for url in ("/stations/CP1/?tab=security", "/stations/"):
        page = await database_sync_to_async(read)(network, url)
        assert all(word in page for word in words), url


def read(network: Organisation, url: str) -> str:
    who = User.objects.filter(username="anna").first() or user(network, "anna", Role.ENGINEER)
    client = Client()
    client.force_login(who)
    return client.get(url).content.decode()
