"""O: display messages."""

from typing import Any

import pytest

from apps.commands.models import CommandRow
from tests.conformance.play import Play201
from tests.servers import rows

ACCEPTED = {"status": "Accepted"}
STARTS, ENDS = "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"


def shown(number: int = 1, **more: Any) -> dict[str, Any]:
    """A SetDisplayMessage."""
    content = {"format": "UTF8", "language": "en", "content": "Closed for works"}
    return {"message": {"id": number, "priority": "NormalCycle", "message": content} | more}


async def played(
    play: Play201, action: str, payload: dict[str, Any], status: str = "Accepted"
) -> None:
    """The operator's call reaches the station as it is, and its verdict the operator."""
    heard, outcome = await play.told(action, payload, {"status": status})
    assert heard == payload
    assert outcome["response"] == {"status": status}
    assert outcome["status"] == ("accepted" if status == "Accepted" else "rejected")
    kept = await rows(lambda: CommandRow.objects.latest("id"))
    assert kept.response == {"status": status}


async def test_tc_o_01_csms(v201: Play201) -> None:
    await v201.booted()
    await played(v201, "SetDisplayMessage", shown(state="Idle"))


@pytest.mark.parametrize(
    "wanted", [{}, {"id": [1]}, {"priority": "NormalCycle"}, {"state": "Idle"}], ids=str
)
async def test_tc_o_02_07_08_09_csms(v201: Play201, wanted: dict[str, Any]) -> None:
    await v201.booted()
    await played(v201, "GetDisplayMessages", {"requestId": 4} | wanted)
    for tbc in (True, False):
        part = {"requestId": 4, "tbc": tbc, "messageInfo": [shown(state="Idle")["message"]]}
        assert await v201.ask("NotifyDisplayMessages", part) == {}


@pytest.mark.parametrize("wanted", [{}, {"id": [99]}], ids=["all", "unknown"])
async def test_tc_o_03_11_csms(v201: Play201, wanted: dict[str, Any]) -> None:
    await v201.booted()
    await played(v201, "GetDisplayMessages", {"requestId": 4} | wanted, "Unknown")


@pytest.mark.parametrize("status", ["Accepted", "Unknown"])
async def test_tc_o_04_05_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    await played(v201, "SetDisplayMessage", shown())
    await played(v201, "ClearDisplayMessage", {"id": 1}, status)


@pytest.mark.parametrize("status", ["Accepted", "UnknownTransaction"])
async def test_tc_o_06_10_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    await v201.charging()
    message = shown(transactionId=v201.transaction_id)
    await played(v201, "SetDisplayMessage", message, status)


async def test_tc_o_12_csms(v201: Play201) -> None:
    """The same id again takes the place of the message."""
    await v201.booted()
    await played(v201, "SetDisplayMessage", shown())
    await played(v201, "SetDisplayMessage", shown(priority="InFront"))


@pytest.mark.parametrize("when", [{"startDateTime": STARTS}, {"endDateTime": ENDS}], ids=str)
async def test_tc_o_13_14_csms(v201: Play201, when: dict[str, str]) -> None:
    await v201.booted()
    await played(v201, "SetDisplayMessage", shown(**when))


@pytest.mark.parametrize(
    "status",
    ["NotSupportedPriority", "NotSupportedState", "NotSupportedMessageFormat", "Rejected"],
)
async def test_tc_o_17_18_19_26_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    await played(v201, "SetDisplayMessage", shown(state="Faulted"), status)
    assert await v201.wire.is_alive()


async def test_tc_o_25_csms(v201: Play201) -> None:
    await v201.booted()
    await played(v201, "SetDisplayMessage", shown(state="Charging"))


@pytest.mark.parametrize("when", [{"startDateTime": STARTS}, {"endDateTime": ENDS}], ids=str)
async def test_tc_o_27_28_csms(v201: Play201, when: dict[str, str]) -> None:
    await v201.booted()
    await v201.charging()
    await played(v201, "SetDisplayMessage", shown(transactionId=v201.transaction_id, **when))
