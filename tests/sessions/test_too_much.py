"""What a session takes is held against the power of its connector and its time, as a whole."""

from datetime import datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.stations.models import Connector, Evse
from apps.telling.aside import doubts_in
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_odd_readings import BOTH, MARK, MINUTE, T0
from tests.sessions.test_wrong_clocks import text

SECOND = timedelta(seconds=1)


@pytest.fixture
def network(network: Organisation, card: Token, tariff: object) -> Organisation:
    return network


def charger_of(network: Organisation, protocol: Protocol, limit_w: int | None = None) -> Teller:
    charger = Teller(network, "FAST", protocol)
    if limit_w is not None:
        evse = Evse.objects.create(station_id=charger.ref.id, number=1)
        Connector.objects.create(
            station_id=charger.ref.id, evse=evse, number=1, max_power_w=limit_w
        )
    return charger


def told(charger: Teller, step_wh: float, every: timedelta, count: int) -> Session:
    """Live, in even steps; the last of them ends it."""
    at = T0
    charger.start(text(at), 1_000, at)
    for number in range(1, count):
        at = T0 + number * every
        charger.read(text(at), 1_000 + number * step_wh, at)
    charger.stop(text(at + every), 1_000 + count * step_wh, at + every)
    return charger.session


@BOTH
@pytest.mark.parametrize("every_s", [1, 5, 15])
@pytest.mark.parametrize("step_wh", [20_000, 95_000, 150_000])
def test_a_unit_that_is_too_large_is_not_billed_however_often_it_is_told(
    network: Organisation, protocol: Protocol, step_wh: float, every_s: int
) -> None:
    session = told(charger_of(network, protocol), step_wh, every_s * SECOND, 20)
    assert (session.energy_wh, MARK in session.flags.split()) == (0, True)
    assert "check the unit" in doubts_in(session)[0].why


@BOTH
def test_small_steps_do_not_pass_what_the_connector_delivers(
    network: Organisation, protocol: Protocol
) -> None:
    session = told(charger_of(network, protocol, 22_000), 950, 15 * SECOND, 40)
    assert session.energy_wh <= 22_000 * 1.25 / 6 + 1_000
    assert MARK in session.flags.split()
    assert doubts_in(session)


@BOTH
def test_one_leap_costs_nothing_and_is_named(network: Organisation, protocol: Protocol) -> None:
    charger = charger_of(network, protocol)
    charger.start(text(T0), 1_000, T0)
    for minute, wh in ((15.0, 3_000), (15.1, 93_000), (30, 95_000)):
        at = T0 + minute * MINUTE
        charger.read(text(at), wh, at)
    charger.stop(text(T0 + 45 * MINUTE), 97_000, T0 + 45 * MINUTE)
    session = charger.session
    assert (session.energy_wh, MARK in session.flags.split()) == (6_000, True)
    assert [doubt.value for doubt in doubts_in(session)] == [90_000]


@BOTH
def test_more_than_is_said_of_the_connector_is_marked_where_all_readings_agree(
    network: Organisation, protocol: Protocol
) -> None:
    session = told(charger_of(network, protocol, 11_000), 5_500, 15 * MINUTE, 4)
    assert (session.energy_wh, MARK in session.flags.split()) == (22_000, True)
    assert "more than the connector is said to deliver (11 kW)" in doubts_in(session)[0].why


@BOTH
@pytest.mark.parametrize("register_wh", [0, 40_000])
def test_a_register_that_stands_still_beside_power_is_marked_and_the_power_counts(
    network: Organisation, protocol: Protocol, register_wh: float
) -> None:
    charger = charger_of(network, protocol)
    charger.start(text(T0), register_wh, T0)
    for minute in (1, 16, 31, 46, 61):
        at = T0 + minute * MINUTE
        power = {"value": "7000", "measurand": "Power.Active.Import", "unit": "W"}
        measure(charger, at, power | {"value": 7000.0} if protocol == "ocpp2.0.1" else power)
        charger.read(text(at + SECOND), register_wh, at + SECOND)
    charger.stop(text(T0 + 62 * MINUTE), register_wh, T0 + 62 * MINUTE)
    session = charger.session
    assert session.energy_wh == pytest.approx(7_000)
    assert MARK in session.flags.split()
    assert session.price_incl_vat
    assert doubts_in(session)


@pytest.mark.parametrize(("start_wh", "stop_wh", "kwh"), [(None, 9_000, 6), (1_000, None, 4)])
def test_a_register_that_is_missing_at_begin_or_end_is_marked(
    network: Organisation, start_wh: float | None, stop_wh: float | None, kwh: float
) -> None:
    charger = charger_of(network, Protocol.OCPP16)
    start = {"connectorId": 1, "idTag": "AB12", "timestamp": text(T0), "meterStart": start_wh}
    charger.tell("StartTransaction", start, T0)
    for minute, wh in ((15, 3_000), (30, 5_000)):
        charger.read(text(T0 + minute * MINUTE), wh, T0 + minute * MINUTE)
    end = {"transactionId": int(charger.session.transaction_id), "meterStop": stop_wh}
    charger.tell("StopTransaction", end | {"timestamp": text(T0 + 60 * MINUTE)}, T0 + 60 * MINUTE)
    session = charger.session
    assert (session.energy_wh, session.flags) == (kwh * 1_000, "missing_reading")


def measure(charger: Teller, at: datetime, sampled: dict[str, object]) -> None:
    """A power, and no register."""
    value = [{"timestamp": text(at), "sampledValue": [sampled]}]
    if charger.protocol is Protocol.OCPP16:
        told = {"connectorId": 1, "transactionId": int(charger.session.transaction_id)}
        charger.tell("MeterValues", told | {"meterValue": value}, at)
        return
    event = {
        "eventType": "Updated", "timestamp": text(at), "seqNo": 900 + at.minute,
        "triggerReason": "MeterValuePeriodic", "transactionInfo": {"transactionId": "tx-1"},
        "meterValue": [{"timestamp": text(at), "sampledValue": [
            {k: v for k, v in sampled.items() if k != "unit"}]}],
    }  # fmt: skip
    charger.tell("TransactionEvent", event, at)


@pytest.mark.parametrize(("first_min", "last_min"), [(15, 60), (1, 31), (15, 45)])
def test_energy_before_the_first_or_after_the_last_reading_is_marked(
    network: Organisation, first_min: int, last_min: int
) -> None:
    """2.0.1 without a reading at begin and end."""
    charger = charger_of(network, Protocol.OCPP201)
    event = {
        "eventType": "Started", "timestamp": text(T0), "seqNo": 0, "triggerReason": "Trigger",
        "transactionInfo": {"transactionId": "tx-1"}, "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "AB12", "type": "ISO14443"},
    }  # fmt: skip
    charger.tell("TransactionEvent", event, T0)
    for minute in (first_min, *range(first_min + 5, last_min + 1, 5)):
        at = T0 + minute * MINUTE
        charger.read(text(at), 1_000 + 100 * minute, at)
    end = T0 + 60 * MINUTE
    charger.tell(
        "TransactionEvent",
        event | {"eventType": "Ended", "timestamp": text(end), "seqNo": 50},
        end,
    )
    session = charger.session
    assert session.energy_wh == 100 * (last_min - first_min)
    assert session.flags.split() == ["missing_reading", "gaps"]
