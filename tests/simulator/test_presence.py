from http import HTTPStatus
from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.link import address
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from apps.simulator.wire import HandshakeRefusedError
from tests.simulator.conftest import QUICK, MakeStation
from tests.simulator.csms import NOW, Csms, running_csms

Either = type[SimStation]


def boot_answer(status: str, interval: int) -> dict[str, Any]:
    return {"status": status, "interval": interval, "currentTime": NOW}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ws://h/ocpp", "ws://h/ocpp/CP%201"),
        ("ws://h/ocpp/", "ws://h/ocpp/CP%201"),
        ("ws://h/o/{id}/x", "ws://h/o/CP%201/x"),
    ],
)
def test_the_identity_ends_the_url_or_takes_its_place(url: str, expected: str) -> None:
    assert address(url, "CP 1") == expected


async def test_a_station_boots_and_reports_every_connector(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either, evses=2, password="s3cret")
    await station.connect()
    assert csms.frames[0].action == "BootNotification"
    named = "connectorId" if either is SimStation16 else "evseId"
    reported = {payload[named] for payload in csms.payloads("StatusNotification")}
    assert {1, 2} <= reported
    assert csms.authorizations == ["Basic U0lNMTpzM2NyZXQ="]
    assert csms.problems == [] == station.problems


async def test_heartbeats_come_at_the_interval_of_the_boot_answer(
    csms: Csms, make: MakeStation, either: Either, clock: ManualClock
) -> None:
    csms.answers["BootNotification"] = boot_answer("Accepted", 40)
    station = make(either, clock=clock)
    await station.connect()
    for beats in (1, 2):
        await clock.wait_for_sleepers()
        clock.advance(39)
        assert len(csms.of("Heartbeat")) == beats - 1
        clock.advance(1)
        await csms.wait_for_frame("Heartbeat", beats)


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
async def test_a_station_that_is_not_accepted_waits_and_boots_again(
    csms: Csms, make: MakeStation, either: Either, clock: ManualClock, status: str
) -> None:
    csms.answers["BootNotification"] = boot_answer(status, 20)
    station = make(either, clock=clock)
    await station.connect()
    assert station.boot_status == status
    assert {frame.action for frame in csms.frames} == {"BootNotification"}
    del csms.answers["BootNotification"]
    await clock.wait_for_sleepers()
    clock.advance(20)
    await csms.wait_for_frame("StatusNotification")
    assert len(csms.of("BootNotification")) == 2


async def test_a_pending_station_boots_at_once_when_triggered(
    csms: Csms, make: MakeStation, clock: ManualClock
) -> None:
    csms.answers["BootNotification"] = boot_answer("Pending", 600)
    station = make(SimStation201, clock=clock)
    await station.connect()
    del csms.answers["BootNotification"]
    answer = await csms.call("TriggerMessage", {"requestedMessage": "BootNotification"})
    assert answer["status"] == "Accepted"
    await csms.wait_for_frame("BootNotification", reason="Triggered")
    await csms.wait_for_frame("StatusNotification")


async def test_a_lost_station_comes_back_by_itself(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    before = len(csms.of("StatusNotification"))
    await csms.sockets[0].close()
    await csms.wait_for_frame("StatusNotification", before + 1)
    boots_again = either is SimStation16
    assert len(csms.of("BootNotification")) == 1 + boots_again
    assert len(csms.sockets) == 2


async def test_a_cut_station_stays_away_until_it_is_restored(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    await station.cut()
    assert not station.is_connected
    await csms.wait_for(lambda: csms.sockets[0].close_code is not None)
    assert csms.sockets[0].close_code == 1006
    await station.restore()
    assert station.is_online
    assert len(csms.sockets) == 2


async def test_a_refused_handshake_says_its_status() -> None:
    def refuse(connection: Any, _request: Any) -> Any:
        response = connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "later\n")
        response.headers["Retry-After"] = "7"
        return response

    async with running_csms(process_request=refuse) as csms:
        station = SimStation16(identity="SIM1", url=csms.url)
        with pytest.raises(HandshakeRefusedError) as refused:
            await station.connect()
        await station.close()
    assert (refused.value.status, refused.value.retry_after_s) == (503, 7.0)


async def test_a_refused_station_tries_again_after_the_time_it_was_told(
    clock: ManualClock,
) -> None:
    refusals = [HTTPStatus.SERVICE_UNAVAILABLE]

    def refuse_once(connection: Any, _request: Any) -> Any:
        if not refusals:
            return None
        response = connection.respond(refusals.pop(), "later\n")
        response.headers["Retry-After"] = "7"
        return response

    async with running_csms(process_request=refuse_once) as csms:
        station = SimStation201(identity="S", url=csms.url, clock=clock, timing=QUICK)
        connecting = station.background.spawn(station.connect_persistently())
        await clock.wait_for_sleepers()
        clock.advance(6.9)
        assert csms.sockets == []
        clock.advance(0.1)
        await connecting
        assert station.is_online
        await station.close()
