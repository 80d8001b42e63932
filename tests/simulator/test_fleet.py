"""Many stations: once through, and the eight of the demo."""

import asyncio
import random
from typing import Any

import pytest

from apps.simulator import behaviour, demo
from apps.simulator.behaviour import Visit
from apps.simulator.clock import ManualClock
from apps.simulator.curve import Car
from apps.simulator.demo import DEMO_STATIONS, DEMO_TOKENS
from apps.simulator.fleet import FleetOptions, build_fleet, protocols_for, run_fleet
from apps.simulator.outlet import Token
from apps.simulator.quirks import UnknownQuirkError
from apps.simulator.station import SimStation
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms


async def test_once_runs_one_whole_session_per_station_and_leaves(csms: Csms) -> None:
    said: list[str] = []
    options = FleetOptions(csms.url, stations=4, speed=200.0, is_once=True, once_s=0.05)
    await run_fleet(options, asyncio.Event(), said.append)
    assert len(csms.of("StartTransaction")) == len(csms.of("StopTransaction")) == 2
    ends = csms.payloads("TransactionEvent", eventType="Ended")
    assert [end["transactionInfo"]["stoppedReason"] for end in ends] == ["Local", "Local"]
    assert [socket.close_code for socket in csms.sockets] == [1000] * 4
    assert len(said) == 8
    assert csms.problems == []


async def test_a_fleet_stops_when_told_to(csms: Csms) -> None:
    stop = asyncio.Event()
    options = FleetOptions(csms.url, stations=3, protocol="ocpp1.6")
    running = asyncio.ensure_future(run_fleet(options, stop, lambda _line: None))
    await csms.wait_for_frame("StatusNotification", 6)
    stop.set()
    await running
    await csms.wait_for(lambda: all(s.close_code == 1000 for s in csms.sockets))


def test_identities_and_versions_follow_the_options() -> None:
    fleet = build_fleet(FleetOptions("ws://h", stations=3, prefix="T"))
    assert [station.identity for station in fleet] == ["T0001", "T0002", "T0003"]
    assert {station.protocol for station in fleet} == {"ocpp1.6", "ocpp2.0.1"}
    assert protocols_for(FleetOptions("ws://h", quirks=("txid_overflow",))) == ["ocpp1.6"]
    with pytest.raises(UnknownQuirkError):
        protocols_for(FleetOptions("ws://h", protocol="ocpp2.0.1", quirks=("txid_overflow",)))


def test_the_same_seed_plans_the_same_visits() -> None:
    tokens = [Token("A"), Token("B")]
    plans = [
        [behaviour.plan_visit(chance, tokens) for _ in range(20)]
        for chance in (random.Random(4), random.Random(4))
    ]
    assert plans[0] == plans[1]
    assert any(visit.pause_at_s for visit in plans[0])


async def advance_until(clock: ManualClock, task: asyncio.Task[Any]) -> None:
    while not task.done():
        await clock.wait_for_sleepers()
        clock.advance(1)
        for _ in range(20):
            await asyncio.sleep(0)


async def test_a_visit_with_a_pause_and_a_fault_leaves_a_free_outlet(
    csms: Csms, make: MakeStation, either: type[SimStation], clock: ManualClock
) -> None:
    station = make(either, clock=clock)
    await station.connect()
    visit = Visit(
        Token("AB12"), Car(), charge_s=60, pause_at_s=10, pause_s=5, fault_at_s=30, fault_s=5
    )
    playing = asyncio.ensure_future(behaviour.play(station, 1, visit))
    await advance_until(clock, playing)
    session = playing.result()
    assert session is not None
    assert session.stop_reason == "GroundFault"
    shown = [f.payload for f in csms.frames if f.action == "StatusNotification"]
    assert any("Faulted" in payload.values() for payload in shown)
    assert "Available" in shown[-1].values()
    outlet = station.outlets[1]
    assert outlet.is_free
    assert not outlet.is_plugged


def test_the_demo_has_four_stations_of_each_version() -> None:
    versions = [station.protocol for station in DEMO_STATIONS]
    assert sorted(versions) == ["ocpp1.6"] * 4 + ["ocpp2.0.1"] * 4
    assert len({station.identity for station in DEMO_STATIONS}) == 8
    assert all(len(station.password) >= 16 for station in DEMO_STATIONS)
    assert [token.status for token in DEMO_TOKENS].count("blocked") == 1


def has_charged_paused_and_faulted(csms: Csms) -> bool:
    told = [p["transactionInfo"] for p in csms.payloads("TransactionEvent")]
    charging = {info["transactionId"] for info in told if info["chargingState"] == "Charging"}
    return (
        len(charging) >= 3
        and len(csms.of("StatusNotification", status="Charging")) >= 3
        and any(info["chargingState"] == "SuspendedEV" for info in told)
        and bool(csms.of("StatusNotification", status="Faulted"))
    )


async def test_the_demo_soon_charges_pauses_and_faults(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "DEMO_SPEED", 15.0)
    clock = ManualClock(speed=15.0)
    monkeypatch.setattr(demo, "Clock", lambda _speed: clock)
    stop = asyncio.Event()
    running = asyncio.ensure_future(demo.run_demo(csms.url, DEMO_STATIONS, stop))
    await csms.wait_for(lambda: len({f.connection for f in csms.frames}) == 8)
    for _ in range(600):  # virtual seconds; how far a real one gets is the machine's affair
        clock.advance(1)
        await asyncio.sleep(0.005)
        if has_charged_paused_and_faulted(csms):
            break
    assert has_charged_paused_and_faulted(csms)
    stop.set()
    await running
    assert csms.problems == []
