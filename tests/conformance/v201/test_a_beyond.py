"""A, beyond the cases: keys signed once, names of others, refused moves."""

import ssl

import pytest
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.certificates.models import IssuedCertificate
from apps.journal.models import Refusal
from apps.stations.models import Station, StationNotice
from tests.certificates import maker
from tests.certificates.maker import Signed
from tests.conformance.v201.test_a import OLD, SERIAL, certified, passworded, renewed
from tests.gateway.secure import Secure, basic
from tests.servers import register, rows


async def test_a_key_is_not_signed_twice_and_a_bad_request_is_not_signed(
    secure: Secure, network: Organisation, roots: Signed
) -> None:
    async with certified(secure, network) as play:
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()
        asked = {"csr": maker.request(SERIAL)}
        chains = []
        for _ in range(2):
            assert await play.ask("SignCertificate", asked) == {"status": "Accepted"}
            chains.append(await play.answered("CertificateSigned", {"status": "Rejected"}))
        assert chains[0] == chains[1]
        assert await rows(IssuedCertificate.objects.count) == 1
        for bad in (maker.request("SN-78"), maker.request(SERIAL, maker.rsa_key(1024)), "no"):
            assert await play.ask("SignCertificate", {"csr": bad}) == {"status": "Rejected"}
        refusals = StationNotice.objects.filter(title="CertificateRequestRefused")
        assert await rows(refusals.count) == 3


async def test_nobody_gets_or_uses_a_certificate_in_anothers_name(
    secure: Secure, network: Organisation, roots: Signed
) -> None:
    """A serial number is told by the station itself: it may be a lie."""
    async with certified(secure, network) as play:
        await play.connect(shows=roots.sign(SERIAL))
        await play.booted()
        key, signed = await renewed(
            play, "SignChargingStationCertificate", "ChargingStationCertificate", "station"
        )
        await play.leave()
        await rows(lambda: register(network, "CP2", password=OLD, security_profile=2))
        wire = await secure.dial("CP2", **basic("CP2", OLD))
        about = {"vendorName": "Test", "model": "One", "serialNumber": SERIAL}
        boot = {"reason": "PowerUp", "chargingStation": about}
        assert (await wire.ask("BootNotification", boot))["status"] == "Accepted"
        asked = {"csr": maker.request(SERIAL)}
        assert await wire.ask("SignCertificate", asked) == {"status": "Rejected"}
        await wire.close()
        with pytest.raises(InvalidStatus):
            await secure.dial("CP2", shows=signed + maker.pem(key))
        await rows(lambda: Station.objects.filter(identity="CP2").update(security_profile=3))
        with pytest.raises(InvalidStatus):
            await secure.dial("CP2", shows=signed + maker.pem(key))
        assert await rows(Refusal.objects.filter(reason="certificate_name").exists)


async def test_a_refused_slot_ends_the_move_to_a_higher_profile(
    secure: Secure, network: Organisation
) -> None:
    async with passworded(secure, network) as play:
        await play.connect(**basic("CP1", OLD))
        await play.booted()
        heard, outcome = await play.ordered(
            "set_security_profile",
            [("SetNetworkProfile", {"status": "Rejected"})],
            profile=3, url=secure.ocpp,
        )  # fmt: skip
        assert len(heard) == 1
        assert outcome["status"] == "rejected"
        assert await play.ask("Heartbeat", {})
        assert play.wire.calls.empty()
    station = await rows(lambda: Station.objects.get(identity="CP1"))
    assert station.security_profile == 2


async def test_a_client_that_does_not_trust_our_root_goes_away(secure: Secure) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await secure.dial("CP1", ssl=ssl.create_default_context())
