"""Which readings of a register count, where those of begin and end are odd among many."""

from datetime import timedelta

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.telling.aside import doubts_in
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_odd_readings import BOTH, MARK, MINUTE, T0, Readings, told
from tests.sessions.test_wrong_clocks import text

SAMPLES: Readings = [(10.0 * n, 100_000 + 900.0 * n) for n in range(1, 12)]


@pytest.fixture
def network(network: Organisation, card: Token, tariff: object) -> Organisation:
    return network


@BOTH
@pytest.mark.parametrize("between", [SAMPLES, SAMPLES[:3], [(m, wh - 9_000) for m, wh in SAMPLES]])
def test_zeros_at_begin_and_end_do_not_outvote_what_was_read_between(
    network: Organisation, protocol: Protocol, between: Readings
) -> None:
    session = told(network, protocol, [(0, 0), *between, (115, 0)])
    assert session.energy_wh == between[-1][1] - between[0][1]
    assert (session.meter_start_wh, session.meter_stop_wh) == (between[0][1], between[-1][1])
    assert MARK in session.flags.split()


@BOTH
@pytest.mark.parametrize("begin_wh", [102_000, 103_000, 105_000, 109_000, 150_000])
def test_a_begin_that_is_too_high_sets_no_readings_aside_that_agree(
    network: Organisation, protocol: Protocol, begin_wh: float
) -> None:
    session = told(network, protocol, [(0, begin_wh), *SAMPLES, (115, 110_000)])
    assert session.energy_wh == 9_100
    assert (session.meter_start_wh, session.meter_stop_wh) == (100_900, 110_000)
    assert session.flags.split() == [MARK]


@BOTH
@pytest.mark.parametrize("begin_wh", [100_950, 101_200])
def test_of_two_readings_that_differ_the_begin_counts(
    network: Organisation, protocol: Protocol, begin_wh: float
) -> None:
    session = told(network, protocol, [(0, begin_wh), *SAMPLES, (115, 110_000)])
    assert session.energy_wh == 110_000 - begin_wh
    assert session.flags.split() == [MARK]


@BOTH
@pytest.mark.parametrize("end_wh", [104_000, 107_300])
def test_an_end_that_is_too_low_sets_no_readings_aside_that_agree(
    network: Organisation, protocol: Protocol, end_wh: float
) -> None:
    session = told(network, protocol, [(0, 100_000), *SAMPLES, (115, end_wh)])
    assert (session.energy_wh, session.flags.split()) == (9_900, [MARK])


@BOTH
def test_a_zero_in_the_middle_is_not_said_not_to_have_been_read(
    network: Organisation, protocol: Protocol
) -> None:
    readings = [(0.0, 100_000.0), *SAMPLES[:5], (60.0, 0.0), *SAMPLES[6:], (115, 110_000)]
    session = told(network, protocol, readings)
    (doubt,) = doubts_in(session)
    assert (session.energy_wh, doubt.value) == (10_000, 0)
    assert doubt.why == "It is below the 104.5 kWh before it."


@BOTH
@pytest.mark.parametrize(
    ("readings", "wh"),
    [
        ([(0.0, 100_000.0), *SAMPLES, (115, 110_000)], 10_000),
        ([(0.0, 0.0), *SAMPLES, (115, 110_000)], 9_100),
        ([(0.0, 100_000.0), *SAMPLES[:5], *((m, wh - 104_500) for m, wh in SAMPLES[5:])], 9_900),
        ([(0.0, 0.0), (0.01, 900_000)], 0),
    ],
)
def test_what_is_billed_is_the_difference_of_the_registers_that_are_shown(
    network: Organisation, protocol: Protocol, readings: Readings, wh: float
) -> None:
    session = told(network, protocol, readings)
    assert session.energy_wh == wh
    start_wh, stop_wh = session.meter_start_wh, session.meter_stop_wh
    assert (start_wh is None) is (stop_wh is None)
    assert stop_wh is None or start_wh is None or stop_wh - start_wh == wh
    assert "no_register" not in session.flags.split()


def told_by_a_clock_ahead(charger: Teller, readings: Readings) -> Session:
    """None of its instants can be, so that each is of when it was heard."""
    ahead = timedelta(hours=2)
    (first, begin_wh), *between, (last, end_wh) = readings
    charger.start(text(T0 + first * MINUTE + ahead), begin_wh, T0 + first * MINUTE)
    for minute, wh in between:
        charger.read(text(T0 + minute * MINUTE + ahead), wh, T0 + minute * MINUTE)
    charger.stop(text(T0 + last * MINUTE + ahead), end_wh, T0 + last * MINUTE)
    charger.begin_anew()
    return charger.session


@BOTH
def test_a_register_that_begins_anew_is_read_whatever_its_clock_tells(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "ANEW", protocol)
    for began, readings in ((0, [(1, 335), (2, 335)]), (10, [(1, 340), (2, 700), (3, 700)])):
        told = [(began, 0), *((began + minute, wh) for minute, wh in readings)]
        session = told_by_a_clock_ahead(charger, told)
        assert (session.energy_wh, session.meter_start_wh) == (readings[-1][1], 0)
        assert session.flags.split() == ["clock"]


@BOTH
@pytest.mark.parametrize("lifetime_wh", [60_000, 7_930_000])
def test_a_zero_that_was_not_read_brings_nothing_whatever_its_clock_tells(
    network: Organisation, protocol: Protocol, lifetime_wh: float
) -> None:
    charger = Teller(network, "UNREAD", protocol)
    readings = [(0, 0), (5, lifetime_wh), (10, lifetime_wh + 500), (15, lifetime_wh + 1_000)]
    session = told_by_a_clock_ahead(charger, readings)
    assert (session.energy_wh, session.meter_start_wh) == (1_000, lifetime_wh)
    assert MARK in session.flags.split()
