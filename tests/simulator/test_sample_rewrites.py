"""What the quirks of meters make of the values that are sent."""

from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.dialect import heartbeat
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms
from tests.simulator.test_quirks import play, updates, values

Either = type[SimStation]
RAISED_WH = 7_930_000


async def test_watt_hours_that_are_called_kilowatt_hours(
    csms: Csms, quirky: Any, either: Either
) -> None:
    await play(quirky(either, "unit_wh_called_kwh"))
    sample = updates(csms)[0]["meterValue"][0]["sampledValue"][0]
    assert float(sample["value"]) == 6_000
    assert "kWh" in (sample.get("unit"), sample.get("unitOfMeasure", {}).get("unit"))


@pytest.mark.parametrize(
    ("quirk", "shown"),
    [("zero_once", 0), ("lifetime_once", 7_000 + RAISED_WH), ("fall_once", 6_300)],
)
async def test_the_second_sample_is_odd(
    csms: Csms, quirky: Any, either: Either, quirk: str, shown: int
) -> None:
    station = quirky(either, quirk)
    for _ in range(2):
        await play(station)
        await station.close()
    told = [float(values(p)[0]) for p in updates(csms)]
    again = {0: 0, 6_300: 9_300}.get(shown, 10_000 + RAISED_WH)
    assert told == [6_000, shown, 8_000, 9_000, again, 11_000]


@pytest.mark.parametrize(
    ("quirk", "begin"), [("zero_at_start", 0), ("overflow_at_start", 2_147_483_647)]
)
async def test_the_register_at_the_begin(
    csms: Csms, quirky: Any, either: Either, quirk: str, begin: int
) -> None:
    await play(quirky(either, quirk))
    if either is SimStation16:
        assert csms.payloads("StartTransaction")[0]["meterStart"] == begin
    else:
        assert values(csms.payloads("TransactionEvent")[0]) == [begin]
    assert float(values(updates(csms)[0])[0]) == 6_000


async def test_an_odd_reading_of_a_station_that_sends_objects(
    csms: Csms, make: MakeStation, clock: ManualClock, either: Either
) -> None:
    quirks = ["object_meter_value", "zero_once", "clock_stuck", "null_payload"]
    station = make(either, quirks=quirks, clock=clock, outlets=[Outlet(1, meter=Meter(5_000))])
    await play(station)
    await station.send(heartbeat())
    assert set(csms.payloads("Heartbeat")) == {None}
    odd = updates(csms)[1]["meterValue"]
    assert isinstance(odd, dict)
    assert float(odd["sampledValue"][0]["value"]) == 0
    assert odd["timestamp"] == "2025-03-01T08:00:00.000Z"


@pytest.mark.parametrize("quirk", ["late_closing_meter_values", "meterstop_low"])
async def test_what_is_remembered_is_of_the_same_outlet(
    csms: Csms, make: MakeStation, clock: ManualClock, either: Either, quirk: str
) -> None:
    outlets = [Outlet(number, meter=Meter(number * 100_000)) for number in (1, 2)]
    station = make(either, quirks=[quirk], clock=clock, outlets=outlets)
    await station.connect()
    for evse_id in (1, 2):
        await station.start_session(token="AB12", evse_id=evse_id)
        await station.sample(power_w=10_000, advance_s=360, evse_id=evse_id)
    session = await station.stop_session(evse_id=1)
    told = [f.payload for f in csms.frames if f.action in ("StopTransaction", "MeterValues")]
    told = told or csms.payloads("TransactionEvent")
    ids = [p.get("transactionId") or p["transactionInfo"]["transactionId"] for p in told]
    assert ids[-1] == session.transaction_id
    last = told[-1].get("meterStop") or values(told[-1])[0]
    assert 100_000 < float(last) <= 101_000


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
