"""L: firmware."""

from typing import Any

import pytest

from apps.stations.models import Station, StationNotice
from tests.conformance.play import Play201, now
from tests.servers import rows

ACCEPTED = {"status": "Accepted"}
SIGNING = {"signingCertificate": "-----BEGIN CERTIFICATE-----", "signature": "c2lnbmF0dXJl"}
FETCHED = ["Downloading", "Downloaded", "SignatureVerified"]
INSTALLED = [*FETCHED, "Installing", "InstallRebooting"]


def order(request_id: int = 1, **when: str) -> dict[str, Any]:
    """An UpdateFirmware with everything that the signed form needs."""
    firmware = {"location": "https://files.example/f.bin", "retrieveDateTime": now()}
    return {"requestId": request_id, "firmware": firmware | SIGNING | when}


async def updated(play: Play201, request: dict[str, Any], status: str = "Accepted") -> Any:
    """The operator orders an update; what he hears."""
    heard, outcome = await play.told("UpdateFirmware", request, {"status": status})
    assert heard == request
    return outcome


async def reports(play: Play201, *statuses: str, request_id: int = 1) -> None:
    for status in statuses:
        told = {"status": status, "requestId": request_id}
        assert await play.ask("FirmwareStatusNotification", told) == {}


async def security_event(play: Play201, kind: str) -> None:
    assert await play.ask("SecurityEventNotification", {"type": kind, "timestamp": now()}) == {}
    notice = await rows(lambda: StationNotice.objects.get(kind="security"))
    assert notice.title == kind


async def last_status(word: str) -> None:
    station = await rows(Station.objects.get)
    assert station.firmware_status == word
    shown = await rows(lambda: StationNotice.objects.filter(kind="firmware", title=word).exists())
    assert shown


async def rebooted(play: Play201) -> None:
    await play.leave()
    await play.connect()
    assert (await play.boot("FirmwareUpdate", firmwareVersion="2.0"))["status"] == "Accepted"
    await play.status("Available")


async def test_tc_l_01_csms(v201: Play201) -> None:
    await v201.booted()
    outcome = await updated(v201, order())
    assert outcome["status"] == "accepted"
    await reports(v201, *INSTALLED)
    await rebooted(v201)
    await security_event(v201, "FirmwareUpdated")
    await reports(v201, "Installed")
    await last_status("Installed")
    assert (await rows(Station.objects.get)).firmware == "2.0"


@pytest.mark.parametrize(
    ("member", "word"),
    [("installDateTime", "InstallScheduled"), ("retrieveDateTime", "DownloadScheduled")],
)
async def test_tc_l_02_03_csms(v201: Play201, member: str, word: str) -> None:
    await v201.booted()
    await updated(v201, order(**{member: "2030-01-01T00:00:00Z"}))
    is_install = member == "installDateTime"
    before = FETCHED if is_install else []
    await reports(v201, *before, word)
    await last_status(word)
    await reports(v201, *([] if is_install else FETCHED), "Installing", "Installed")
    await last_status("Installed")


@pytest.mark.parametrize("status", ["RevokedCertificate", "InvalidCertificate"])
async def test_tc_l_04_05_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    outcome = await updated(v201, order(), status)
    assert outcome["status"] == "rejected"
    assert outcome["response"] == {"status": status}
    await security_event(v201, "InvalidFirmwareSigningCertificate")


@pytest.mark.parametrize(
    ("before", "end"),
    [
        (["Downloading", "Downloaded"], "InvalidSignature"),
        (["Downloading"], "DownloadFailed"),
        (FETCHED, "InstallVerificationFailed"),
        (INSTALLED, "InstallationFailed"),
    ],
    ids=["signature", "download", "verification", "installation"],
)
async def test_tc_l_06_07_08_09_csms(v201: Play201, before: list[str], end: str) -> None:
    await v201.booted()
    await updated(v201, order())
    await reports(v201, *before)
    if end == "InvalidSignature":
        await security_event(v201, "InvalidFirmwareSignature")
    if "InstallRebooting" in before:
        await rebooted(v201)
    await reports(v201, end)
    await last_status(end)


async def test_tc_l_10_csms(v201: Play201) -> None:
    """A second order takes the place of the first."""
    await v201.booted()
    await updated(v201, order())
    await reports(v201, "Downloading")
    outcome = await updated(v201, order(2), "AcceptedCanceled")
    assert outcome["status"] == "accepted"
    await reports(v201, *FETCHED, "Installing", "Installed", request_id=2)
    await last_status("Installed")


async def test_tc_l_11_csms(v201: Play201) -> None:
    """A second order is refused, the first goes on."""
    await v201.booted()
    await updated(v201, order())
    await reports(v201, "Downloading")
    outcome = await updated(v201, order(2), "Rejected")
    assert outcome["status"] == "rejected"
    await reports(v201, "Downloaded", "SignatureVerified", "Installing", "Installed")
    await last_status("Installed")


async def test_tc_l_13_csms(v201: Play201) -> None:
    """It waits until nobody charges; other connectors are closed meanwhile."""
    await v201.booted()
    await v201.charging()
    await updated(v201, order())
    await reports(v201, "DownloadScheduled")
    await v201.status("Unavailable", 2)
    await v201.stopped()
    await v201.status("Unavailable")
    await reports(v201, *INSTALLED)
    await rebooted(v201)
    await reports(v201, "Installed")
    await last_status("Installed")


@pytest.mark.parametrize(
    ("before", "end"),
    [
        (["Downloading", "Downloaded", "ChecksumVerified"], "Published"),
        (["Downloading"], "DownloadFailed"),
        (["Downloading", "Downloaded"], "InvalidChecksum"),
        (["Downloading", "Downloaded", "ChecksumVerified"], "PublishFailed"),
    ],
    ids=["published", "download", "checksum", "publish"],
)
async def test_tc_l_17_19_20_24_csms(v201: Play201, before: list[str], end: str) -> None:
    await v201.booted()
    request = {
        "location": "https://files.example/f.bin",
        "checksum": "d41d8cd98f00b204e9800998ecf8427e",
        "requestId": 3,
    }
    heard, outcome = await v201.told("PublishFirmware", request, ACCEPTED)
    assert heard == request
    assert outcome["status"] == "accepted"
    for status in (*before, end):
        told: dict[str, Any] = {"status": status, "requestId": 3}
        if status == "Published":
            told["location"] = ["http://lc.local/f.bin"]
        assert await v201.ask("PublishFirmwareStatusNotification", told) == {}


@pytest.mark.parametrize(
    ("status", "state"),
    [("Unpublished", "accepted"), ("NoFirmware", "rejected"), ("DownloadOngoing", "rejected")],
)
async def test_tc_l_21_22_23_csms(v201: Play201, status: str, state: str) -> None:
    await v201.booted()
    request = {"checksum": "d41d8cd98f00b204e9800998ecf8427e"}
    heard, outcome = await v201.told("UnpublishFirmware", request, {"status": status})
    assert heard == request
    assert outcome["status"] == state
