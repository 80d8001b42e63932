"""The simulated 2.0.1 station's device model, monitors, and what it knows of customers."""

from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.v201 import SimStation201
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms
from tests.simulator.test_commands import TOKEN

POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
CLOCK = {"component": {"name": "clockctrlr"}}
WANTED = POWER | {"value": 5000, "type": "UpperThreshold", "severity": 4}


@pytest.fixture
async def station(make: MakeStation, clock: ManualClock) -> SimStation201:
    made: SimStation201 = make(SimStation201, clock=clock)
    await made.connect()
    return made


async def reported(csms: Csms, action: str, member: str, count: int) -> list[dict[str, Any]]:
    """The entries of a report, once ``count`` of its parts came."""
    await csms.wait_for_frame(action, count)
    parts = csms.payloads(action)
    assert [part["seqNo"] for part in parts] == list(range(count))
    assert [part.get("tbc", False) for part in parts] == [True] * (count - 1) + [False]
    return [entry for part in parts for entry in part[member]]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"componentVariable": [POWER]}, {"Power"}),
        ({"componentVariable": [CLOCK]}, {"DateTime", "TimeSource"}),
        ({"componentCriteria": ["Available"], "componentVariable": [POWER]}, {"Power"}),
    ],
)  # fmt: skip
async def test_a_report_is_what_was_asked_for(
    csms: Csms, station: SimStation201, asked: dict[str, Any], names: set[str]
) -> None:
    assert await csms.call("GetReport", {"requestId": 3} | asked) == {"status": "Accepted"}
    entries = await reported(csms, "NotifyReport", "reportData", 1)
    assert {entry["variable"]["name"] for entry in entries} == names


async def test_problems_are_reported_once_there_are_any(csms: Csms, station: SimStation201) -> None:
    asked = {"requestId": 3, "componentCriteria": ["Problem"]}
    assert await csms.call("GetReport", asked) == {"status": "EmptyResultSet"}
    await station.fault()
    assert await csms.call("GetReport", asked) == {"status": "Accepted"}
    entries = await reported(csms, "NotifyReport", "reportData", 1)
    assert {entry["component"]["name"] for entry in entries} == {"Connector"}


async def test_monitors_are_set_reported_and_cleared(csms: Csms, station: SimStation201) -> None:
    mute = WANTED | {"variable": {"name": "Available"}}
    lost = WANTED | {"variable": {"name": "Nonsense"}}
    answer = await csms.call("SetVariableMonitoring", {"setMonitoringData": [WANTED, mute, lost]})
    results = answer["setMonitoringResult"]
    assert [result["status"] for result in results] == ["Accepted", "Rejected", "UnknownVariable"]
    number = results[0]["id"]
    asked = {"requestId": 4, "monitoringCriteria": ["ThresholdMonitoring"]}
    assert await csms.call("GetMonitoringReport", asked) == {"status": "Accepted"}
    entries = await reported(csms, "NotifyMonitoringReport", "monitor", 1)
    shown = [monitor["id"] for entry in entries for monitor in entry["variableMonitoring"]]
    assert shown == [1, number]
    none = {"requestId": 5, "monitoringCriteria": ["DeltaMonitoring"]}
    assert await csms.call("GetMonitoringReport", none) == {"status": "EmptyResultSet"}
    answer = await csms.call("ClearVariableMonitoring", {"id": [1, number, number]})
    words = [result["status"] for result in answer["clearMonitoringResult"]]
    assert words == ["Rejected", "Accepted", "NotFound"]


async def test_a_base_takes_our_monitors_away(csms: Csms, station: SimStation201) -> None:
    await csms.call("SetVariableMonitoring", {"setMonitoringData": [WANTED]})
    assert len(station.watch.monitors) == 2
    await csms.call("SetMonitoringBase", {"monitoringBase": "All"})
    assert len(station.watch.monitors) == 2
    await csms.call("SetMonitoringBase", {"monitoringBase": "FactoryDefault"})
    assert len(station.watch.monitors) == 1


@pytest.mark.parametrize(("level", "heard"), [(9, 2), (3, 0)])
async def test_a_threshold_that_is_passed_is_told_and_its_end_too(
    csms: Csms, station: SimStation201, clock: ManualClock, level: int, heard: int
) -> None:
    await csms.call("SetMonitoringLevel", {"severity": level})
    await csms.call("SetVariableMonitoring", {"setMonitoringData": [WANTED]})
    await station.start_session(token="AB12")
    for _ in range(2):
        clock.advance(60)
        await station.tick()
    await station.stop_session()
    events = [entry for told in csms.payloads("NotifyEvent") for entry in told["eventData"]]
    assert [entry.get("cleared", False) for entry in events] == [False, True][:heard]
    for entry in events:
        assert (entry["trigger"], entry["eventNotificationType"]) == ("Alerting", "CustomMonitor")
        assert entry["component"] == POWER["component"]


async def test_what_it_knows_of_a_card_is_told_and_forgotten(
    csms: Csms, station: SimStation201
) -> None:
    await station.start_session(token="AB12")
    asked = {"requestId": 6, "report": True, "clear": True, "idToken": TOKEN}
    assert await csms.call("CustomerInformation", asked) == {"status": "Accepted"}
    await csms.wait_for_frame("NotifyCustomerInformation")
    (first,) = csms.payloads("NotifyCustomerInformation")
    assert first["data"].startswith("Card AB12: 1 sessions. ")
    await csms.call("CustomerInformation", asked | {"clear": False})
    await csms.wait_for_frame("NotifyCustomerInformation", 2)
    (_, second) = csms.payloads("NotifyCustomerInformation")
    assert second["data"] == ""
