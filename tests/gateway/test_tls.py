"""TLS served by our own process, tried with OpenSSL and with stations that show certificates."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.journal.models import LinkEvent, Refusal
from apps.stations.models import Station
from apps.stations.services import change_station
from tests.certificates import maker
from tests.certificates.maker import DAY, Signed
from tests.factories import OFFICE
from tests.gateway.secure import Secure, basic
from tests.servers import eventually, register, rows, server_environment
from tests.throwaway import ROOT, environment

SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
PASSWORD = "a-password-of-20-chars"


async def refused(secure: Secure, identity: str, **how: Any) -> str:
    """The reason that was kept for a handshake which must not succeed."""
    with pytest.raises(InvalidStatus):
        await secure.dial(identity, **how)
    found = await eventually(lambda: Refusal.objects.order_by("-id").first(), "a refusal")
    await rows(Refusal.objects.all().delete)
    return found.reason


@pytest.mark.parametrize(
    ("flags", "speaks"),
    [
        (["-tls1"], None),
        (["-tls1_1"], None),
        (["-tls1_2"], "TLSv1.2"),
        (["-tls1_3"], "TLSv1.3"),
        *((["-tls1_2", "-cipher", f"{suite}:@SECLEVEL=0"], suite) for suite in SUITES),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else None,
)
def test_versions_and_suites(secure: Secure, flags: list[str], speaks: str | None) -> None:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{secure.port}", *flags]
    if speaks is None:
        command += ["-cipher", "ALL:@SECLEVEL=0"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    if speaks is None:
        assert "Cipher is (NONE)" in done.stdout
        assert "alert protocol version" in done.stderr
    else:
        assert speaks in done.stdout
        assert "Compression: NONE" in done.stdout


async def test_profile_2_is_tls_and_password(secure: Secure, network: Organisation) -> None:
    await rows(lambda: register(network, "CP1", password=PASSWORD, security_profile=2))
    wire = await secure.dial("CP1", **basic("CP1", PASSWORD))
    assert (await wire.boot())["status"] == "Accepted"
    await wire.close()
    assert await refused(secure, "CP1", **basic("CP1", "wrong")) == "wrong_password"
    assert await refused(secure, "CP1") == "no_credentials"
    plain = await refused(secure, "CP1", is_plain=True, **basic("CP1", PASSWORD))
    assert plain == "tls_required"


async def test_profile_3_is_a_certificate_in_the_stations_name(
    secure: Secure, network: Organisation, roots: Signed
) -> None:
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    below = roots.sign("Stations", is_authority=True)
    for good in (roots.sign("SN-1"), below.sign("SN-1", key=maker.rsa_key()), roots.sign("CP1")):
        wire = await secure.dial("CP1", shows=good)
        assert (await wire.boot())["status"] == "Accepted"
        await wire.close()
    stranger = maker.root("Test root").sign("SN-1")
    assert await refused(secure, "CP1") == "no_certificate"
    assert await refused(secure, "CP1", shows=stranger) == "certificate_untrusted"
    expired = roots.sign("SN-1", ends_in=-DAY)
    assert await refused(secure, "CP1", shows=expired) == "certificate_expired"
    assert await refused(secure, "CP1", shows=roots.sign("SN-2")) == "certificate_name"
    by_header = basic("CP1", PASSWORD)
    assert await refused(secure, "CP1", **by_header) == "no_certificate"


async def test_a_station_that_boots_with_another_serial_number_is_cut_off(
    secure: Secure, network: Organisation, roots: Signed
) -> None:
    await rows(lambda: register(network, "CP1", security_profile=3, serial_number="SN-1"))
    wire = await secure.dial("CP1", shows=roots.sign("SN-1"))
    about = {"vendorName": "Test", "model": "One", "serialNumber": "SN-2"}
    boot = {"reason": "PowerUp", "chargingStation": about}
    await wire.send([2, "1", "BootNotification", boot])
    assert await wire.closed() == 1008
    kept = await eventually(lambda: Refusal.objects.get(reason="serial_mismatch"))
    assert "SN-2" in kept.detail
    assert (await rows(lambda: Station.objects.get(identity="CP1"))).serial_number == "SN-1"
    await eventually(lambda: LinkEvent.objects.filter(code=1008).exists(), "the close")


async def test_a_profile_2_station_may_show_a_certificate_and_is_no_less_for_it(
    secure: Secure, network: Organisation, roots: Signed
) -> None:
    await rows(lambda: register(network, "CP1", password=PASSWORD, security_profile=2))
    expired = roots.sign("CP1", ends_in=-DAY)
    wire = await secure.dial("CP1", shows=expired, **basic("CP1", PASSWORD))
    assert await wire.is_alive()
    await wire.close()
    assert await refused(secure, "CP1", shows=expired) == "no_credentials"


async def test_raising_the_profile_shuts_the_lower_one_out(
    secure: Secure, network: Organisation
) -> None:
    station = await rows(lambda: register(network, "CP1", password=PASSWORD, security_profile=1))
    wire = await secure.dial("CP1", is_plain=True, **basic("CP1", PASSWORD))
    await wire.close()
    await rows(lambda: change_station(station, security_profile=2, actor=OFFICE))
    plain = await refused(secure, "CP1", is_plain=True, **basic("CP1", PASSWORD))
    assert plain == "tls_required"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"OCPP_TLS_CERTIFICATES": ""}, "OCPP_TLS_CERTIFICATES='' is not a list of PEM files"),
        ({"OCPP_TLS_CERTIFICATES": "/nowhere.pem"}, "No such file"),
        ({"OCPP_TLS_CERTIFICATES": "empty.pem"}, "OCPP_TLS_CERTIFICATES="),
        ({"OCPP_TLS_CLIENT_CA": "empty.pem"}, "OCPP_TLS_CLIENT_CA="),
        ({"OCPP_TLS_MIN_VERSION": "1.1"}, "OCPP_TLS_MIN_VERSION='1.1' is not one of 1.2, 1.3"),
    ],
)
def test_a_bad_setting_stops_the_start(
    state: Path, roots: Signed, given: dict[str, str], words: str, db: None
) -> None:
    (state / "empty.pem").write_text("nothing\n")
    good = str(roots.sign("localhost").file(state, "good"))
    known = {"OCPP_TLS_PORT": "1", "OCPP_TLS_CERTIFICATES": good}
    env = environment(state, **server_environment(**known))
    env |= {
        name: value.replace("empty.pem", str(state / "empty.pem")) for name, value in given.items()
    }
    command = [str(ROOT / ".venv/bin/python"), "manage.py", "serve", "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
