"""The visible effect of each quirk, and of no other."""

from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.dialect import heartbeat
from apps.simulator.quirks import CATALOGUE, Habits, UnknownQuirkError
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms

Either = type[SimStation]
BREAKING = {
    "empty_sampled_value",
    "object_meter_value",
    "numeric_values",
    "long_serial",
    "missing_trigger_reason",
    "null_payload",
    "naive_timestamps",
    "decimal_meter_stop",
    "null_members",
    "connector_in_authorize",
    "empty_stop",
}


def updates(csms: Csms) -> list[dict[str, Any]]:
    return [
        f.payload
        for f in csms.frames
        if f.action == "MeterValues"
        or (
            (f.action == "TransactionEvent" and f.payload.get("triggerReason") != "Authorized")
            and f.payload["eventType"] == "Updated"
            and "meterValue" in f.payload
        )
    ]


def values(payload: dict[str, Any], measurand: str = "Energy") -> list[Any]:
    samples = payload["meterValue"][0]["sampledValue"]
    return [s["value"] for s in samples if s.get("measurand", "Energy").startswith(measurand)]


async def play(station: Any) -> Any:
    """One session of three samples, 1,000 Wh each."""
    await station.connect()
    await station.plug_in()
    session = await station.start_session(token="AB12")
    for _ in range(3):
        await station.sample(power_w=10_000, advance_s=360)
    await station.stop_session()
    await station.unplug()
    return session


@pytest.mark.parametrize("quirk", CATALOGUE, ids=lambda quirk: quirk.name)
async def test_only_the_breaking_quirks_break_the_schema(
    csms: Csms, quirky: Any, either: Either, quirk: Any
) -> None:
    if either.protocol not in quirk.protocols:
        with pytest.raises(UnknownQuirkError):
            Habits([quirk.name], either.protocol)
        return
    station = quirky(either, quirk.name)
    await play(station)
    await station.send(heartbeat())
    assert bool(csms.problems) == (quirk.name in BREAKING)


async def test_an_unknown_quirk_is_refused() -> None:
    with pytest.raises(UnknownQuirkError, match="no quirk is called politeness"):
        Habits(["politeness"], "ocpp1.6")


async def test_reconnecting_without_and_with_a_boot(csms: Csms, make: MakeStation) -> None:
    for station_class, quirk, boots in (
        (SimStation16, "no_boot_on_reconnect", 1),
        (SimStation201, "boot_on_reconnect", 2),
    ):
        csms.frames.clear()
        station = make(station_class, quirks=[quirk])
        await station.connect()
        await station.cut()
        await station.restore()
        assert len(csms.of("BootNotification")) == boots
        assert station.is_online
        await station.close()


async def test_no_status_after_connect(csms: Csms, make: MakeStation, either: Either) -> None:
    await make(either, quirks=["no_status_after_connect"]).connect()
    assert csms.of("StatusNotification") == []


async def test_duplicate_start(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "duplicate_start"))
    starts = csms.of("StartTransaction") or csms.of("TransactionEvent", eventType="Started")
    assert len(starts) == 2
    assert starts[0].payload == starts[1].payload
    assert starts[0].message_id != starts[1].message_id


async def test_lost_stop(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "lost_stop"))
    assert csms.of("StopTransaction") == csms.of("TransactionEvent", eventType="Ended") == []
    last = csms.payloads("StatusNotification")[-1]
    assert "Available" in (last.get("status"), last.get("connectorStatus"))
    assert csms.of("StatusNotification", status="Finishing") == []


async def test_a_lost_start_and_a_stop_that_says_nothing(
    csms: Csms, quirky: Any, either: Either
) -> None:
    await play(quirky(either, "empty_stop"))
    assert {} in [f.payload for f in csms.frames]
    csms.frames.clear()
    await play(quirky(SimStation201, "lost_start"))
    told = [p["eventType"] for p in csms.payloads("TransactionEvent")]
    assert (told[0], told[-1]) == ("Updated", "Ended")


async def test_a_stop_is_lost_on_the_second_connector_only(
    csms: Csms, make: MakeStation, clock: ManualClock, either: Either
) -> None:
    station = make(either, quirks=["lost_stop_on_second"], clock=clock, evses=2)
    await station.connect()
    for evse_id in (2, 1):
        await station.start_session(token="AB12", evse_id=evse_id)
        await station.stop_session(evse_id=evse_id)
    stops = csms.of("StopTransaction") or csms.of("TransactionEvent", eventType="Ended")
    assert len(stops) == 1
    assert station.sessions[1].told > station.sessions[0].told > 0


async def test_every_message_of_a_session_twice(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "sent_twice"))
    kept = [f for f in csms.frames if f.action in ("MeterValues", "TransactionEvent")]
    assert kept
    for one, other in zip(kept[::2], kept[1::2], strict=True):
        assert one.payload == other.payload
        assert one.message_id != other.message_id


async def test_phantom_start(csms: Csms, quirky: Any, either: Either) -> None:
    station = quirky(either, "phantom_start")
    await station.connect()
    starts = csms.payloads("StartTransaction") or csms.payloads("TransactionEvent")
    assert len(starts) == 1
    assert starts[0].get("idTag", "PHANTOM") == "PHANTOM"
    assert station.sessions == []


@pytest.mark.parametrize(
    ("quirk", "action", "sent"),
    [
        ("txid_overflow", "MeterValues", 9_223_372_036_854_775_807),
        ("stop_txid_zero", "StopTransaction", 0),
        ("stop_txid_minus_one", "StopTransaction", -1),
        ("no_transaction_id_in_meter_values", "MeterValues", None),
    ],
)
async def test_a_wrong_transaction_id(
    csms: Csms, quirky: Any, quirk: str, action: str, sent: int | None
) -> None:
    session = await play(quirky(SimStation16, quirk))
    assert {p.get("transactionId") for p in csms.payloads(action)} == {sent}
    others = {"MeterValues", "StopTransaction"} - {action}
    for other in others:
        assert csms.payloads(other)[0]["transactionId"] == session.transaction_id


async def test_late_closing_meter_values(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "late_closing_meter_values"))
    kept = [f for f in csms.frames if f.action in ("StopTransaction", "MeterValues")]
    if either is SimStation201:
        kept = csms.of("TransactionEvent")
        assert [f.payload["eventType"] for f in kept][-2:] == ["Ended", "Updated"]
        assert kept[-1].payload["seqNo"] == kept[-2].payload["seqNo"] + 1
    else:
        assert [f.action for f in kept][-2:] == ["StopTransaction", "MeterValues"]
    assert int(values(kept[-1].payload)[0]) == 8_000


async def test_seqno_gap(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "seqno_gap"))
    if either is SimStation201:
        assert [p["seqNo"] for p in csms.payloads("TransactionEvent")] == [0, 1, 2, 4, 5]
    else:
        assert [int(values(p)[0]) for p in updates(csms)] == [6_000, 7_000]


async def test_reordered_events(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "reordered_events"))
    if either is SimStation201:
        assert [p["seqNo"] for p in csms.payloads("TransactionEvent")] == [0, 1, 3, 2, 5, 4]
    else:
        assert [int(values(p)[0]) for p in updates(csms)] == [6_000, 8_000, 7_000]


async def test_meterstop_low(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "meterstop_low"))
    if either is SimStation16:
        assert csms.payloads("StopTransaction")[0]["meterStop"] == 7_999
    else:
        assert values(csms.payloads("TransactionEvent", eventType="Ended")[0]) == [7_999]
    assert int(values(updates(csms)[-1])[0]) == 8_000


async def test_register_resets(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "register_resets"))
    assert [int(values(p)[0]) for p in updates(csms)] == [1_000, 2_000, 3_000]


@pytest.mark.parametrize(("quirk", "unit"), [("register_kwh_as_wh", "Wh"), ("unit_kwh", "kWh")])
async def test_energy_in_kilowatt_hours(
    csms: Csms, quirky: Any, either: Either, quirk: str, unit: str
) -> None:
    await play(quirky(either, quirk))
    sample = updates(csms)[0]["meterValue"][0]["sampledValue"][0]
    assert float(sample["value"]) == 6.0
    assert sample.get("unit") == unit or sample["unitOfMeasure"]["unit"] == unit
    assert float(values(updates(csms)[0], "Power")[0]) == 10_000


async def test_lowercase_tag(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "lowercase_tag"))
    asked = csms.payloads("Authorize")[0]
    starts = csms.payloads("StartTransaction") or csms.payloads("TransactionEvent")
    if either is SimStation16:
        assert (asked["idTag"], starts[0]["idTag"]) == ("AB12", "ab12")
    else:
        said = asked["idToken"]["idToken"], starts[0]["idToken"]["idToken"]
        assert said == ("AB12", "ab12")


async def test_long_serial(csms: Csms, quirky: Any, either: Either) -> None:
    station = quirky(either, "long_serial")
    await station.connect()
    boot = csms.payloads("BootNotification")[0]
    station_part = boot.get("chargingStation", {})
    serial = boot.get("chargePointSerialNumber") or station_part["serialNumber"]
    assert len(serial) == 33
    assert station.is_online


async def test_accept_and_do_nothing(csms: Csms, quirky: Any) -> None:
    station = quirky(SimStation16, "accept_and_do_nothing")
    await station.connect()
    frames = len(csms.frames)
    for action, asked in (
        ("RemoteStartTransaction", {"idTag": "AB12"}),
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
        ("Reset", {"type": "Hard"}),
    ):
        assert await csms.call(action, asked) == {"status": "Accepted"}
    await station.send(heartbeat())
    assert [frame.action for frame in csms.frames[frames:]] == ["Heartbeat"]
    assert station.sessions == []


async def test_null_payload_and_missing_trigger_reason(csms: Csms, quirky: Any) -> None:
    station = quirky(SimStation16, "null_payload")
    await station.connect()
    await station.send(heartbeat())
    assert csms.payloads("Heartbeat") == [None]
    await station.close()
    station = quirky(SimStation201, "missing_trigger_reason")
    await station.connect()
    await station.start_session(token="AB12")
    assert all("triggerReason" not in p for p in csms.payloads("TransactionEvent"))


async def test_stop_by_the_minute(csms: Csms, make: MakeStation, either: Either) -> None:
    station = make(either, quirks=["stop_by_the_minute"], clock=ManualClock())
    await station.connect()
    await station.start_session(token="AB12")
    await station.sample(power_w=10_000, advance_s=99)
    await station.stop_session()
    stops = csms.of("StopTransaction") or csms.of("TransactionEvent", eventType="Ended")
    assert stops[0].payload["timestamp"] == "2025-03-01T08:01:00.000Z"


async def test_the_form_of_messages_of_1_6(csms: Csms, quirky: Any) -> None:
    for quirk, action, member, told in (
        ("decimal_meter_stop", "StopTransaction", "meterStop", 8_000.25),
        ("null_members", "StartTransaction", "reservationId", None),
        ("connector_in_authorize", "Authorize", "connectorId", 1),
    ):
        csms.frames.clear()
        station = quirky(SimStation16, quirk)
        await play(station)
        assert csms.payloads(action)[0][member] == told
        await station.close()


async def test_places_and_cards_of_2_0_1(csms: Csms, quirky: Any) -> None:
    await play(quirky(SimStation201, "no_connector_id"))
    assert csms.payloads("TransactionEvent")[0]["evse"] == {"id": 1}
    csms.frames.clear()
    await play(quirky(SimStation201, "other_token_type"))
    for action in ("Authorize", "TransactionEvent"):
        assert csms.payloads(action)[0]["idToken"]["type"] == "ISO15693"
