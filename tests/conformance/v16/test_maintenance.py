"""Firmware, diagnostics and logs, signed and unsigned."""

from itertools import permutations
from typing import Any

import pytest

from apps.commands.models import CommandRow
from apps.stations.models import Station, StationNotice
from tests.conformance.play import Play16, now
from tests.conformance.shown import shown, tab
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}
FETCHED = ["Downloading", "Downloaded"]


async def reports(play: Play16, *statuses: str) -> None:
    for status in statuses:
        assert await play.ask("FirmwareStatusNotification", {"status": status}) == {}


async def rebooted(play: Play16) -> None:
    await play.leave()
    await play.connect()
    assert (await play.boot(firmwareVersion="2.0"))["status"] == "Accepted"
    await play.status("Available", 0)


@pytest.mark.parametrize(
    ("before", "end"),
    [
        ([*FETCHED, "Installing"], "Installed"),
        (["Downloading"], "DownloadFailed"),
        ([*FETCHED, "Installing"], "InstallationFailed"),
    ],
)
async def test_tc_044_1_044_2_044_3_csms(v16: Play16, before: list[str], end: str) -> None:
    await v16.booted()
    request = {"location": "https://files.example/f.bin", "retrieveDate": now()}
    heard, outcome = await v16.told("UpdateFirmware", request, {})
    assert heard == request
    assert outcome["status"] == "accepted"
    await reports(v16, *before[:2])
    await v16.status("Unavailable")
    await reports(v16, *before[2:])
    if end == "Installed":
        await rebooted(v16)
    await reports(v16, end)
    assert (await rows(Station.objects.get)).firmware_status == end


@pytest.mark.parametrize("end", ["Uploaded", "UploadFailed"])
async def test_tc_045_1_045_2_csms(v16: Play16, end: str) -> None:
    await v16.booted()
    request = {"location": "https://files.example/logs/"}
    heard, outcome = await v16.told("GetDiagnostics", request, {"fileName": "diag.zip"})
    assert heard == request
    assert outcome["response"] == {"fileName": "diag.zip"}
    for status in ("Uploading", end):
        assert await v16.ask("DiagnosticsStatusNotification", {"status": status}) == {}
    assert (await rows(Station.objects.get)).log_status == end


async def test_tc_079_csms(v16: Play16) -> None:
    await v16.booted()
    request: dict[str, Any] = {
        "logType": "SecurityLog",
        "requestId": 1,
        "log": {"remoteLocation": "https://files.example/logs/"},
    }
    answer = ACCEPTED | {"filename": "security.log"}
    heard, outcome = await v16.told("GetLog", request, answer)
    assert heard == request
    assert outcome["status"] == "accepted"
    for status in ("Uploading", "Uploaded"):
        told = {"status": status, "requestId": 1}
        assert await v16.ask("LogStatusNotification", told) == {}
    assert (await rows(Station.objects.get)).log_status == "Uploaded"
    assert "Uploaded" in await tab("maintenance")
    location = request["log"]["remoteLocation"]
    answers = [("GetLog", answer)]
    heard, outcome = await v16.ordered("get_log", answers, kind="security", location=location)
    assert heard == [request | {"requestId": outcome["id"]}], "the command says the same"
    told = {"status": "Uploaded", "requestId": outcome["id"]}
    assert await v16.ask("LogStatusNotification", told) == {}
    await eventually(lambda: CommandRow.objects.get(pk=outcome["id"], state="confirmed"))
    assert "The file was uploaded" in await shown(f"/commands/{outcome['id']}/")


async def signed_update(play: Play16) -> None:
    firmware = {
        "location": "https://files.example/f.bin",
        "retrieveDateTime": now(),
        "signingCertificate": "-----BEGIN CERTIFICATE-----",
        "signature": "c2lnbmF0dXJl",
    }
    request = {"requestId": 9, "firmware": firmware}
    heard, outcome = await play.told("SignedUpdateFirmware", request, ACCEPTED)
    assert heard == request
    assert outcome["status"] == "accepted"


async def signed_reports(play: Play16, *statuses: str) -> None:
    for status in statuses:
        told = {"status": status, "requestId": 9}
        assert await play.ask("SignedFirmwareStatusNotification", told) == {}


async def security_event(play: Play16, kind: str) -> None:
    told = {"type": kind, "timestamp": now()}
    assert await play.ask("SecurityEventNotification", told) == {}
    assert (await rows(lambda: StationNotice.objects.get(kind="security"))).title == kind


@pytest.mark.parametrize("order", list(permutations(("boot", "event", "status"))), ids="-".join)
async def test_tc_080_csms(v16: Play16, order: tuple[str, ...]) -> None:
    """What follows the installation may come in any order."""
    await v16.booted()
    await signed_update(v16)
    await signed_reports(v16, *FETCHED, "SignatureVerified", "Installing", "InstallRebooting")
    for step in order:
        match step:
            case "boot":
                await rebooted(v16)
            case "event":
                await security_event(v16, "FirmwareUpdated")
            case "status":
                await signed_reports(v16, "Installed")
    station = await rows(Station.objects.get)
    assert (station.firmware, station.firmware_status) == ("2.0", "Installed")
    page = await tab("maintenance")
    assert all(word in page for word in ("2.0", "Installed"))
    assert "FirmwareUpdated" in await tab("security")


async def test_tc_081_csms(v16: Play16) -> None:
    await v16.booted()
    await signed_update(v16)
    await signed_reports(v16, *FETCHED, "InvalidSignature")
    await security_event(v16, "InvalidFirmwareSignature")
    assert (await rows(Station.objects.get)).firmware_status == "InvalidSignature"
    assert "InvalidSignature" in await tab("maintenance")
    assert "InvalidFirmwareSignature" in await tab("security")
