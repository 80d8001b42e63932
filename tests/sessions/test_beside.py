"""Sessions without a register: energy by power and by intervals, as far as it can have flowed."""

from datetime import datetime
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.stations.models import Connector, Evse
from apps.telling.aside import doubts_in
from apps.telling.selectors import tell
from apps.tokens.models import Token
from tests import factories as make
from tests.sessions.story import Teller
from tests.sessions.test_odd_readings import BOTH, MARK, MINUTE, T0
from tests.sessions.test_wrong_clocks import text

POWER, INTERVAL = "Power.Active.Import", "Energy.Active.Import.Interval"
END = T0 + 115 * MINUTE
Sampled = dict[str, Any]


@pytest.fixture
def network(network: Organisation, card: Token, tariff: object) -> Organisation:
    return network


def sampled(protocol: Protocol, value: float, measurand: str, unit: str, **more: Any) -> Sampled:
    """In the words of either version."""
    if protocol is Protocol.OCPP16:
        return {"value": str(value), "measurand": measurand, "unit": unit} | more
    return {"value": value, "measurand": measurand, "unitOfMeasure": {"unit": unit}} | more


def told(
    network: Organisation, protocol: Protocol, values: list[list[Sampled]],
    limit_w: int | None = 22_000,
) -> Session:  # fmt: skip
    """Every ten minutes, without any register."""
    charger = Teller(network, "BESIDE", protocol)
    evse = Evse.objects.create(station_id=charger.ref.id, number=1)
    Connector.objects.create(station_id=charger.ref.id, evse=evse, number=1, max_power_w=limit_w)
    _begin(charger)
    for number, one in enumerate(values, 1):
        _tell(charger, number, T0 + 10 * number * MINUTE, one)
    _end(charger)
    return charger.session


def _begin(charger: Teller) -> None:
    if charger.protocol is Protocol.OCPP16:
        start = {"connectorId": 1, "idTag": "AB12", "timestamp": text(T0), "meterStart": None}
        charger.tell("StartTransaction", start, T0)
    else:
        charger.tell("TransactionEvent", _event("Started", 0, T0), T0)


def _tell(charger: Teller, number: int, at: datetime, values: list[Sampled]) -> None:
    value = {"meterValue": [{"timestamp": text(at), "sampledValue": values}]}
    if charger.protocol is Protocol.OCPP16:
        told = {"connectorId": 1, "transactionId": int(charger.session.transaction_id)}
        charger.tell("MeterValues", told | value, at)
    else:
        charger.tell("TransactionEvent", _event("Updated", number, at) | value, at)


def _end(charger: Teller) -> None:
    if charger.protocol is Protocol.OCPP16:
        end = {"transactionId": int(charger.session.transaction_id), "meterStop": None}
        charger.tell("StopTransaction", end | {"timestamp": text(END)}, END)
    else:
        charger.tell("TransactionEvent", _event("Ended", 50, END), END)


def _event(kind: str, seq: int, at: datetime) -> Sampled:
    return {
        "eventType": kind, "timestamp": text(at), "seqNo": seq, "triggerReason": "Trigger",
        "transactionInfo": {"transactionId": "tx-1"}, "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "AB12", "type": "ISO14443"},
    }  # fmt: skip


def marks(session: Session) -> set[str]:
    return set(session.flags.split()) - {"gaps"}


def why(session: Session) -> str:
    return " ".join(doubt.why for doubt in doubts_in(session)).replace("\u202f", " ")


@BOTH
@pytest.mark.parametrize("limit_w", [22_000, None])
def test_watts_that_are_called_kilowatts_are_read_as_watts(
    network: Organisation, protocol: Protocol, limit_w: int | None
) -> None:
    values = [[sampled(protocol, 7_200, POWER, "kW")] for _ in range(11)]
    session = told(network, protocol, values, limit_w)
    assert session.energy_wh == pytest.approx(12_000)
    assert {MARK, "no_register"} <= marks(session)
    assert "it is read as 7.2 kW, which counts. Check the unit." in why(session)


@BOTH
def test_an_odd_power_is_told_in_kilowatts(network: Organisation, protocol: Protocol) -> None:
    session = told(network, protocol, [[sampled(protocol, 7_200, POWER, "kW")]] * 11)
    story = tell(make.user(network, "support", Role.SUPPORT), session, now=END)
    assert f"{POWER} of 7200.0 kW is odd, and counts" in {moment.text for moment in story.moments}


@BOTH
@pytest.mark.parametrize(("odd_w", "reason"), [(400_000, "check the unit"), (-7_000, "sign")])
def test_one_odd_power_decides_nothing(
    network: Organisation, protocol: Protocol, odd_w: float, reason: str
) -> None:
    values = [[sampled(protocol, odd_w if n == 5 else 6_000, POWER, "W")] for n in range(11)]
    session = told(network, protocol, values)
    assert 9_000 <= session.energy_wh <= 10_000
    assert MARK in marks(session)
    assert reason in why(session)


@BOTH
def test_powers_of_a_connector_that_is_said_to_be_too_small_count_and_are_marked(
    network: Organisation, protocol: Protocol
) -> None:
    values = [[sampled(protocol, 43_000, POWER, "W")] for _ in range(11)]
    session = told(network, protocol, values)
    assert session.energy_wh == pytest.approx(43_000 * 100 / 60)
    assert MARK in marks(session)
    assert "43 kW are more than the connector is said to deliver (22 kW)" in why(session)


@BOTH
def test_powers_that_no_connector_delivers_are_not_billed(
    network: Organisation, protocol: Protocol
) -> None:
    values = [[sampled(protocol, 300 + n, POWER, "kW")] for n in range(11)]
    session = told(network, protocol, values, 3_700)
    assert session.energy_wh <= 3_700 * 1.25 * 115 / 60
    assert MARK in marks(session)


@BOTH
@pytest.mark.parametrize("watts", [-7_200, -50_000])
def test_what_is_given_back_is_no_energy_below_zero(
    network: Organisation, protocol: Protocol, watts: float
) -> None:
    values = [[sampled(protocol, watts, POWER, "W")] for _ in range(11)]
    session = told(network, protocol, values)
    assert session.energy_wh == 0
    assert {MARK, "no_energy"} <= marks(session)
    assert "bring nothing in: it was given back, or its sign is wrong" in why(session)


@BOTH
@pytest.mark.parametrize("measurand", [INTERVAL, "Energy.Active.Import.Register"])
def test_energy_below_zero_is_not_understood(
    network: Organisation, protocol: Protocol, measurand: str
) -> None:
    values = [[sampled(protocol, -900 * n, measurand, "Wh")] for n in range(1, 12)]
    session = told(network, protocol, values)
    assert session.energy_wh == 0
    assert "unread_reading" in marks(session)


@BOTH
@pytest.mark.parametrize("limit_w", [22_000, None])
@pytest.mark.parametrize(("since_wh", "wh"), [(0, 9_900), (5_000_000, 9_000)])
def test_intervals_that_add_up_by_themselves_are_a_register(
    network: Organisation, protocol: Protocol, since_wh: float, wh: float, limit_w: int | None
) -> None:
    values = [[sampled(protocol, since_wh + 900 * n, INTERVAL, "Wh")] for n in range(1, 12)]
    session = told(network, protocol, values, limit_w)
    assert session.energy_wh == pytest.approx(wh)
    assert {MARK, "no_register"} <= marks(session)
    assert (session.meter_start_wh, session.meter_stop_wh) == (None, None)
    assert "rises like a register" in why(session)


@BOTH
def test_intervals_in_another_unit_are_read_in_their_own(
    network: Organisation, protocol: Protocol
) -> None:
    values = [[sampled(protocol, 900 - n % 3, INTERVAL, "kWh")] for n in range(1, 12)]
    session = told(network, protocol, values)
    assert session.energy_wh == pytest.approx(9_900, abs=20)
    assert MARK in marks(session)
    assert "check the unit" in why(session).lower()


@BOTH
def test_one_odd_interval_is_not_billed(network: Organisation, protocol: Protocol) -> None:
    values = [[sampled(protocol, 90_000 if n == 5 else 900, INTERVAL, "Wh")] for n in range(11)]
    session = told(network, protocol, values)
    assert session.energy_wh == 9_000
    assert MARK in marks(session)


@BOTH
@pytest.mark.parametrize("values", [[900.0] * 11, [300.0, 900, 1_800, 2_400, 2_400, 1_900, 800]])
def test_plain_intervals_are_added_up_without_a_doubt(
    network: Organisation, protocol: Protocol, values: list[float]
) -> None:
    session = told(network, protocol, [[sampled(protocol, v, INTERVAL, "Wh")] for v in values])
    assert session.energy_wh == sum(values)
    assert MARK not in marks(session)


@BOTH
@pytest.mark.parametrize(
    "one",
    [
        [(7_200.0, POWER, "W", {})],
        [(16.0, "Current.Import", "A", {"phase": "L1"})],
        [(20.0, "SoC", "Percent", {})],
    ],
)
def test_a_session_with_nothing_to_work_from_is_not_said_to_be_worked_out(
    network: Organisation, protocol: Protocol, one: list[tuple[float, str, str, Sampled]]
) -> None:
    values = [
        sampled(protocol, value, measurand, unit, **more) for value, measurand, unit, more in one
    ]
    session = told(network, protocol, [values])
    assert session.energy_wh == 0
    assert marks(session) == {"missing_reading", "no_energy"}
