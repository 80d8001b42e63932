import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.curve import Car, Supply
from apps.simulator.limits import parse_time
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet, Token
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms

HEARTBEAT_AND_SAMPLER = 2
Either = type[SimStation]


def energies_wh(csms: Csms) -> list[int]:
    """The sampled registers in the order in which they arrived."""
    samples = [
        sample
        for frame in csms.frames
        for value in (frame.payload or {}).get("meterValue", ())
        for sample in value["sampledValue"]
    ]
    return [int(s["value"]) for s in samples if s["measurand"].startswith("Energy")]


def states(csms: Csms, station_class: Either) -> list[str]:
    if station_class is SimStation16:
        return [p["status"] for p in csms.payloads("StatusNotification", connectorId=1)]
    return [p["transactionInfo"]["chargingState"] for p in csms.payloads("TransactionEvent")]


async def test_a_16_session_is_told_from_plug_to_unplug(
    csms: Csms, make: MakeStation, clock: ManualClock
) -> None:
    station = make(SimStation16, clock=clock, outlets=[Outlet(1, meter=Meter(5_000))])
    await station.connect()
    await station.plug_in()
    session = await station.start_session(token="AB12")
    await station.sample(power_w=11_000, advance_s=900)
    await station.sample(power_w=7_200, advance_s=1)
    await station.stop_session()
    await station.unplug()
    start, stop = csms.payloads("StartTransaction")[0], csms.payloads("StopTransaction")[0]
    assert (start["idTag"], start["meterStart"]) == ("AB12", 5_000)
    assert stop["meterStop"] == 5_000 + 2_750 + 2 == station.register_wh
    assert stop["transactionId"] == session.transaction_id
    assert stop["reason"] == "Local"
    lasted = parse_time(stop["timestamp"]) - parse_time(start["timestamp"])
    assert lasted == timedelta(seconds=901)
    assert states(csms, SimStation16) == [
        "Available",
        "Preparing",
        "Charging",
        "Finishing",
        "Available",
    ]
    assert csms.problems == []


async def test_a_201_session_counts_its_events_and_names_its_evse_once(
    csms: Csms, make: MakeStation, clock: ManualClock
) -> None:
    station = make(SimStation201, clock=clock)
    await station.connect()
    await station.plug_in()
    session = await station.start_session(token=Token("AB12", "ISO15693"))
    await station.sample(power_w=11_000, advance_s=900)
    await station.stop_session()
    events = csms.payloads("TransactionEvent")
    assert [event["eventType"] for event in events] == ["Started", "Updated", "Updated", "Ended"]
    assert [event["seqNo"] for event in events] == [0, 1, 2, 3]
    assert {event["transactionInfo"]["transactionId"] for event in events} == {session.key}
    assert [event.get("evse") for event in events] == [{"id": 1, "connectorId": 1}] + [None] * 3
    assert events[0]["idToken"] == {"idToken": "AB12", "type": "ISO15693"}
    assert events[-1]["transactionInfo"]["stoppedReason"] == "Local"
    assert energies_wh(csms) == [0, 2_750, 2_750]
    assert csms.problems == []


async def test_the_curve_charges_until_full_and_the_register_follows_it(
    csms: Csms, make: MakeStation, either: Either, clock: ManualClock
) -> None:
    dc = Outlet(1, Supply("DC", 50_000, 3, 400.0))
    station = make(either, clock=clock, outlets=[dc], samples_itself=True, sample_interval_s=60)
    await station.connect()
    await station.plug_in(car=Car(capacity_wh=20_000, soc_pct=70.0, target_pct=90.0))
    session = await station.start_session(token="AB12")
    while session.charging_state == "Charging":
        await clock.wait_for_sleepers(HEARTBEAT_AND_SAMPLER)
        clock.advance(60)
        await asyncio.sleep(0)
    powers_w = [reading.power_w for reading in session.readings[1:]]
    assert max(powers_w) > 45_000
    assert powers_w[-1] < 30_000
    assert 3_999 <= station.register_wh <= 4_015
    assert energies_wh(csms) == sorted(energies_wh(csms))
    assert states(csms, either)[-1] == "SuspendedEV"
    assert csms.problems == []


async def test_a_pause_by_either_side_is_shown_and_draws_nothing(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    await station.start_session(token="AB12")
    await station.pause(by="EV")
    reading = await station.sample(advance_s=600)
    assert (reading.power_w, reading.register_wh) == (0, 0)
    await station.resume()
    await station.pause(by="EVSE")
    shown = [state for state in states(csms, either) if state.startswith("Suspended")]
    assert shown[0] == "SuspendedEV"
    assert shown[-1] == "SuspendedEVSE"


async def test_a_fault_ends_the_session_and_recovery_shows(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    await station.start_session(token="AB12")
    await station.fault("HighTemperature")
    assert station.active_sessions == []
    await station.recover()
    if either is SimStation16:
        faulted = csms.payloads("StatusNotification", status="Faulted")
        assert [payload["errorCode"] for payload in faulted] == ["HighTemperature"]
        assert csms.payloads("StopTransaction")[0]["reason"] == "Other"
    else:
        assert csms.of("StatusNotification", connectorStatus="Faulted")
        events = [p["eventData"][0] for p in csms.payloads("NotifyEvent")]
        assert [event["actualValue"] for event in events] == ["true", "false"]
        ended = csms.payloads("TransactionEvent", eventType="Ended")[0]
        assert ended["transactionInfo"]["stoppedReason"] == "GroundFault"
    assert csms.problems == []


async def test_a_refused_card_starts_nothing(csms: Csms, make: MakeStation, either: Either) -> None:
    for name in ("idTagInfo", "idTokenInfo"):
        if (name == "idTagInfo") == (either is SimStation16):
            csms.answers["Authorize"] = {name: {"status": "Blocked"}}
    station = make(either)
    await station.connect()
    assert await station.start_session(token="AB12") is None
    assert csms.of("StartTransaction") == csms.of("TransactionEvent") == []


@pytest.mark.parametrize(
    ("station_class", "action", "answer"),
    [
        (
            SimStation16,
            "StartTransaction",
            {"transactionId": 7, "idTagInfo": {"status": "Invalid"}},
        ),
        (SimStation201, "TransactionEvent", {"idTokenInfo": {"status": "Invalid"}}),
    ],
)
async def test_a_card_refused_after_the_start_ends_the_session(
    csms: Csms, make: MakeStation, station_class: Either, action: str, answer: dict[str, Any]
) -> None:
    csms.answers[action] = answer
    station = make(station_class)
    await station.connect()
    assert await station.start_session(token="AB12") is None
    await csms.wait_for(lambda: "DeAuthorized" in json.dumps([f.payload for f in csms.frames]))
    assert station.active_sessions == []


async def test_a_second_session_on_a_taken_outlet_does_not_start(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either, evses=2)
    await station.connect()
    await station.start_session(token="AB12", evse_id=1)
    assert await station.start_session(token="CD34", evse_id=1) is None
    assert await station.start_session(token="CD34", evse_id=2) is not None
    assert len(station.active_sessions) == 2
