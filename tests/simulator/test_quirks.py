"""The visible effect of each quirk, and of no other."""

from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.dialect import heartbeat
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet
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


@pytest.fixture
def quirky(make: MakeStation, clock: ManualClock) -> Any:
    """quirky(SimStation16, "lost_stop"): the register starts at 5,000 Wh."""

    def build(station_class: Either, name: str) -> Any:
        outlets = [Outlet(1, meter=Meter(5_000))]
        return make(station_class, quirks=[name], clock=clock, outlets=outlets)

    return build


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


async def test_power_only_samples(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "power_only_samples"))
    assert all(values(p) == [] and len(values(p, "Power")) == 1 for p in updates(csms))


async def test_empty_sampled_value(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "empty_sampled_value"))
    assert all(p["meterValue"][0]["sampledValue"] == [] for p in updates(csms))


async def test_object_meter_value(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "object_meter_value"))
    assert all(isinstance(p["meterValue"], dict) for p in updates(csms))


async def test_numeric_values(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "numeric_values"))
    other = float if either is SimStation16 else str
    assert {type(values(p)[0]) for p in updates(csms)} == {other}


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


async def test_naive_timestamps(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "naive_timestamps"))
    stamps = [p["timestamp"] for p in csms.payloads("StatusNotification")]
    stamps += [p["meterValue"][0]["timestamp"] for p in updates(csms)]
    assert stamps[0] == "2025-03-01T08:00:00.000"
    assert not any(stamp.endswith("Z") for stamp in stamps)


async def test_clock_1970(csms: Csms, quirky: Any, either: Either) -> None:
    await play(quirky(either, "clock_1970"))
    assert updates(csms)[-1]["meterValue"][0]["timestamp"] == "1970-01-01T00:18:00.000Z"


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
