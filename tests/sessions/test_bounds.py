"""Sessions that cannot have been when their station tells: held against what else is known."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import BOTH, FACTORY, MINUTE, NOW, text

SECOND = timedelta(seconds=1)


@pytest.fixture
def charger(network: Organisation, card: Token, protocol: Protocol) -> Teller:
    told = Teller(network, "BOUND", protocol)
    Station.objects.update(registered_at=NOW - timedelta(days=2))
    return told


def lived(
    charger: Teller, told: tuple[datetime, datetime], heard: tuple[datetime, datetime], wh: float
) -> Session:
    """A session that takes ``wh``, told and heard like this."""
    begin_wh = 5_000 + 10_000 * charger.number
    charger.start(text(told[0]), begin_wh, heard[0])
    charger.stop(text(told[1]), begin_wh + wh, heard[1])
    charger.begin_anew()
    return charger.session


@BOTH
@pytest.mark.parametrize("wh", [0, 3, 250])
@pytest.mark.parametrize("gap", [90 * SECOND, 60 * MINUTE])
def test_a_clock_that_stands_still_dates_no_second_session(
    charger: Teller, gap: timedelta, wh: float
) -> None:
    stuck = NOW
    lived(charger, (stuck, stuck), (NOW, NOW + 40 * SECOND), 250)
    began_at = NOW + gap
    for _ in range(2):
        session = lived(charger, (stuck, stuck), (began_at, began_at + 30 * SECOND), wh)
        assert (session.started_at, session.ended_at) == (began_at, began_at + 30 * SECOND)
        assert "clock" in session.flags.split()
        began_at += gap


@BOTH
def test_a_session_in_the_time_of_another_was_when_it_was_heard(charger: Teller) -> None:
    lived(charger, (NOW, NOW + 30 * MINUTE), (NOW, NOW + 30 * MINUTE), 3_000)
    told, heard = NOW + 10 * MINUTE, NOW + 70 * MINUTE
    session = lived(charger, (told, told + 20 * MINUTE), (heard, heard + 20 * MINUTE), 3_000)
    assert (session.started_at, session.ended_at) == (heard, heard + 20 * MINUTE)
    assert "clock" in session.flags.split()


@BOTH
@pytest.mark.parametrize("factory", [FACTORY, datetime(2022, 6, 1, tzinfo=UTC)])
def test_what_is_told_of_years_before_its_station_was_known_keeps_its_length(
    charger: Teller, factory: datetime
) -> None:
    session = lived(charger, (factory, factory + 45 * MINUTE), (NOW, NOW + SECOND), 6_000)
    assert session.ended_at is not None
    assert session.ended_at - session.started_at == 45 * MINUTE
    assert session.ended_at == NOW + SECOND
    assert (session.energy_wh, "clock" in session.flags.split()) == (6_000, True)


@BOTH
def test_what_is_told_of_months_before_its_station_was_known_is_believed(charger: Teller) -> None:
    began_at = NOW - timedelta(days=200)
    session = lived(charger, (began_at, began_at + 45 * MINUTE), (NOW, NOW + SECOND), 6_000)
    assert (session.started_at, session.flags) == (began_at, "")


@BOTH
@pytest.mark.parametrize(("days", "is_earlier"), [(50, True), (50, False), (20, True)])
def test_nothing_old_waits_in_a_station_that_has_told_live_over_an_earlier_connection(
    charger: Teller, days: int, is_earlier: bool
) -> None:
    judged_at = NOW - timedelta(hours=2)
    Station.objects.update(
        registered_at=NOW - timedelta(days=900), clock_offset_s=0.0, clock_judged_at=judged_at,
        connection_changed_at=judged_at + (1 if is_earlier else -1) * MINUTE,
    )  # fmt: skip
    told = NOW - timedelta(days=days)
    session = lived(charger, (told, told + 45 * MINUTE), (NOW, NOW + SECOND), 6_000)
    assert session.ended_at is not None
    assert session.ended_at - session.started_at == 45 * MINUTE
    assert ("clock" in session.flags.split()) is (is_earlier and days > 31)


@BOTH
def test_sessions_that_are_told_later_in_any_order_are_believed(charger: Teller) -> None:
    for hours in (2, 5, 3):
        began_at = NOW - timedelta(hours=hours)
        session = lived(charger, (began_at, began_at + 50 * MINUTE), (NOW, NOW), 5_000)
        assert (session.started_at, session.flags) == (began_at, "")


@BOTH
@pytest.mark.parametrize(("gap", "is_bounded"), [(10 * MINUTE, True), (2 * SECOND, False)])
def test_no_energy_dates_a_session_back_into_the_one_before(
    charger: Teller, gap: timedelta, is_bounded: bool
) -> None:
    """Whose instants cannot be read; what comes in one go tells no order either."""
    charger.start("never", 15_000, NOW)
    charger.stop("never", 20_000, NOW + 40 * MINUTE)
    charger.begin_anew()
    heard_at = NOW + 40 * MINUTE + gap
    charger.start("never", 20_000, heard_at)
    charger.stop("never", 25_500, heard_at)
    session = charger.session
    began_at = NOW + 40 * MINUTE if is_bounded else heard_at - 30 * MINUTE
    assert (session.started_at, session.ended_at) == (began_at, heard_at)
    assert (session.energy_wh, "clock" in session.flags.split()) == (5_500, True)
