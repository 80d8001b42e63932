"""G: availability."""

from typing import Any

import pytest

from apps.commands.models import CommandRow, State
from apps.device.models import DeviceEvent
from apps.stations.models import Connector
from tests.conformance.play import Play201, now
from tests.servers import eventually, rows

PLACES: dict[str, dict[str, int]] = {
    "evse": {"evse_id": 1},
    "station": {},
    "connector": {"evse_id": 1, "connector_id": 1},
}
EVSES = {"evse": {"id": 1}, "station": None, "connector": {"id": 1, "connectorId": 1}}


async def changed(play: Play201, scope: str, operative: bool, answer: str) -> Any:
    """The operator changes the availability; the command as it stands afterwards."""
    heard, outcome = await play.ordered(
        "change_availability",
        [("ChangeAvailability", {"status": answer})],
        operative=operative,
        **PLACES[scope],
    )
    word = "Operative" if operative else "Inoperative"
    assert heard[0] == {"operationalStatus": word} | (
        {"evse": EVSES[scope]} if EVSES[scope] else {}
    )
    return outcome


async def shown(status: str) -> None:
    await eventually(lambda: Connector.objects.get(status=status))


@pytest.mark.parametrize("scope", list(PLACES))
async def test_tc_g_03_04_05_06_07_08_csms(v201: Play201, scope: str) -> None:
    await v201.booted()
    await changed(v201, scope, operative=False, answer="Accepted")
    await v201.status("Unavailable")
    await shown("Unavailable")
    await changed(v201, scope, operative=True, answer="Accepted")
    await v201.status("Available")
    await shown("Available")
    await eventually(lambda: CommandRow.objects.filter(state=State.CONFIRMED).count() == 2)


@pytest.mark.parametrize("scope", list(PLACES))
async def test_tc_g_11_14_17_csms(v201: Play201, scope: str) -> None:
    """During a transaction the change waits for its end."""
    await v201.booted()
    await v201.charging()
    outcome = await changed(v201, scope, operative=False, answer="Scheduled")
    assert outcome["state"] == "accepted"
    await v201.stopped()
    await v201.status("Unavailable")
    await eventually(lambda: CommandRow.objects.get(state=State.CONFIRMED))


async def test_tc_g_20_csms(v201: Play201) -> None:
    await v201.booted()
    event = {
        "eventId": 7,
        "timestamp": now(),
        "trigger": "Delta",
        "actualValue": "true",
        "component": {"name": "ConnectorPlugRetentionLock", "evse": {"id": 1, "connectorId": 1}},
        "variable": {"name": "Problem"},
        "eventNotificationType": "HardWiredNotification",
    }
    told = {"generatedAt": now(), "seqNo": 0, "eventData": [event]}
    assert await v201.ask("NotifyEvent", told) == {}
    event = await rows(lambda: DeviceEvent.objects.get())
    assert (event.component, event.variable) == ("ConnectorPlugRetentionLock", "Problem")
    assert (event.evse_id, event.connector_id, event.value) == (1, 1, "true")
