from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.protocol.metering import register, samples, told_with
from apps.protocol.timestamps import Moment

NOW = datetime(2025, 3, 4, 8, 0, tzinfo=UTC)
MOMENT = "2025-03-04T08:00:00Z"


def taken(*sampled: dict[str, Any]) -> Sample:
    (sample,) = samples([{"timestamp": MOMENT, "sampledValue": list(sampled)}], NOW)
    return sample


def of(measurand: str, value: Any, phase: str | None = None, **more: Any) -> dict[str, Any]:
    return {"measurand": measurand, "value": value} | ({"phase": phase} if phase else {}) | more


def test_what_energy_is_made_of_is_exact_and_the_rest_has_six_digits() -> None:
    sampled = taken(
        {"value": "123456789.123"},
        of("Power.Active.Import", "22145.3712"),
        of("Voltage", "229.934567", "L1"),
        of("SoC", "63.1234567"),
    )
    assert (sampled.register_wh, sampled.power_w) == (123_456_789.123, 22_145.3712)
    assert (sampled.voltage_v[0], sampled.soc_pct) == (229.935, 63.1235)


@pytest.mark.parametrize("value", ["1e-46", "-1e-60", "5e-324", "-0"])
def test_what_four_bytes_cannot_hold_is_zero(value: str) -> None:
    assert str(taken(of("Current.Import", value, "L2")).current_a[1]) == "0.0"


def test_x17_a_bare_value_is_the_imported_energy_in_wh() -> None:
    assert taken({"value": "1234"}) == Sample(NOW, "Sample.Periodic", register_wh=1234.0)


@pytest.mark.parametrize(
    ("sampled", "register_wh"),
    [
        ({"value": "1.5", "unit": "kWh"}, 1500.0),
        ({"value": 1.5, "unitOfMeasure": {"unit": "kWh"}}, 1500.0),
        ({"value": 15, "unitOfMeasure": {"unit": "Wh", "multiplier": 2}}, 1500.0),
        ({"value": 15_000, "unitOfMeasure": {"unit": "kWh", "multiplier": -4}}, 1500.0),
        ({"value": 15, "unitOfMeasure": {"multiplier": 2}}, 1500.0),
        ({"value": " 1500.0 "}, 1500.0),
        ({"value": "1500,5"}, 1500.5),
        ({"value": 0}, 0.0),
    ],
)
def test_units_multipliers_and_padding_are_understood(
    sampled: dict[str, Any], register_wh: float
) -> None:
    assert taken(sampled).register_wh == pytest.approx(register_wh)


@pytest.mark.parametrize(
    "sampled",
    [
        {"value": "2147483647"},
        {"value": 9223372036854775807},
        {"value": -5},
        {"value": "1e15"},
        {"value": "nan"},
        {"value": "inf"},
        {"value": "n/a"},
        {"value": ""},
        {"value": None},
        {"value": True},
        {"value": {}},
        {"value": [1]},
        {},
        {"value": 7, "unit": "Celsius"},
        of("Current.Import", 7) | {"context": "CurrentMax"},
        {"value": 7, "phase": "L4"},
        {"value": 7, "measurand": "Bananas"},
        {"value": 7, "location": "EV"},
        {"value": 7, "format": "SignedData"},
        {"value": 7, "unitOfMeasure": {"multiplier": 400}},
        of("SoC", 101),
        of("Voltage", 1e9),
    ],
)
def test_a_value_that_cannot_be_understood_costs_none_of_the_others(
    sampled: dict[str, Any],
) -> None:
    power = of("Power.Active.Import", "7.4", unit="kW")
    assert taken(sampled, power) == Sample(NOW, "Sample.Periodic", power_w=7400.0)


def test_phases_stand_in_their_places() -> None:
    sample = taken(
        of("Current.Import", 10, "L1"), of("Current.Import", 11, "L2"),
        of("Current.Import", 12, "L3"), of("Current.Import", 1, "N"),
        of("Voltage", 230, "L1-N"), of("Voltage", 231, "L3-N"), of("Voltage", 400, "L1-L2"),
    )  # fmt: skip
    assert sample.current_a == (10.0, 11.0, 12.0)
    assert sample.voltage_v == (230.0, None, 231.0)


def test_volts_between_two_phases_are_those_to_neutral_of_the_first() -> None:
    between = [of("Voltage", 400, phase) for phase in ("L1-L2", "L2-L3", "L3-L1")]
    assert taken(*between).voltage_v == pytest.approx((230.94, 230.94, 230.94), abs=0.001)
    assert taken(*between, of("Voltage", 231, "L2-N")).voltage_v == (None, 231.0, None)


def test_a_current_without_a_phase_takes_the_first_place() -> None:
    assert taken(of("Current.Import", 16)).current_a == (16.0, None, None)


def test_phases_are_added_up_only_where_no_total_is_given() -> None:
    energy = "Energy.Active.Import.Register"
    phases = [of(energy, 100, "L1"), of(energy, 200, "L2"), of(energy, 300, "L3")]
    assert taken(*phases).register_wh == 600.0
    assert taken(*phases, of(energy, 610)).register_wh == 610.0
    assert taken(of("Power.Active.Import", 2300, "L1")).power_w == 2300.0


def test_power_is_not_derived() -> None:
    sample = taken(of("Current.Import", 10, "L1"), of("Voltage", 230, "L1"))
    assert sample.power_w is None


def test_the_outlet_counts_before_any_other_place() -> None:
    inlet = of("Power.Active.Import", 7600, location="Inlet")
    outlet = of("Power.Active.Import", 7400, location="Outlet")
    assert taken(outlet, inlet).power_w == 7400.0
    assert taken(inlet).power_w == 7600.0


def test_the_state_of_charge_comes_from_the_vehicle() -> None:
    assert taken(of("SoC", "61", unit="Percent", location="EV")).soc_pct == 61.0


def test_each_context_of_one_instant_is_a_sample_of_its_own() -> None:
    found = samples(
        [{"timestamp": MOMENT, "sampledValue": [
            {"value": "1", "context": "Transaction.Begin"},
            {"value": "9", "context": "Transaction.End"}]}],
        NOW,
    )  # fmt: skip
    assert [(s.context, s.register_wh) for s in found] == [
        ("Transaction.Begin", 1.0),
        ("Transaction.End", 9.0),
    ]


def test_nothing_understood_is_no_sample() -> None:
    assert samples([{"timestamp": MOMENT, "sampledValue": []}, {"timestamp": MOMENT}], NOW) == ()


@pytest.mark.parametrize("value", ["1_000", "NaN", "12 kVAh", "1.000,5", True, [5], {"value": 5}])
def test_what_is_no_number_is_passed_over_and_said(value: Any) -> None:
    unread: list[str] = []
    meter_value = {"timestamp": MOMENT, "sampledValue": [{"value": value}]}
    (found,) = samples([meter_value], NOW, unread) or (None,)
    assert found is None
    assert register(Moment(NOW), SampleContext.END, {"meterStop": value}, "meterStop", unread) == ()
    assert unread == [f"Energy.Active.Import.Register {value}"[:40], f"meterStop {value}"[:40]]


@pytest.mark.parametrize(
    ("value", "wh"),
    [
        ("106 kWh", 106_000), ("106000Wh", 106_000), ("106.000 kWh", 106_000), ("0,5 MWh", 500_000),
        (" 106000 wh ", 106_000), ("106.5KWH", 106_500),
    ],
)  # fmt: skip
def test_a_unit_written_behind_a_register_is_read(value: str, wh: float) -> None:
    unread: list[str] = []
    (sample,) = register(Moment(NOW), SampleContext.END, {"meterStop": value}, "meterStop", unread)
    assert (sample.register_wh, taken({"value": value}).register_wh, unread) == (wh, wh, [])
    assert taken({"value": value, "unit": "kWh"}).register_wh == wh, "its own unit is nearer"


def test_a_register_of_an_unknown_context_is_one_where_no_other_is_told() -> None:
    unread: list[str] = []
    strange = {"value": 7, "context": "Sample.Foo"}
    power = of("Power.Active.Import", 11) | {"context": "Sample.Foo"}
    told = [{"timestamp": MOMENT, "sampledValue": [strange, power]}]
    (sample,) = samples(told, NOW, unread)
    assert (sample.register_wh, sample.power_w, sample.context) == (7, None, "Other")
    assert unread == ["Power.Active.Import 11 Sample.Foo"], "it may be the most, or a mean"


def test_a_bare_register_is_a_sample_unless_it_stands_for_unknown() -> None:
    assert register(Moment(NOW), SampleContext.BEGIN, {"m": 5}, "m") == (
        Sample(NOW, "Transaction.Begin", 5.0),
    )
    assert register(Moment(NOW), SampleContext.BEGIN, {"m": 2147483647}, "m") == ()
    assert register(Moment(NOW), SampleContext.BEGIN, {"m": -1}, "m") == ()


@pytest.mark.parametrize(
    ("unit", "register_wh"),
    [
        ("WH", 1.5), ("wh", 1.5), ("kwh", 1_500.0), ("KWH", 1_500.0), ("kW.h", 1_500.0),
        ("kW h", 1_500.0), ("kilowatt-hours", 1_500.0), ("MWh", 1_500_000.0), ("", 1.5),
    ],
)  # fmt: skip
def test_a_unit_is_read_in_any_spelling(unit: str, register_wh: float) -> None:
    assert taken({"value": "1.5", "unit": unit}).register_wh == register_wh


def test_what_flowed_in_an_interval_is_kept() -> None:
    sampled = of("Energy.Active.Import.Interval", "0.25", unit="kWh")
    assert taken(sampled).interval_wh == 250


@pytest.mark.parametrize(
    ("sampled", "said"),
    [
        ({"value": "1", "unit": "kVAh"}, "Energy.Active.Import.Register 1 kVAh"),
        ({"value": "1", "phase": "L4"}, "Energy.Active.Import.Register 1 L4"),
        ({"value": "1", "context": "CurrentMax"}, "Energy.Active.Import.Register 1 CurrentMax"),
        (of("Power.Sum", "1"), "Power.Sum 1"),
        ({"value": "n/a"}, "Energy.Active.Import.Register n/a"),
        ({"value": -5}, "Energy.Active.Import.Register -5"),
    ],
)
def test_what_is_not_understood_is_said(sampled: dict[str, Any], said: str) -> None:
    unread: list[str] = []
    found = [{"timestamp": MOMENT, "sampledValue": [sampled, sampled, {"value": "7"}]}]
    (sample,) = samples(found, NOW, unread)
    assert (sample.register_wh, unread) == (7, [said])


@pytest.mark.parametrize(
    "sampled",
    [
        of("Frequency", "50"), of("Voltage", "400", "L1-L2"),
        of("Energy.Active.Export.Register", 1),
        {"value": "OCMF|{}", "format": "SignedData"},
    ],
)  # fmt: skip
def test_what_is_left_to_the_journal_is_no_oddity(sampled: dict[str, Any]) -> None:
    unread: list[str] = []
    samples([{"timestamp": MOMENT, "sampledValue": [sampled]}], NOW, unread)
    assert unread == []


def test_readings_by_an_unusable_clock_keep_their_distances() -> None:
    told = [
        {"timestamp": at, "sampledValue": [{"value": wh}]}
        for at, wh in (("1970-01-01T00:00:00Z", 1), ("1970-01-01T00:15:00Z", 2), (MOMENT, 3))
    ]
    found = samples(told, NOW)
    assert [(NOW - s.at).total_seconds() for s in found] == [900, 0, 0]
    assert [s.is_trusted for s in found] == [False, False, True]


def test_what_an_idle_input_picks_up_is_no_voltage() -> None:
    sampled = taken(of("Voltage", "0.05", "L1"), of("Voltage", "230.4", "L2"))
    assert sampled.voltage_v == (0.0, 230.4, None)


def test_a_reading_that_names_no_instant_is_of_when_it_was_told() -> None:
    sampled = [{"value": "5"}]
    told = samples([{"sampledValue": sampled}], NOW, told=Moment(NOW - timedelta(hours=1)))
    assert [(sample.at, sample.is_trusted) for sample in told] == [(NOW - timedelta(hours=1), True)]
    (alone,) = samples([{"timestamp": None, "sampledValue": sampled}], NOW)
    assert (alone.at, alone.is_trusted) == (NOW, False)


def test_a_message_that_names_no_instant_is_of_its_last_reading() -> None:
    readings = samples([{"timestamp": MOMENT, "sampledValue": [{"value": "5"}]}], NOW)
    later = NOW + timedelta(hours=1)
    assert told_with(Moment(later, is_trusted=False), readings) == Moment(NOW)
    odd = Moment(later, is_trusted=False, said_at=datetime(1970, 1, 1, tzinfo=UTC))
    assert told_with(odd, readings) is odd
    assert told_with(Moment(later), readings) == Moment(later)
