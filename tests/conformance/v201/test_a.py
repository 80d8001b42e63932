"""A: security, against a server that speaks TLS."""

import subprocess
from typing import Any

import pytest
from cryptography import x509
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.certificates import chain
from apps.certificates.models import IssuedCertificate
from apps.certificates.services import revoke
from apps.commands.models import CommandRow
from apps.gateway.hub import REVOKED
from apps.journal.models import Message, Refusal
from apps.stations import passwords
from apps.stations.models import Station, StationNotice
from tests.certificates import maker
from tests.certificates.maker import DAY, Signed
from tests.conformance.play import Play201, now
from tests.conformance.secure import play_over
from tests.conformance.shown import shown, tab
from tests.factories import OFFICE
from tests.gateway.secure import Secure, basic
from tests.servers import eventually, register, rows

OLD, NEW = "first-password-of-many", "second-password-of-many"
SERIAL = "SN-77"
PASSWORD_AT = {
    "component": {"name": "SecurityCtrlr"},
    "variable": {"name": "BasicAuthPassword"},
}
SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)


def passworded(secure: Secure, network: Organisation, profile: int = 2) -> Any:
    return play_over(Play201, secure, network, password=OLD, security_profile=profile)


def certified(secure: Secure, network: Organisation) -> Any:
    return play_over(
        Play201, secure, network, security_profile=3, serial_number=SERIAL, password=OLD
    )


async def is_refused(play: Play201, reason: str, **how: Any) -> bool:
    """It is turned away, and operators read why on its page and in the inbox."""
    with pytest.raises(InvalidStatus) as caught:
        await play.connect(**how)
    kept = await rows(lambda: Refusal.objects.get(reason=reason, identity="CP1"))
    assert kept.http_status == caught.value.response.status_code
    for page in (await tab("security"), await shown("/stations/")):
        assert kept.detail in page
    return True


async def test_tc_a_01_csms(secure: Secure, network: Organisation) -> None:
    async with passworded(secure, network) as play:
        await play.connect(**basic("CP1", OLD))
        await play.booted()
        assert "profile 2" in await shown()
        assert (await rows(Station.objects.get)).boot_status == "Accepted"
    await rows(lambda: register(network, "CP2", password=OLD, security_profile=1))
    wire = await secure.dial("CP2", is_plain=True, **basic("CP2", OLD))
    assert (await wire.boot())["status"] == "Accepted"
    await wire.close()


async def test_tc_a_02_csms(secure: Secure, network: Organisation) -> None:
    async with passworded(secure, network) as play:
        assert await is_refused(play, "wrong_user", **basic("CP2", OLD))
        await play.connect(**basic("CP1", OLD))


async def test_tc_a_03_csms(secure: Secure, network: Organisation) -> None:
    async with passworded(secure, network) as play:
        assert await is_refused(play, "no_credentials")
        assert await is_refused(play, "wrong_password", **basic("CP1", NEW))
        await play.connect(**basic("CP1", OLD))


def s_client(port: int, *flags: str) -> str:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-showcerts", *flags]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    return done.stdout


async def test_tc_a_04_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    for suite in SUITES:
        shown = s_client(secure.port, "-tls1_2", "-cipher", f"{suite}:@SECLEVEL=0")
        assert f"Cipher is {suite}" in shown
        leaf, *others = chain.read_pem(shown)
        assert chain.verify([leaf, *others], [roots.certificate], leaf.not_valid_before_utc) == ""
        is_ec = "ECDSA" in suite
        assert leaf.public_key().key_size >= (224 if is_ec else 2048)
        assert leaf.serial_number > 0
        assert chain.common_name(leaf.subject) == "localhost"
    async with passworded(secure, network) as play:
        await play.connect(**basic("CP1", OLD))
        await play.booted()


async def test_tc_a_06_csms(secure: Secure, network: Organisation) -> None:
    for version in ("-tls1", "-tls1_1"):
        assert "Cipher is (NONE)" in s_client(secure.port, version, "-cipher", "ALL:@SECLEVEL=0")
    async with passworded(secure, network) as play:
        await play.connect(**basic("CP1", OLD))
        spoken = play.wire.socket.transport.get_extra_info("ssl_object").version()
        assert spoken in ("TLSv1.2", "TLSv1.3")
        await play.booted()


async def test_tc_a_07_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    async with certified(secure, network) as play:
        await play.connect(shows=roots.sign(SERIAL))
        assert (await play.boot(serialNumber=SERIAL))["status"] == "Accepted"
        await play.status("Available")
        page = await shown()
        assert all(word in page for word in (SERIAL, "profile 3", "Available"))


async def test_tc_a_08_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    unknown = maker.root().sign(SERIAL)
    expired = roots.sign(SERIAL, ends_in=-DAY)
    async with certified(secure, network) as play:
        assert await is_refused(play, "certificate_untrusted", shows=unknown)
        assert await is_refused(play, "certificate_expired", shows=expired)
        assert await is_refused(play, "certificate_name", shows=roots.sign("SN-78"))
        assert await is_refused(play, "no_certificate", **basic("CP1", OLD))
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()


async def change_password(play: Play201, status: str) -> None:
    result = {"setVariableResult": [PASSWORD_AT | {"attributeStatus": status}]}
    heard, outcome = await play.ordered(
        "set_variables",
        [("SetVariables", result)],
        variables=[PASSWORD_AT | {"attributeValue": NEW}],
    )
    assert heard[0]["setVariableData"][0]["attributeValue"] == NEW
    assert outcome["status"] == status.lower()
    kept = (await rows(Station.objects.get)).password_digest
    assert passwords.matches((NEW if status == "Accepted" else OLD).encode(), kept)
    frames = await rows(lambda: str(list(Message.objects.values("payload", "answer"))))
    command = await rows(lambda: str(CommandRow.objects.values().get()))
    assert NEW not in frames + command + await shown(f"/commands/{outcome['id']}/")
    await play.leave()


async def test_tc_a_09_csms(secure: Secure, network: Organisation) -> None:
    async with passworded(secure, network) as play:
        await play.connect(**basic("CP1", OLD))
        await play.booted()
        await change_password(play, "Accepted")
        assert await is_refused(play, "wrong_password", **basic("CP1", OLD))
        await play.connect(**basic("CP1", NEW))
        await play.booted()


async def test_tc_a_10_csms(secure: Secure, network: Organisation) -> None:
    async with passworded(secure, network) as play:
        await play.connect(**basic("CP1", OLD))
        await play.booted()
        await change_password(play, "Rejected")
        assert await is_refused(play, "wrong_password", **basic("CP1", NEW))
        await play.connect(**basic("CP1", OLD))


async def renewed(
    play: Play201, trigger: str, kind: str, own: str, answer: str = "Accepted"
) -> tuple[Any, str]:
    """The station is told to renew; its new key, and the chain that it was sent."""
    key = maker.ec_key()
    heard, outcome = await play.ordered(
        "renew_certificate", [("TriggerMessage", {"status": "Accepted"})], kind=own
    )
    assert heard == [{"requestedMessage": trigger}]
    assert outcome["status"] == "accepted"
    asked = {"csr": maker.request(SERIAL, key)} | ({"certificateType": kind} if kind else {})
    assert (await play.ask("SignCertificate", asked))["status"] == "Accepted"
    told = await play.answered("CertificateSigned", {"status": answer})
    assert told.get("certificateType", "") == kind
    leaf, *others = chain.read_pem(told["certificateChain"])
    assert chain.key_of(leaf) == chain.key_of(x509.load_pem_x509_csr(asked["csr"].encode()))
    assert chain.common_name(leaf.subject) == SERIAL
    assert all(other.subject != other.issuer for other in others), "no root in the chain"
    issued = await eventually(
        lambda: IssuedCertificate.objects.get(is_accepted=answer == "Accepted"), "the record"
    )
    assert issued.fingerprint == chain.fingerprint(leaf)
    page = await tab("security")
    assert issued.fingerprint[:16] in page
    assert ("In use" if answer == "Accepted" else "Refused by the station") in page
    return key, told["certificateChain"]


async def test_tc_a_11_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    async with certified(secure, network) as play:
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()
        key, signed = await renewed(
            play, "SignChargingStationCertificate", "ChargingStationCertificate", "station"
        )
        confirmed = CommandRow.objects.filter(name="renew_certificate", state="confirmed")
        assert await rows(confirmed.exists)
        await play.leave()
        await play.connect(shows=signed + maker.pem(key))
        assert (await play.boot(serialNumber=SERIAL))["status"] == "Accepted"
        issued = await rows(lambda: IssuedCertificate.objects.select_related("station").get())
        await rows(lambda: revoke(issued, because="lost", actor=OFFICE, now=issued.issued_at))
        assert await play.wire.closed() == REVOKED
        assert await is_refused(play, "certificate_revoked", shows=signed + maker.pem(key))
        page = await tab("security")
        assert all(word in page for word in ("Revoked", "lost"))
        assert "CP1" not in (await shown("/certificates/")).partition("Of this installation")[0]


async def test_tc_a_12_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    async with certified(secure, network) as play:
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()
        key, signed = await renewed(play, "SignV2GCertificate", "V2GCertificate", "v2g")
        shown_chain = chain.read_pem(signed)
        root = chain.read_pem(secure.certificates("v2g"))[-1]
        assert chain.verify(shown_chain, [root], shown_chain[0].not_valid_before_utc) == ""
        assert chain.common_name(shown_chain[0].issuer) == "OCPP platform V2G"
        assert (await rows(IssuedCertificate.objects.get)).kind == "v2g"
        assert "OCPP platform V2G" in await shown("/certificates/")
        await play.leave()
        shows = signed + maker.pem(key)
        assert await is_refused(play, "certificate_untrusted", shows=shows), "it is for vehicles"


@pytest.mark.parametrize("kind", ["ChargingStationCertificate", ""])
async def test_tc_a_13_csms(
    secure: Secure, network: Organisation, roots: Signed, kind: str
) -> None:
    """One certificate for both uses may come with a kind, or with none."""
    async with certified(secure, network) as play:
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()
        key, signed = await renewed(play, "SignCombinedCertificate", kind, "combined")
        assert chain.common_name(chain.read_pem(signed)[0].issuer) == "OCPP platform stations"
        await play.leave()
        await play.connect(shows=signed + maker.pem(key))
        await play.booted()


async def test_tc_a_14_csms(secure: Secure, network: Organisation, roots: Signed) -> None:
    old = roots.sign(SERIAL)
    async with certified(secure, network) as play:
        await play.connect(shows=old)
        await play.booted()
        await renewed(
            play, "SignChargingStationCertificate", "ChargingStationCertificate", "station",
            answer="Rejected",
        )  # fmt: skip
        kind = "InvalidChargingStationCertificate"
        told = {"type": kind, "timestamp": now()}
        assert await play.ask("SecurityEventNotification", told) == {}
        assert await rows(StationNotice.objects.filter(kind="security", title=kind).exists)
        page = await tab("security")
        assert all(word in page for word in (kind, "Refused by the station"))
        await play.leave()
        await play.connect(shows=old)
        await play.booted()


PRIORITY = {
    "component": {"name": "OCPPCommCtrlr"},
    "variable": {"name": "NetworkConfigurationPriority"},
}


async def told_to_move(play: Play201, url: str, profile: int) -> None:
    """The slot, its priority and the reset, each accepted."""
    set_ = {"setVariableResult": [PRIORITY | {"attributeStatus": "Accepted"}]}
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("SetNetworkProfile", {}),
        ("SetVariables", set_),
        ("Reset", {}),
    )
    (slot, priority, reset), outcome = await play.ordered(
        "set_security_profile",
        [(action, answer or {"status": "Accepted"}) for action, answer in steps],
        profile=profile, url=url, slot=2, priority="2,1",
    )  # fmt: skip
    assert outcome["status"] == "accepted"
    assert slot == {
        "configurationSlot": 2,
        "connectionData": {
            "ocppVersion": "OCPP20",
            "ocppTransport": "JSON",
            "ocppCsmsUrl": url,
            "messageTimeout": 30,
            "securityProfile": profile,
            "ocppInterface": "Wired0",
        },
    }
    assert priority == {"setVariableData": [PRIORITY | {"attributeValue": "2,1"}]}
    assert reset == {"type": "OnIdle"}


@pytest.mark.parametrize("profile", [1, 2])
async def test_tc_a_19_csms(
    secure: Secure, network: Organisation, roots: Signed, profile: int
) -> None:
    how: dict[str, Any] = basic("CP1", OLD) | ({"is_plain": True} if profile == 1 else {})
    fields = {"security_profile": profile, "password": OLD, "serial_number": SERIAL}
    async with play_over(Play201, secure, network, **fields) as play:
        await play.connect(**how)
        await play.booted()
        await told_to_move(play, secure.ocpp, profile + 1)
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
