"""Sessions whose station's clock was wrong: timed and priced by what the evidence allows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.tariffs.services import add_tariff, add_version
from apps.tokens.models import Token
from tests.factories import OFFICE
from tests.sessions.story import Teller

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FACTORY = datetime(2023, 1, 1, tzinfo=UTC)
BOTH = pytest.mark.parametrize("protocol", list(Protocol))


@pytest.fixture
def network(network: Organisation, card: Token) -> Organisation:
    """0.50 EUR/kWh and 1.20 EUR/h since the begin of the month, without VAT."""
    tariff = add_tariff(
        organisation_id=network.pk, name="Field", currency="EUR", is_default=True, actor=OFFICE
    )
    add_version(
        tariff, valid_from=datetime(2026, 10, 1, tzinfo=UTC), energy_per_kwh=Decimal("0.50"),
        time_per_hour=Decimal("1.20"), actor=OFFICE,
    )  # fmt: skip
    return network


def text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def is_about(session: Session, hours: float, kwh: float) -> None:
    """Within a tenth of the hours, and exactly the energy; the price follows from them."""
    assert session.ended_at is not None
    took = (session.ended_at - session.started_at).total_seconds() / 3600
    assert took == pytest.approx(hours, rel=0.1)
    assert session.energy_wh == pytest.approx(kwh * 1000)
    assert session.price_incl_vat is not None
    expected = Decimal("0.5") * Decimal(kwh) + Decimal("1.2") * Decimal(took)
    assert abs(session.price_incl_vat - expected) < Decimal("0.02")
    assert "clock" in session.flags.split()


@BOTH
@pytest.mark.parametrize(
    "factory", [FACTORY, datetime(2025, 6, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]
)
def test_a_start_by_the_factory_clock_is_dated_by_the_readings_that_follow(
    network: Organisation, protocol: Protocol, factory: datetime
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(factory), 5_000, NOW)
    for minutes in (45, 30, 15):
        charger.read(text(NOW - minutes * MINUTE), 5_000 + (60 - minutes) / 6 * 1_000, NOW)
    charger.stop(text(NOW), 15_000, NOW)
    is_about(charger.session, 1, 10)
    assert charger.session.started_at.month == NOW.month


@BOTH
def test_readings_by_the_factory_clock_keep_their_distances(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(FACTORY), 5_000, NOW)
    for minutes in (15, 30, 45):
        charger.read(text(FACTORY + minutes * MINUTE), 5_000 + minutes / 6 * 1_000, NOW)
    charger.stop(text(NOW), 15_000, NOW)
    is_about(charger.session, 1, 10)


@BOTH
def test_a_live_start_by_the_factory_clock_began_when_it_was_heard(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(FACTORY), 5_000, NOW - 60 * MINUTE)
    charger.stop(text(NOW), 15_000, NOW)
    is_about(charger.session, 1, 10)


@BOTH
def test_a_start_of_which_nothing_is_known_is_dated_by_its_energy(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(FACTORY), 5_000, NOW)
    charger.stop(text(NOW), 15_000, NOW)
    is_about(charger.session, 10 / 11, 10)


@BOTH
def test_a_running_session_is_timed_as_soon_as_the_clock_is_seen_to_be_wrong(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(FACTORY), 5_000, NOW - 30 * MINUTE)
    charger.read(text(NOW - 15 * MINUTE), 7_500, NOW - 15 * MINUTE)
    charger.read(text(NOW), 10_000, NOW)
    session = charger.session
    assert session.started_at == NOW - 30 * MINUTE
    assert session.flags.split() == ["clock"]


@BOTH
def test_a_stop_by_a_clock_that_was_lost_ends_the_session_when_its_energy_had_flowed(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(NOW - 60 * MINUTE), 5_000, NOW - 60 * MINUTE)
    charger.read(text(NOW - 30 * MINUTE), 10_000, NOW - 30 * MINUTE)
    charger.stop(text(FACTORY), 15_000, NOW)
    is_about(charger.session, 1, 10)


@BOTH
@pytest.mark.parametrize("with_readings", [False, True])
def test_a_stop_before_the_start_is_the_end_of_summer_time(
    network: Organisation, protocol: Protocol, with_readings: bool
) -> None:
    began_at = datetime(2026, 10, 25, 2, 50, tzinfo=UTC)
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(began_at), 5_000, NOW)
    if with_readings:
        charger.read(text(began_at + 5 * MINUTE), 6_500, NOW)
        charger.read(text(began_at - 50 * MINUTE), 8_500, NOW)
    charger.stop(text(began_at - 40 * MINUTE), 12_000, NOW)
    is_about(charger.session, 1 / 3, 7)


@BOTH
def test_a_clock_that_stands_still_ends_the_session_when_that_is_heard(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    began_at = NOW - 60 * MINUTE
    charger.start(text(began_at), 5_000, began_at)
    charger.read(text(began_at), 10_000, NOW - 30 * MINUTE)
    charger.stop(text(began_at), 15_000, NOW)
    is_about(charger.session, 1, 10)


@BOTH
@pytest.mark.parametrize("ago", [0 * MINUTE, 90 * MINUTE])
def test_what_flows_takes_time_whatever_a_clock_that_stands_still_says(
    network: Organisation, protocol: Protocol, ago: timedelta
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(NOW - ago), 5_000, NOW)
    charger.stop(text(NOW - ago), 5_266, NOW + 1.5 * MINUTE)
    is_about(charger.session, 1.5 / 60, 0.266)
    assert charger.session.started_at == NOW


@BOTH
@pytest.mark.parametrize("minutes", [2, 5, 60])
def test_what_is_read_while_a_clock_stands_still_counts(
    network: Organisation, protocol: Protocol, minutes: int
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    for minute in range(minutes + 1):
        heard_at = NOW + minute * MINUTE
        tell: Callable[..., None] = charger.read
        if minute in (0, minutes):
            tell = charger.stop if minute else charger.start
        tell(text(NOW), 5_000 + minute * 366, heard_at)
    is_about(charger.session, minutes / 60, minutes * 0.366)
    assert "implausible_reading" not in charger.session.flags


@BOTH
def test_a_session_that_is_told_much_later_is_believed(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    began_at = NOW - timedelta(days=20)
    charger.start(text(began_at), 5_000, NOW)
    charger.read(text(began_at + 30 * MINUTE), 10_000, NOW)
    charger.stop(text(began_at + 60 * MINUTE), 15_000, NOW)
    session = charger.session
    assert (session.started_at, session.flags) == (began_at, "")
    assert session.price_incl_vat == Decimal("6.200")


@BOTH
def test_a_car_that_stays_for_weeks_is_believed(network: Organisation, protocol: Protocol) -> None:
    charger = Teller(network, "CLOCK", protocol)
    began_at = NOW - timedelta(days=20)
    charger.start(text(began_at), 5_000, began_at)
    charger.read(text(began_at + 60 * MINUTE), 15_000, began_at + 60 * MINUTE)
    charger.stop(text(NOW), 15_000, NOW)
    assert charger.session.flags == ""
    assert charger.session.ended_at == NOW


@BOTH
def test_a_tie_of_the_transaction_is_worth_more_than_the_dates_of_its_readings(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(NOW - 60 * MINUTE), 5_000, NOW - 60 * MINUTE)
    charger.read(text(FACTORY), 9_000, NOW - 30 * MINUTE)
    charger.read(text(FACTORY + 5 * MINUTE), 10_000, NOW - 25 * MINUTE)
    charger.stop(text(NOW), 15_000, NOW)
    session = charger.session
    assert session.energy_wh == 10_000
    assert session.started_at == NOW - 60 * MINUTE
    assert session.ended_at == NOW


@BOTH
@pytest.mark.parametrize("hours", [2, 24, 24 * 7])
def test_one_reading_of_another_day_moves_neither_begin_nor_end(
    network: Organisation, protocol: Protocol, hours: int
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    charger.start(text(NOW - 30 * MINUTE), 1_000, NOW)
    charger.read(text(NOW - 15 * MINUTE), 1_250, NOW)
    charger.read(text(NOW - timedelta(hours=hours)), 1_250, NOW)
    charger.stop(text(NOW), 1_500, NOW)
    session = charger.session
    assert (session.started_at, session.ended_at) == (NOW - 30 * MINUTE, NOW)
    assert session.price_incl_vat == Decimal("0.850")


@BOTH
@pytest.mark.parametrize("year", [1970, 2036])
def test_a_session_of_which_no_instant_can_be_takes_as_long_as_its_energy_needs(
    network: Organisation, protocol: Protocol, year: int
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    began_at = datetime(year, 1, 1, tzinfo=UTC)
    charger.start(text(began_at), 1_000, NOW)
    charger.stop(text(began_at + 60 * MINUTE), 12_000, NOW)
    is_about(charger.session, 1, 11)


def _step(network: Organisation, protocol: Protocol, minutes: int, after: int) -> Session:
    """Two hours at 7.2 kW, told afterwards; the clock is set by so much within."""
    charger = Teller(network, "CLOCK", protocol)
    began_at = NOW - timedelta(hours=9)
    for quarter in range(9):
        by = minutes if quarter > after else 0
        told = text(began_at + (15 * quarter + by) * MINUTE), 5_000 + 1_800 * quarter, NOW
        tell: Callable[..., None] = charger.read
        if quarter in (0, 8):
            tell = charger.stop if quarter else charger.start
        tell(*told)
    return charger.session


@BOTH
@pytest.mark.parametrize("after", [1, 4, 7])
@pytest.mark.parametrize("minutes", [-300, -60, -20, 60, 300])
def test_a_clock_that_is_set_in_the_middle_of_what_is_told_later_shows(
    network: Organisation, protocol: Protocol, minutes: int, after: int
) -> None:
    is_about(_step(network, protocol, minutes, after), 2, 14.4)


@BOTH
def test_a_pause_that_is_told_at_the_interval_is_believed(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CLOCK", protocol)
    began_at = NOW - timedelta(hours=9)
    charger.start(text(began_at), 5_000, NOW)
    for quarter in range(1, 20):
        drawn = min(quarter, 4) + max(0, quarter - 15)
        charger.read(text(began_at + 15 * quarter * MINUTE), 5_000 + 1_800 * drawn, NOW)
    charger.stop(text(began_at + 300 * MINUTE), 5_000 + 1_800 * 9, NOW)
    session = charger.session
    assert (session.started_at, session.flags) == (began_at, "")
    assert session.ended_at == began_at + 300 * MINUTE
