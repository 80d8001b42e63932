"""What a simulated station shows, and the firmware that it keeps for others."""

from typing import Any

from apps.simulator.clock import Clock
from apps.simulator.v201 import SimStation201
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms


def message(number: int, **more: Any) -> dict[str, Any]:
    content = {"format": "UTF8", "content": f"Message {number}"}
    return {"id": number, "priority": "NormalCycle", "message": content} | more


async def test_messages_are_kept_reported_in_parts_and_cleared(
    csms: Csms, make: MakeStation
) -> None:
    station = make(SimStation201)
    await station.connect()
    for number in (1, 2, 3):
        shown = message(number, state="Idle", startDateTime="2026-01-01T00:00:00Z")
        assert await csms.call("SetDisplayMessage", {"message": shown}) == {"status": "Accepted"}
    html = message(4, message={"format": "HTML", "content": "<b>"})
    answer = await csms.call("SetDisplayMessage", {"message": html})
    assert answer == {"status": "NotSupportedMessageFormat"}
    bound = message(5, transactionId="nobody's")
    answer = await csms.call("SetDisplayMessage", {"message": bound})
    assert answer == {"status": "UnknownTransaction"}
    assert await csms.call("GetDisplayMessages", {"requestId": 6}) == {"status": "Accepted"}
    await csms.wait_for_frame("NotifyDisplayMessages", 2)
    first, last = csms.payloads("NotifyDisplayMessages")
    assert (first["tbc"], last["tbc"]) == (True, False)
    assert first["messageInfo"][0]["startDateTime"] == "2026-01-01T00:00:00Z"
    assert [one["id"] for one in first["messageInfo"] + last["messageInfo"]] == [1, 2, 3, 1000]
    assert await csms.call("ClearDisplayMessage", {"id": 2}) == {"status": "Accepted"}
    assert await csms.call("ClearDisplayMessage", {"id": 2}) == {"status": "Unknown"}
    asked = {"requestId": 7, "id": [2], "priority": "InFront"}
    assert await csms.call("GetDisplayMessages", asked) == {"status": "Unknown"}


async def test_firmware_is_published_and_taken_back(csms: Csms, make: MakeStation) -> None:
    station = make(SimStation201, clock=Clock(speed=1000))
    await station.connect()
    order = {"location": "https://files.example/f", "checksum": "c" * 32, "requestId": 8}
    assert await csms.call("PublishFirmware", order) == {"status": "Accepted"}
    last = await csms.wait_for_frame("PublishFirmwareStatusNotification", status="Published")
    assert last.payload["requestId"] == 8
    assert await csms.call("UnpublishFirmware", {"checksum": "c" * 32}) == {"status": "Unpublished"}
    assert await csms.call("UnpublishFirmware", {"checksum": "c" * 32}) == {"status": "NoFirmware"}
