"""Stations that come in only to renew their certificate (A00.FR.429, C-08)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.journal.models import Refusal
from apps.onboarding.models import Policy, Setup
from apps.stations.models import Station
from tests.certificates import maker
from tests.certificates.maker import DAY, Signed
from tests.gateway.secure import Secure, secured
from tests.servers import all_gone, register, rows
from tests.wire import Wire

BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
TRIGGERS = {
    "ocpp1.6": ("ExtendedTriggerMessage", "SignChargePointCertificate"),
    "ocpp2.0.1": ("TriggerMessage", "SignChargingStationCertificate"),
}
ACCEPTED = {"status": "Accepted"}


@pytest.fixture
async def lenient(network: Organisation) -> Organisation:
    """An organisation that lets such stations in."""
    await rows(lambda: Policy.objects.create(organisation=network, renews_certificates=True))
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    return network


async def reason_of(secure: Secure, **how: Any) -> str:
    with pytest.raises(InvalidStatus):
        await secure.dial("CP1", **how)
    found = await rows(lambda: Refusal.objects.order_by("-last_at").first())
    await rows(Refusal.objects.all().delete)
    return str(found.reason)


async def boot(wire: Wire, protocol: str) -> str:
    if protocol == "ocpp1.6":
        about = {
            "chargePointVendor": "T",
            "chargePointModel": "1",
            "chargePointSerialNumber": "SN-1",
        }
        return str((await wire.ask("BootNotification", about))["status"])
    about = {"vendorName": "T", "model": "1", "serialNumber": "SN-1"}
    given = {"reason": "PowerUp", "chargingStation": about}
    return str((await wire.ask("BootNotification", given))["status"])


async def renewed(wire: Wire, protocol: str) -> str:
    """It is asked to renew, does so, and is sent its chain: with the key, as PEM."""
    key = maker.ec_key()
    call = await wire.next_call()
    assert (call[2], call[3]["requestedMessage"]) == TRIGGERS[protocol]
    await wire.send([3, call[1], ACCEPTED])
    asked: dict[str, Any] = {"csr": maker.request("SN-1", key)}
    if protocol == "ocpp2.0.1":
        asked["certificateType"] = "ChargingStationCertificate"
    assert await wire.ask("SignCertificate", asked) == ACCEPTED
    call = await wire.next_call()
    assert call[2] == "CertificateSigned"
    await wire.send([3, call[1], ACCEPTED])
    return str(call[3]["certificateChain"]) + maker.pem(key)


@BOTH
async def test_who_comes_with_a_certificate_that_has_ended_renews_it_and_is_accepted(
    secure: Secure, lenient: Organisation, roots: Signed, protocol: str
) -> None:
    expired = roots.sign("SN-1", ends_in=-DAY)
    wire = await secure.dial("CP1", protocol, shows=expired)
    assert await boot(wire, protocol) == "Pending"
    refused = await wire.call("Heartbeat", {})
    assert (refused[0], refused[2]) == (4, "SecurityError")
    setup = await rows(Setup.objects.get)
    assert "has expired" in setup.renew_why
    shows = await renewed(wire, protocol)
    await wire.close()
    wire = await secure.dial("CP1", protocol, shows=shows)
    assert await boot(wire, protocol) == "Accepted"
    assert await wire.is_alive()
    assert (await rows(Setup.objects.get)).renew_since is None
    await wire.close()


@BOTH
async def test_one_that_was_accepted_long_ago_is_held_until_then_all_the_same(
    secure: Secure, lenient: Organisation, roots: Signed, protocol: str
) -> None:
    """A reconnect is no boot: it hears of it by what it is asked for."""
    wire = await secure.dial("CP1", protocol, shows=roots.sign("SN-1"))
    assert await boot(wire, protocol) == "Accepted"
    await wire.close()
    wire = await secure.dial("CP1", protocol, shows=roots.sign("SN-1", ends_in=-DAY))
    refused = await wire.call("Heartbeat", {})
    assert (refused[0], refused[2]) == (4, "SecurityError")
    shows = await renewed(wire, protocol)
    await wire.close()
    wire = await secure.dial("CP1", protocol, shows=shows)
    assert await wire.is_alive()
    await wire.close()


async def test_nobody_else_comes_in_that_way(
    secure: Secure, lenient: Organisation, roots: Signed
) -> None:
    stranger = maker.root("Test root").sign("SN-1", ends_in=-DAY)
    assert await reason_of(secure, shows=stranger) == "certificate_untrusted"
    another = roots.sign("SN-2", ends_in=-DAY)
    assert await reason_of(secure, shows=another) == "certificate_expired"
    below = roots.sign("Stations", is_authority=True, ends_in=-DAY)
    assert await reason_of(secure, shows=below.sign("SN-1")) == "certificate_expired"
    both = below.sign("SN-1", ends_in=-DAY / 2)
    assert await reason_of(secure, shows=both) == "certificate_expired"
    await rows(lambda: Policy.objects.update(renews_certificates=False))
    expired = roots.sign("SN-1", ends_in=-DAY)
    assert await reason_of(secure, shows=expired) == "certificate_expired"


def crl(issuer: Signed, revoked: Signed, key: Any = None) -> str:
    """A revocation list in the issuer's name, signed by ``key`` (its own)."""
    now = datetime.now(UTC)
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject, now, now + DAY)
    serial = revoked.certificate.serial_number
    entry = x509.RevokedCertificateBuilder(serial, now).build()
    signed = builder.add_revoked_certificate(entry).sign(key or issuer.key, SHA256())
    return maker.pem(signed)


@pytest.fixture
def listed() -> dict[str, Signed]:
    """Clients of one root: whom its list revokes, and whom a forged list does."""
    root = maker.root("Listed root")
    return {
        "root": root,
        "good": root.sign("SN-1"),
        "revoked": root.sign("SN-1"),
        "over": root.sign("SN-1", ends_in=-DAY),
        "forged": root.sign("SN-1"),
    }


@pytest.fixture
def strict(tmp_path: Any, listed: dict[str, Signed], transactional_db: None) -> Iterator[Secure]:
    """A server that has these lists, and whose stations' certificates name the company."""
    root = listed["root"]
    anchors = tmp_path / "listed.pem"
    lists = crl(root, listed["revoked"]) + crl(root, listed["over"])
    lists += crl(root, listed["forged"], maker.ec_key())
    anchors.write_text(maker.pem(root.certificate) + lists)
    roots = maker.root()
    with secured(tmp_path, roots, OCPP_TLS_CLIENT_CA=str(anchors)) as running:
        yield running


async def test_a_list_revokes_if_the_issuer_has_signed_it(
    strict: Secure, lenient: Organisation, listed: dict[str, Signed]
) -> None:
    for name in ("good", "forged"):
        wire = await strict.dial("CP1", shows=listed[name])
        assert await boot(wire, "ocpp2.0.1") == "Accepted"
        await wire.close()
    assert await reason_of(strict, shows=listed["revoked"]) == "certificate_revoked"
    assert await reason_of(strict, shows=listed["over"]) == "certificate_revoked"
    await all_gone()


@pytest.fixture
def company(tmp_path: Any, roots: Signed, transactional_db: None) -> Iterator[Secure]:
    with secured(tmp_path, roots, OCPP_PKI_ORGANISATION="Harbour Power") as running:
        yield running


async def test_the_makers_certificate_is_exchanged_for_ours(
    company: Secure, lenient: Organisation, roots: Signed
) -> None:
    """SEC-08: what the station left the factory with names its maker."""
    made = roots.sign("SN-1", organisation="Some Maker")
    wire = await company.dial("CP1", shows=made)
    assert await boot(wire, "ocpp2.0.1") == "Pending"
    assert "Some Maker" in (await rows(Setup.objects.get)).renew_why
    call = await wire.next_call()
    assert call[3] == {"requestedMessage": "SignChargingStationCertificate"}
    await wire.send([3, call[1], ACCEPTED])
    await wire.close()
    ours = roots.sign("SN-1", organisation="Harbour Power")
    wire = await company.dial("CP1", shows=ours)
    assert await boot(wire, "ocpp2.0.1") == "Accepted"
    await wire.close()
    await rows(lambda: Policy.objects.update(renews_certificates=False))
    assert await reason_of(company, shows=made) == "certificate_owner"
    assert (await rows(Station.objects.get)).boot_status == "Accepted"
    await all_gone()
