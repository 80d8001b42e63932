"""The operator's orders, of no version: firmware, logs and monitors at either kind of station."""

from typing import Any

import pytest

from apps.commands.models import CommandRow, State
from tests.conformance.play import Play16, Play201
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}
SIGNED = {"signing_certificate": "-----BEGIN CERTIFICATE-----", "signature": "c2ln"}
PLUG = {
    "component": {"name": "EVSE", "evse": {"id": 1}},
    "variable": {"name": "AvailabilityState"},
}


async def now_is(state: State, number: int | None = None) -> CommandRow:
    wanted = {"state": state} | ({"pk": number} if number else {})
    return await eventually(lambda: CommandRow.objects.get(**wanted))


async def report(play: Play201 | Play16, action: str, status: str, number: int) -> None:
    assert await play.ask(action, {"status": status, "requestId": number}) == {}


async def test_firmware_is_followed_to_its_installation(v201: Play201) -> None:
    await v201.booted()
    heard, outcome = await v201.ordered(
        "update_firmware",
        [("UpdateFirmware", ACCEPTED)],
        location="https://files.example/f.bin",
        install_at="2030-01-01T00:00:00Z",
        **SIGNED,
    )
    assert heard[0]["requestId"] == outcome["id"]
    assert heard[0]["firmware"]["signature"] == "c2ln"
    assert heard[0]["firmware"]["retrieveDateTime"].endswith("Z")
    assert outcome["state"] == "accepted"
    await report(v201, "FirmwareStatusNotification", "Downloading", outcome["id"])
    row = await rows(CommandRow.objects.get)
    assert (row.state, row.progress) == ("accepted", "Downloading")
    await report(v201, "FirmwareStatusNotification", "Installed", outcome["id"])
    assert (await now_is(State.CONFIRMED)).observed == "The firmware is installed"


@pytest.mark.parametrize("signed", [{}, SIGNED], ids=["plain", "signed"])
async def test_firmware_of_a_1_6_station(v16: Play16, signed: dict[str, str]) -> None:
    await v16.booted()
    action = "SignedUpdateFirmware" if signed else "UpdateFirmware"
    heard, outcome = await v16.ordered(
        "update_firmware",
        [(action, ACCEPTED if signed else {})],
        location="https://files.example/f.bin",
        **signed,
    )
    told: dict[str, Any] = {"status": "DownloadFailed"}
    if signed:
        assert heard[0]["requestId"] == outcome["id"]
        told["requestId"] = outcome["id"]
    else:
        assert sorted(heard[0]) == ["location", "retrieveDate"]
    await v16.ask(f"{'Signed' if signed else ''}FirmwareStatusNotification", told)
    assert (await now_is(State.FAILED)).progress == "DownloadFailed"


async def test_a_second_order_takes_the_place_of_the_first(v201: Play201) -> None:
    await v201.booted()
    where = {"location": "https://files.example/logs/"}
    _, first = await v201.ordered("get_log", [("GetLog", ACCEPTED)], **where)
    replaced = [("GetLog", {"status": "AcceptedCanceled"})]
    _, second = await v201.ordered("get_log", replaced, **where)
    assert (await now_is(State.FAILED, first["id"])).progress == "AcceptedCanceled"
    await report(v201, "LogStatusNotification", "Uploading", first["id"])
    await report(v201, "LogStatusNotification", "Uploaded", second["id"])
    await now_is(State.CONFIRMED, second["id"])
    await now_is(State.FAILED, first["id"])


async def test_diagnostics_and_the_security_log_of_a_1_6_station(v16: Play16) -> None:
    await v16.booted()
    where = {"location": "https://files.example/logs/"}
    answers = [("GetDiagnostics", {"fileName": "d.zip"})]
    heard, outcome = await v16.ordered(
        "get_log", answers, oldest_at="2026-01-01T00:00:00Z", retries=2, **where
    )
    assert heard == [where | {"startTime": "2026-01-01T00:00:00Z", "retries": 2}]
    assert outcome["detail"] == "d.zip"
    await v16.ask("DiagnosticsStatusNotification", {"status": "Uploaded"})
    await now_is(State.CONFIRMED)
    heard, outcome = await v16.ordered("get_log", [("GetLog", ACCEPTED)], kind="security", **where)
    assert heard[0]["logType"] == "SecurityLog"


async def test_nothing_to_upload_is_a_refusal(v16: Play16) -> None:
    await v16.booted()
    where = "https://files.example/logs/"
    _, outcome = await v16.ordered("get_log", [("GetDiagnostics", {})], location=where)
    assert (outcome["state"], outcome["detail"]) == ("rejected", "Nothing to upload")


async def test_monitors_are_set_with_every_verdict(v201: Play201) -> None:
    await v201.booted()
    monitors = [PLUG | {"type": kind, "value": 1, "severity": 8} for kind in ("Delta", "Periodic")]
    results = [
        PLUG | {"type": kind, "severity": 8, "status": status}
        for kind, status in (("Delta", "Accepted"), ("Periodic", "Duplicate"))
    ]
    answers = [("SetVariableMonitoring", {"setMonitoringResult": results})]
    heard, outcome = await v201.ordered("set_monitors", answers, monitors=monitors)
    assert heard == [{"setMonitoringData": monitors}]
    assert (outcome["state"], outcome["detail"]) == ("rejected", "Duplicate")
