"""Sessions whose end is told in whole minutes: that is no wrong clock, and no odd reading."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.domain.events import Sample
from apps.domain.vocabulary import Protocol, SampleContext
from apps.sessions.measuring import total
from apps.sessions.models import Session
from apps.sessions.sequence import Span
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import text

T0 = datetime(2026, 11, 20, 8, 0, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POWER_W = 22_000
BOTH = pytest.mark.parametrize("protocol", list(Protocol))
SECONDS = pytest.mark.parametrize("seconds", [20, 75, 315, 355])


def wh_at(at: datetime) -> float:
    return 6_400_000 + POWER_W * (at - T0).total_seconds() / 3600


def ended(charger: Teller, took: timedelta, heard_at: datetime | None = None) -> Session:
    """After steady readings, by a stop whose time is rounded down; told live, or all at once."""
    stopped_at = T0 + took
    charger.start(text(T0), wh_at(T0), heard_at or T0)
    at = T0 + MINUTE
    while at <= stopped_at:
        charger.read(text(at), wh_at(at), heard_at or at, power_w=POWER_W)
        at += MINUTE
    said_at = stopped_at.replace(second=0)
    charger.stop(text(said_at), wh_at(stopped_at), heard_at or stopped_at)
    return charger.session


@BOTH
@SECONDS
def test_it_ended_when_its_energy_had_flowed(
    network: Organisation, card: Token, protocol: Protocol, seconds: int
) -> None:
    took = timedelta(seconds=seconds)
    session = ended(Teller(network, "MINUTE", protocol), took)
    assert session.ended_at is not None
    assert session.energy_wh == pytest.approx(POWER_W * seconds / 3600)
    assert abs(session.ended_at - (T0 + took)) <= timedelta(seconds=20)
    assert session.flags == ""


@BOTH
@SECONDS
def test_told_later_it_did_as_well(
    network: Organisation, card: Token, protocol: Protocol, seconds: int
) -> None:
    took = timedelta(seconds=seconds)
    session = ended(Teller(network, "MINUTE", protocol), took, T0 + 90 * MINUTE)
    assert session.ended_at is not None
    assert session.energy_wh == pytest.approx(POWER_W * seconds / 3600)
    assert abs(session.ended_at - (T0 + took)) <= timedelta(seconds=20)
    assert not {"clock", "implausible_reading"}.intersection(session.flags.split())


@BOTH
def test_an_end_on_the_minute_that_fits_what_was_read_stays(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    session = ended(Teller(network, "MINUTE", protocol), timedelta(seconds=320))
    assert session.ended_at == T0 + timedelta(seconds=320)
    assert session.ended_at.second == 0


@BOTH
def test_an_end_on_the_minute_that_nothing_speaks_against_stays(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    charger = Teller(network, "MINUTE", protocol)
    charger.start(text(T0), wh_at(T0), T0)
    charger.stop(text(T0 + timedelta(seconds=80)), wh_at(T0) + 450, T0 + timedelta(seconds=90))
    assert charger.session.ended_at == T0 + timedelta(seconds=80)


def test_the_reading_of_the_end_counts_once_however_often_it_is_told() -> None:
    end, began_at, ended_at = SampleContext.END.value, T0, T0 + 2 * MINUTE
    told = [
        Sample(began_at, SampleContext.BEGIN.value, wh_at(began_at)),
        Sample(T0 + MINUTE, "Sample.Periodic", wh_at(T0 + MINUTE), POWER_W),
        Sample(T0 + MINUTE + timedelta(seconds=20), end, wh_at(ended_at)),
        Sample(ended_at, end, wh_at(ended_at)),
    ]
    totals = total(told, Span(began_at, ended_at, POWER_W))
    assert totals.energy_wh == pytest.approx(wh_at(ended_at) - wh_at(began_at))
    assert not totals.is_doubted
