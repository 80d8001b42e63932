"""Sessions with a reading that cannot be: what is disbelieved costs nothing, and leaves a mark."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.stations.models import Connector, Evse
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import text

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MARK = "implausible_reading"
BOTH = pytest.mark.parametrize("protocol", list(Protocol))
Readings = list[tuple[float, float]]  # minute, Wh


@pytest.fixture
def network(network: Organisation, card: Token, tariff: object) -> Organisation:
    return network


def told(
    network: Organisation,
    protocol: Protocol,
    readings: Readings,
    *,
    whole: bool = True,
    limit_w: int | None = None,
) -> Session:
    """The first is that of the begin, the last that of the end."""
    charger = Teller(network, f"METER{protocol}{len(readings)}", protocol)
    if limit_w is not None:
        evse = Evse.objects.create(station_id=charger.ref.id, number=1)
        Connector.objects.create(
            station_id=charger.ref.id, evse=evse, number=1, max_power_w=limit_w
        )
    (first, wh), *between = readings
    charger.start(text(T0 + first * MINUTE), wh, T0 + first * MINUTE)
    last = between.pop() if whole else None
    for minute, wh in between:
        charger.read(text(T0 + minute * MINUTE), wh, T0 + minute * MINUTE)
    if last:
        charger.stop(text(T0 + last[0] * MINUTE), last[1], T0 + last[0] * MINUTE)
    return charger.session


def hours(count: int, start_wh: float, gain_wh: float) -> Readings:
    """Every quarter of an hour over ``count`` hours."""
    steps = count * 4
    return [(15 * n, start_wh + gain_wh * n / steps) for n in range(1, steps + 1)]


LIFETIME = 7_930_000.0


@BOTH
@pytest.mark.parametrize(
    ("readings", "kwh"),
    [
        ([(0, 0), *hours(3, LIFETIME, 9_000)], 9),
        ([(0, 0), *hours(9, LIFETIME, 9_000)], 9),
        ([(0, 0), (0.25, LIFETIME), *hours(9, LIFETIME, 9_000)], 9),
        ([(0, 0), (0.5, 60_000), (2, 60_200), (5, 60_500), (10, 61_000)], 1),
        ([(0, 0), (5, 60_000), (10, 61_000)], 1),
        ([(0, 0), (60, 0), (120, LIFETIME), (180, LIFETIME + 4_000)], 4),
    ],
)
def test_a_meter_that_was_not_read_yet_costs_nothing(
    network: Organisation, protocol: Protocol, readings: Readings, kwh: float
) -> None:
    session = told(network, protocol, readings)
    assert session.energy_wh == pytest.approx(kwh * 1_000, rel=0.1)
    assert MARK in session.flags.split()
    assert session.meter_start_wh is not None
    assert session.meter_stop_wh is not None
    assert session.energy_wh == session.meter_stop_wh - session.meter_start_wh


@BOTH
def test_a_lifetime_register_that_nothing_confirms_is_not_billed(
    network: Organisation, protocol: Protocol
) -> None:
    session = told(network, protocol, [(0, 0), (540, LIFETIME)])
    assert (session.energy_wh, MARK in session.flags.split()) == (0, True)


@BOTH
def test_a_unit_that_is_a_thousand_times_too_large_is_marked_while_it_runs(
    network: Organisation, protocol: Protocol
) -> None:
    readings = [(0.0, 0.0), *((n / 4, 150_100.0 * n) for n in range(1, 20))]
    session = told(network, protocol, readings, whole=False)
    assert (session.energy_wh, MARK in session.flags.split()) == (0, True)


@BOTH
@pytest.mark.parametrize("stop_wh", [494.0, 494.22, 493.9])
def test_the_reading_that_ends_the_session_wins(
    network: Organisation, protocol: Protocol, stop_wh: float
) -> None:
    session = told(network, protocol, [(0, 100.5), (5, 400), (9, 494.22), (10, stop_wh)])
    assert (session.meter_start_wh, session.meter_stop_wh) == (100.5, stop_wh)
    assert session.energy_wh == stop_wh - 100.5
    assert session.flags == ""


@BOTH
def test_a_stop_in_whole_kwh_is_no_fall(network: Organisation, protocol: Protocol) -> None:
    session = told(network, protocol, [(0, 10_000), (30, 14_700), (60, 15_000 + 670), (61, 15_000)])
    assert (session.energy_wh, session.flags) == (5_000, "")


@BOTH
def test_a_glitch_costs_nothing_however_long_it_took(
    network: Organisation, protocol: Protocol
) -> None:
    readings = [(0, 10_000), (15, 12_500), (65, 512_500), (80, 15_000), (95, 17_500)]
    session = told(network, protocol, readings)
    assert (session.energy_wh, MARK in session.flags.split()) == (7_500, True)


@BOTH
def test_more_than_the_connector_delivers_is_not_believed(
    network: Organisation, protocol: Protocol
) -> None:
    readings = [(0.0, 10_000.0), (15, 12_500), (30, 15_000), (80, 515_000)]
    session = told(network, protocol, readings, limit_w=22_000)
    assert (session.energy_wh, MARK in session.flags.split()) == (5_000, True)


@BOTH
def test_a_connector_that_is_said_to_be_too_small_loses_nothing(
    network: Organisation, protocol: Protocol
) -> None:
    """All of its readings agree: what was said of the connector is wrong."""
    readings = [(0.0, 10_000.0), *((15.0 * n, 10_000 + 5_500.0 * n) for n in range(1, 5))]
    assert told(network, protocol, readings, limit_w=11_000).energy_wh == 22_000


@BOTH
def test_what_was_charged_from_zero_by_a_strong_charger_counts(
    network: Organisation, protocol: Protocol
) -> None:
    session = told(network, protocol, [(0, 0), (5, 12_500), (10, 24_000), (60, 60_000)])
    assert (session.energy_wh, session.meter_start_wh, session.flags) == (60_000, 0, "")


@BOTH
def test_a_reading_that_is_told_again_and_again_changes_nothing(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "AGAIN", protocol)
    charger.start(text(T0), 1_000, T0)
    for n in range(1, 30):
        at = T0 + n * MINUTE
        charger.read(text(at), 1_000, at, context="Transaction.Begin")
        charger.read(text(at), 1_000 + 100 * n, at)
    session = charger.session
    assert (session.energy_wh, session.flags) == (2_900, "")
    assert session.price_incl_vat is None or session.price_incl_vat > Decimal(0)


@BOTH
def test_samples_in_another_unit_than_begin_and_end_decide_nothing(
    network: Organisation, protocol: Protocol
) -> None:
    session = told(network, protocol, [(0, 5_000), (6, 6), (12, 7), (18, 8), (20, 8_000)])
    assert (session.energy_wh, MARK in session.flags.split()) == (3_000, True)


@BOTH
@pytest.mark.parametrize(
    ("readings", "kwh"),
    [
        ([(0, 8_200), (15, 6_400), (30, 4_600), (45, 1_000)], 0),
        ([(0, 8_200), (45, 1_000)], 0),
        ([(0, 101_000), (15, 1_120), (30, 4_660), (45, 8_200)], 7.08),
        ([(0, 1_000), (15, 2_800), (30, 4_600), (45, 0)], 3.6),
        ([(0, 1_000), (15, 2_800), (30, 4_600), (45, 8)], 3.6),
    ],
)
def test_a_register_that_falls_invents_no_energy(
    network: Organisation, protocol: Protocol, readings: Readings, kwh: float
) -> None:
    session = told(network, protocol, readings)
    assert (session.energy_wh, MARK in session.flags.split()) == (kwh * 1_000, True)


@BOTH
@pytest.mark.parametrize("second_wh", [90_000, 1_000, 0])
def test_a_second_end_changes_nothing(
    network: Organisation, protocol: Protocol, second_wh: float
) -> None:
    charger = Teller(network, "TWICE", protocol)
    charger.start(text(T0), 1_000, T0)
    for minutes, wh in ((30, 1_500.0), (31, second_wh)):
        charger.stop(text(T0 + minutes * MINUTE), wh, T0 + minutes * MINUTE)
    assert charger.session.energy_wh == 500
    assert charger.session.ended_at == T0 + 30 * MINUTE


@pytest.mark.parametrize("late_s", [10, 100])
def test_what_is_read_after_an_end_without_a_register_is_not_billed(
    network: Organisation, late_s: int
) -> None:
    charger = Teller(network, "AFTER", Protocol.OCPP16)
    charger.start(text(T0), 1_000, T0)
    charger.read(text(T0 + 10 * MINUTE), 1_200, T0 + 10 * MINUTE)
    transaction = int(charger.session.transaction_id)
    end = {"transactionId": transaction, "timestamp": text(T0 + 20 * MINUTE)}
    charger.tell("StopTransaction", end | {"meterStop": None}, T0 + 20 * MINUTE)
    after = T0 + 20 * MINUTE + timedelta(seconds=late_s)
    charger.read(text(after), 9_000, after)
    assert charger.session.energy_wh == 200


@BOTH
@pytest.mark.parametrize("short_wh", [1, 670])
def test_a_stop_below_the_last_reading_of_a_pause_leaves_the_pause_where_it_was(
    network: Organisation, protocol: Protocol, short_wh: float
) -> None:
    """A stop that counts whole kWh, or is rounded, is no gap in steady readings."""
    charged = [(float(n), 12_000 + short_wh - 100 * (10 - n)) for n in range(11)]
    paused = [(float(n), 12_000.0 + short_wh) for n in range(11, 28)]
    session = told(network, protocol, [*charged, *paused, (28, 12_000)])
    took = session.ended_at and session.ended_at - session.started_at
    assert (took, session.flags) == (28 * MINUTE, "")
    assert session.energy_wh == 1_000 - short_wh
