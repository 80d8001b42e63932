"""L by version-neutral commands: followed to the end, kept, and told to the operator."""

from typing import Any

import pytest

from apps.commands.models import CommandRow, State
from apps.stations.models import Station, StationNotice
from tests.conformance.play import Play201
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}
CHECKSUM = "d41d8cd98f00b204e9800998ecf8427e"
WHERE = "https://files.example/f.bin"
SIGNED = {"signing_certificate": "-----BEGIN CERTIFICATE-----", "signature": "c2ln"}


async def told(play: Play201, number: int) -> dict[str, Any]:
    """What the operator is told of a command."""
    status, body = await play.operator.request("GET", f"commands/{number}/")
    assert status == 200
    return dict(body)


async def settled(number: int, state: State) -> CommandRow:
    return await eventually(lambda: CommandRow.objects.filter(pk=number, state=state).first())


async def updating(play: Play201, status: str = "Accepted", **given: Any) -> Any:
    """Signed firmware is ordered; what the operator hears."""
    _, outcome = await play.ordered(
        "update_firmware", [("UpdateFirmware", {"status": status})], location=WHERE,
        **(SIGNED | given),
    )  # fmt: skip
    return outcome


async def reports(play: Play201, number: int, *statuses: str) -> None:
    for status in statuses:
        said = {"status": status, "requestId": number}
        assert await play.ask("FirmwareStatusNotification", said) == {}


async def test_tc_l_01_02_03_csms(v201: Play201) -> None:
    await v201.booted()
    outcome = await updating(v201, retrieve_at="2030-01-01T00:00:00Z")
    number = outcome["id"]
    for status in ("DownloadScheduled", "Downloading", "SignatureVerified", "InstallScheduled"):
        await reports(v201, number, status)
        assert (await told(v201, number))["progress"] == status
    await reports(v201, number, "Installing", "Installed")
    row = await settled(number, State.CONFIRMED)
    assert (row.observed, row.progress) == ("The firmware is installed", "Installed")
    assert (await rows(Station.objects.get)).firmware_status == "Installed"


@pytest.mark.parametrize("status", ["RevokedCertificate", "InvalidCertificate"])
async def test_tc_l_04_05_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    outcome = await updating(v201, status)
    assert (outcome["state"], outcome["detail"]) == ("rejected", status)
    assert (await told(v201, outcome["id"]))["detail"] == status


@pytest.mark.parametrize(
    "end", ["InvalidSignature", "DownloadFailed", "InstallVerificationFailed", "InstallationFailed"]
)
async def test_tc_l_06_07_08_09_csms(v201: Play201, end: str) -> None:
    await v201.booted()
    outcome = await updating(v201)
    await reports(v201, outcome["id"], "Downloading", end)
    await settled(outcome["id"], State.FAILED)
    assert (await told(v201, outcome["id"]))["progress"] == end


async def test_tc_l_10_csms(v201: Play201) -> None:
    """The second takes the place of the first, whose order has failed."""
    await v201.booted()
    first = await updating(v201)
    await reports(v201, first["id"], "Downloading")
    second = await updating(v201, "AcceptedCanceled")
    assert (await settled(first["id"], State.FAILED)).progress == "AcceptedCanceled"
    await reports(v201, second["id"], "Installed")
    await settled(second["id"], State.CONFIRMED)


async def test_tc_l_11_csms(v201: Play201) -> None:
    """The second is refused, the first goes on."""
    await v201.booted()
    first = await updating(v201)
    second = await updating(v201, "Rejected")
    assert second["state"] == "rejected"
    await reports(v201, first["id"], "Installed")
    await settled(first["id"], State.CONFIRMED)


async def publishing(play: Play201) -> int:
    """A publication is ordered; its number."""
    heard, outcome = await play.ordered(
        "publish_firmware", [("PublishFirmware", ACCEPTED)], location=WHERE, checksum=CHECKSUM,
        retries=2,
    )  # fmt: skip
    number = int(outcome["id"])
    assert heard == [{"requestId": number, "location": WHERE, "checksum": CHECKSUM, "retries": 2}]
    return number


async def publishes(play: Play201, number: int, status: str, *where: str) -> None:
    said: dict[str, Any] = {"status": status, "requestId": number}
    said |= {"location": list(where)} if where else {}
    assert await play.ask("PublishFirmwareStatusNotification", said) == {}


async def test_tc_l_17_csms(v201: Play201) -> None:
    await v201.booted()
    number = await publishing(v201)
    for status in ("DownloadScheduled", "Downloading", "Downloaded", "ChecksumVerified"):
        await publishes(v201, number, status)
        assert (await told(v201, number))["progress"] == status
    await publishes(v201, number, "Published", "http://lc.local/f.bin", "ftp://lc.local/f.bin")
    row = await settled(number, State.CONFIRMED)
    where = "http://lc.local/f.bin, ftp://lc.local/f.bin"
    assert row.observed == f"The firmware is published at {where}"
    notice = await rows(lambda: StationNotice.objects.get(title="Publishing: Published"))
    assert (notice.kind, notice.detail) == ("firmware", where)


@pytest.mark.parametrize("end", ["DownloadFailed", "InvalidChecksum", "PublishFailed"])
async def test_tc_l_19_20_24_csms(v201: Play201, end: str) -> None:
    await v201.booted()
    number = await publishing(v201)
    await publishes(v201, number, "Downloading")
    await publishes(v201, number + 1, end)
    assert (await told(v201, number))["progress"] == "Downloading"
    await publishes(v201, number, end)
    await settled(number, State.FAILED)
    assert (await told(v201, number))["progress"] == end


@pytest.mark.parametrize(
    ("status", "state"),
    [("Unpublished", "confirmed"), ("NoFirmware", "rejected"), ("DownloadOngoing", "rejected")],
)
async def test_tc_l_21_22_23_csms(v201: Play201, status: str, state: str) -> None:
    await v201.booted()
    answers = [("UnpublishFirmware", {"status": status})]
    heard, outcome = await v201.ordered("unpublish_firmware", answers, checksum=CHECKSUM)
    assert heard == [{"checksum": CHECKSUM}]
    assert (outcome["state"], outcome["detail"]) == (state, status)
