"""The security extension of OCPP 1.6: passwords, certificates, profiles."""

import subprocess
from typing import Any

import pytest
from cryptography import x509
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.certificates import chain
from apps.certificates.models import InstalledCertificate, IssuedCertificate
from apps.commands.models import CommandRow
from apps.journal.models import Refusal
from apps.stations import passwords
from apps.stations.models import Station, StationNotice
from tests.certificates import maker
from tests.certificates.maker import DAY, Signed
from tests.conformance.play import Play16, now
from tests.conformance.secure import play_over
from tests.conformance.shown import shown, tab
from tests.gateway.secure import Secure, basic
from tests.servers import eventually, rows

OLD = "00112233445566778899"
NEW_KEY = "0123456789ABCDEF0123456789ABCDEF01234567"
SERIAL = "SN-16"
ROOT = maker.pem(maker.root("Some root").certificate)
WORDS = {
    "csms_root": "CentralSystemRootCertificate",
    "manufacturer_root": "ManufacturerRootCertificate",
}
HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "Ab" * 32,
    "issuerKeyHash": "cD" * 32,
    "serialNumber": "0a1B2c",
}


def passworded(secure: Secure, network: Organisation, **fields: Any) -> Any:
    known = {"password": OLD, "security_profile": 2, "serial_number": SERIAL}
    return play_over(Play16, secure, network, **(known | fields))


def certified(secure: Secure, network: Organisation) -> Any:
    return passworded(secure, network, security_profile=3)


async def is_refused(play: Play16, reason: str, **how: Any) -> bool:
    """It is turned away, and operators read why on its page and in the inbox."""
    with pytest.raises(InvalidStatus):
        await play.connect(**how)
    kept = await rows(lambda: Refusal.objects.get(reason=reason, identity="CP1"))
    for page in (await tab("security"), await shown("/stations/")):
        assert kept.detail in page
    return True


async def test_tc_073_csms(secure: Secure, network: Organisation) -> None:
    async with passworded(secure, network) as play:
        await play.connect(**basic("CP1", OLD))
        await play.booted()
        heard, outcome = await play.ordered(
            "set_variables",
            [("ChangeConfiguration", {"status": "Accepted"})],
            variables=[{"variable": {"name": "AuthorizationKey"}, "attributeValue": NEW_KEY}],
        )
        assert heard == [{"key": "AuthorizationKey", "value": NEW_KEY}]
        assert outcome["status"] == "accepted"
        assert NEW_KEY not in str(outcome)
        assert NEW_KEY not in await shown(f"/commands/{outcome['id']}/")
        digest = (await rows(Station.objects.get)).password_digest
        assert passwords.matches(NEW_KEY.encode(), digest)
        await play.leave()
        assert await is_refused(play, "wrong_password", **basic("CP1", OLD))
        for password in (NEW_KEY.encode(), bytes.fromhex(NEW_KEY)):
            await play.connect(**basic("CP1", password))
            await play.booted()
            await play.leave()


async def renewed(play: Play16, answer: str) -> str:
    """The station is told to renew; its new chain and key, PEM."""
    heard, outcome = await play.ordered(
        "renew_certificate", [("ExtendedTriggerMessage", {"status": "Accepted"})]
    )
    assert heard == [{"requestedMessage": "SignChargePointCertificate"}]
    assert outcome["status"] == "accepted"
    key = maker.rsa_key()
    csr = maker.request(SERIAL, key)
    assert await play.ask("SignCertificate", {"csr": csr}) == {"status": "Accepted"}
    told = await play.answered("CertificateSigned", {"status": answer})
    assert set(told) == {"certificateChain"}
    leaf = chain.read_pem(told["certificateChain"])[0]
    assert chain.key_of(leaf) == chain.key_of(x509.load_pem_x509_csr(csr.encode()))
    assert chain.common_name(leaf.subject) == SERIAL
    assert leaf.public_key().key_size >= 2048
    issued = await eventually(
        lambda: IssuedCertificate.objects.get(is_accepted=answer == "Accepted"), "the record"
    )
    page = await tab("security")
    assert issued.fingerprint[:16] in page
    assert ("In use" if answer == "Accepted" else "Refused by the station") in page
    signed: str = told["certificateChain"] + maker.pem(key)
    return signed


async def test_tc_074_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    async with certified(secure, network) as play:
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()
        signed = await renewed(play, "Accepted")
        await play.leave()
        await play.connect(shows=signed)
        assert (await play.boot(chargePointSerialNumber=SERIAL))["status"] == "Accepted"


async def installed(play: Play16, kind: str) -> None:
    await play.booted()
    heard, outcome = await play.ordered(
        "install_certificate",
        [("InstallCertificate", {"status": "Accepted"})],
        kind=kind,
        certificate=ROOT,
    )
    assert heard == [{"certificateType": WORDS[kind], "certificate": ROOT}]
    assert outcome["status"] == "accepted"
    await reported(play, kind)


async def reported(play: Play16, kind: str) -> None:
    answer = {"status": "Accepted", "certificateHashData": [HASH]}
    heard, _ = await play.ordered(
        "get_installed_certificates", [("GetInstalledCertificateIds", answer)], kinds=[kind]
    )
    assert heard == [{"certificateType": WORDS[kind]}]
    kept = await rows(InstalledCertificate.objects.get)
    assert (kept.kind, kept.issuer_key_hash) == (kind, HASH["issuerKeyHash"])
    assert HASH["serialNumber"] in await tab("security")


async def test_tc_075_1_csms(v16: Play16) -> None:
    await installed(v16, "manufacturer_root")


async def test_tc_075_2_csms(v16: Play16) -> None:
    await installed(v16, "csms_root")


async def test_tc_076_csms(v16: Play16) -> None:
    await v16.booted()
    await reported(v16, "csms_root")
    kept = await rows(InstalledCertificate.objects.get)
    heard, outcome = await v16.ordered(
        "delete_certificate",
        [("DeleteCertificate", {"status": "Accepted"})],
        hash_algorithm=kept.hash_algorithm,
        issuer_name_hash=kept.issuer_name_hash,
        issuer_key_hash=kept.issuer_key_hash,
        serial_number=kept.serial_number,
    )
    assert heard == [{"certificateHashData": HASH}]
    assert outcome["status"] == "accepted"
    assert not await rows(InstalledCertificate.objects.exists)
    assert HASH["serialNumber"] not in await tab("security")


async def test_both_kinds_are_asked_for_one_after_the_other(v16: Play16) -> None:
    await v16.booted()
    answer = {"status": "Accepted", "certificateHashData": [HASH]}
    heard, _ = await v16.ordered(
        "get_installed_certificates",
        [
            ("GetInstalledCertificateIds", answer),
            ("GetInstalledCertificateIds", {"status": "NotFound"}),
        ],
    )
    assert heard == [{"certificateType": word} for word in WORDS.values()]
    assert (await rows(InstalledCertificate.objects.get)).kind == "csms_root"


async def security_event(play: Play16, kind: str) -> None:
    told = {"type": kind, "timestamp": now()}
    assert await play.ask("SecurityEventNotification", told) == {}
    assert await rows(StationNotice.objects.filter(kind="security", title=kind).exists)
    assert kind in await tab("security")


async def test_tc_077_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    old = roots.sign(SERIAL)
    async with certified(secure, network) as play:
        await play.connect(shows=old)
        await play.booted()
        await renewed(play, "Rejected")
        await security_event(play, "InvalidChargePointCertificate")
        await play.leave()
        await play.connect(shows=old)
        await play.booted()


async def test_tc_078_csms(v16: Play16) -> None:
    await v16.booted()
    _, outcome = await v16.ordered(
        "install_certificate",
        [("InstallCertificate", {"status": "Rejected"})],
        kind="csms_root",
        certificate=ROOT,
    )
    assert outcome["status"] == "rejected"
    await security_event(v16, "InvalidCentralSystemCertificate")


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_083_csms(
    secure: Secure, network: Organisation, roots: Signed, profile: int
) -> None:
    how: dict[str, Any] = basic("CP1", OLD) | ({"is_plain": True} if profile == 1 else {})
    async with passworded(secure, network, security_profile=profile) as play:
        await play.connect(**how)
        await play.booted()
        heard, outcome = await play.ordered(
            "set_security_profile",
            [("ChangeConfiguration", {"status": "Accepted"}), ("Reset", {"status": "Accepted"})],
            profile=profile + 1,
        )
        assert heard == [
            {"key": "SecurityProfile", "value": str(profile + 1)},
            {"type": "Hard"},
        ]
        assert outcome["status"] == "accepted"
        await play.leave()
        higher = basic("CP1", OLD) if profile == 1 else {"shows": roots.sign(SERIAL)}
        await play.connect(**higher)
        await play.booted()
        station = await rows(lambda: Station.objects.get(identity="CP1"))
        assert station.security_profile == profile + 1
        assert f"profile {profile + 1}" in await shown()
        done = CommandRow.objects.filter(name="set_security_profile", state="confirmed")
        assert await rows(done.exists)
        await play.leave()
        reason = "tls_required" if profile == 1 else "no_certificate"
        assert await is_refused(play, reason, **how)


async def test_tc_085_csms(secure: Secure, network: Organisation) -> None:
    async with passworded(secure, network, security_profile=1) as play:
        assert await is_refused(play, "no_credentials", is_plain=True)
        assert await is_refused(play, "wrong_user", is_plain=True, **basic("CP2", OLD))
        await play.connect(is_plain=True, **basic("CP1", OLD))
        await play.booted()


async def test_tc_086_csms(secure: Secure, network: Organisation) -> None:
    where = ["openssl", "s_client", "-connect", f"127.0.0.1:{secure.port}"]
    for suite in ("ECDHE-ECDSA-AES128-GCM-SHA256", "AES128-GCM-SHA256", "AES256-GCM-SHA384"):
        command = [*where, "-tls1_2", "-cipher", f"{suite}:@SECLEVEL=0"]
        done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
        assert f"Cipher is {suite}" in done.stdout
    async with passworded(secure, network) as play:
        assert await is_refused(play, "wrong_password", **basic("CP1", "wrong"))
        await play.connect(**basic("CP1", OLD))
        await play.booted()


async def test_tc_087_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    async with certified(secure, network) as play:
        expired = roots.sign(SERIAL, ends_in=-DAY)
        assert await is_refused(play, "certificate_expired", shows=expired)
        stranger = maker.root().sign(SERIAL)
        assert await is_refused(play, "certificate_untrusted", shows=stranger)
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()


async def test_tc_088_csms(v16: Play16) -> None:
    await v16.leave()
    with pytest.raises(InvalidStatus):
        await v16.connect(subprotocols=["ocpp0.1"])
    words = "Offered: ocpp0.1. Spoken here: ocpp2.0.1, ocpp1.6."
    assert (await rows(Refusal.objects.get)).detail == words
    assert words in await tab("security")
    wire = await v16.connect(subprotocols=["ocpp0.1", "ocpp1.6"])
    assert wire.socket.subprotocol == "ocpp1.6"
    await v16.booted()
