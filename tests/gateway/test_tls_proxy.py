"""Behind HAProxy, which ends TLS and says what certificate it has seen."""

import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.journal.models import LinkEvent, Refusal
from tests.certificates import maker
from tests.certificates.maker import DAY, Signed
from tests.gateway.secure import Secure, basic
from tests.servers import register, rows, server_environment
from tests.throwaway import free_port, platform, wait_for_port

CONFIGURATION = """\
defaults
  mode http
  timeout connect 5s
  timeout client 1m
  timeout server 1m
  timeout tunnel 1h
frontend stations
  bind 127.0.0.1:{port} ssl crt {server} ca-file {roots} verify optional \
crt-ignore-err all ca-ignore-err all ssl-min-ver TLSv1.2
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-For %[src]
  http-request del-header X-SSL-Client-Cert
  http-request del-header X-SSL-Client-Verify
  http-request set-header X-SSL-Client-Cert %[ssl_c_der,base64] if {{ ssl_c_used }}
  http-request set-header X-SSL-Client-Verify %[ssl_c_verify] if {{ ssl_c_used }}
  default_backend platform
backend platform
  server one 127.0.0.1:{backend}
"""


@pytest.fixture
def roots() -> Signed:
    return maker.root()


@pytest.fixture(params=["127.0.0.1", ""], ids=["trusted", "a stranger"])
def trusted(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def proxied(state: Path, roots: Signed, trusted: str, transactional_db: None) -> Iterator[Secure]:
    port = free_port()
    anchors = state / "roots.pem"
    anchors.write_text(maker.pem(roots.certificate))
    shown = roots.sign("localhost", host="127.0.0.1").file(state, "server")
    with platform(state, **server_environment(OCPP_TRUSTED_PROXIES=trusted)) as server:
        configuration = state / "haproxy.cfg"
        known = {"port": port, "server": shown, "roots": anchors, "backend": server.port}
        configuration.write_text(CONFIGURATION.format(**known))
        proxy = subprocess.Popen(["haproxy", "-db", "-q", "-f", str(configuration)])
        try:
            wait_for_port(port, "HAProxy")
            yield Secure(server, port, state, roots)
        finally:
            proxy.terminate()
            proxy.wait()


pytestmark = pytest.mark.haproxy


async def reason_of(proxied: Secure, identity: str, **how: object) -> str:
    with pytest.raises(InvalidStatus):
        await proxied.dial(identity, **how)
    found = await rows(lambda: Refusal.objects.order_by("-last_at").first())
    return str(found.reason)


async def test_the_proxys_word_counts_if_it_is_ours(
    proxied: Secure, network: Organisation, roots: Signed, trusted: str
) -> None:
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    good = roots.sign("SN-1")
    if not trusted:
        assert await reason_of(proxied, "CP1", shows=good) == "tls_required"
        return
    wire = await proxied.dial("CP1", shows=good)
    assert (await wire.boot())["status"] == "Accepted"
    await wire.close()
    assert (await rows(lambda: LinkEvent.objects.filter(kind="connected").get())).ip == "127.0.0.1"
    assert await reason_of(proxied, "CP1") == "no_certificate"
    assert await reason_of(proxied, "CP1", shows=roots.sign("SN-2")) == "certificate_name"
    stranger = maker.root().sign("SN-1")
    assert await reason_of(proxied, "CP1", shows=stranger) == "certificate_untrusted"
    expired = roots.sign("SN-1", ends_in=-DAY)
    assert await reason_of(proxied, "CP1", shows=expired) == "certificate_expired"


async def test_a_password_within_the_proxys_tls_is_profile_2(
    proxied: Secure, network: Organisation, trusted: str
) -> None:
    password = "a-password-of-20-chars"
    await rows(lambda: register(network, "CP1", password=password, security_profile=2))
    how = basic("CP1", password)
    if not trusted:
        assert await reason_of(proxied, "CP1", **how) == "tls_required"
        return
    wire = await proxied.dial("CP1", **how)
    assert await wire.is_alive()
    await wire.close()
    assert await reason_of(proxied, "CP1", is_plain=True, **how) == "tls_required"


async def test_what_a_station_says_of_itself_does_not_pass_the_proxy(
    proxied: Secure, network: Organisation, roots: Signed, trusted: str
) -> None:
    """The proxy drops the headers that a client sends in its own favour."""
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    good = b64encode(roots.sign("SN-1").certificate.public_bytes(Encoding.DER)).decode()
    forged = {"X-SSL-Client-Cert": good, "X-SSL-Client-Verify": "0", "X-Forwarded-For": "1.2.3.4"}
    reason = await reason_of(proxied, "CP1", additional_headers=forged)
    assert reason == ("no_certificate" if trusted else "tls_required")
    kept = await rows(lambda: Refusal.objects.get())
    assert kept.ip == "127.0.0.1"


async def test_nobody_forges_the_proxys_headers(network: Organisation, server: object) -> None:
    """Without a trusted proxy the headers of a station are only words."""
    from tests.gateway.test_connection_rules import refused

    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    forged = {
        "X-Forwarded-Proto": "https",
        "X-SSL-Client-Verify": "SUCCESS",
        "X-SSL-Client-Cert": "MIIB",
    }
    response = await refused(server, "CP1", "ocpp2.0.1", additional_headers=forged)
    assert response.status_code == 403
