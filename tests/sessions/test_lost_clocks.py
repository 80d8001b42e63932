"""Sessions told afterwards by a clock that cannot be right: all they have is its distances."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.stations.models import Station
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import BOTH, MINUTE, NOW, is_about, network, text

__all__ = ["network"]
SHOWN = pytest.mark.parametrize(
    "shown",
    [
        text(NOW - 20_000 * timedelta(days=1)),  # 1972
        text(NOW - 1024 * timedelta(weeks=1)),  # the week numbers of GPS, begun anew
        text(NOW + timedelta(days=1)),
        text(NOW + timedelta(days=365)),
        "2038-01-19T03:00:00Z",
        "0026-11-20T18:05:00Z",
    ],
)
WAS = timedelta(minutes=110)


def tell(charger: Teller, shown: str, begin_wh: float, end_wh: float, unread: int = 0) -> None:
    """10 kWh in 110 minutes, read every ten, all of it heard in two seconds."""
    began_at = datetime.fromisoformat(shown)
    Station.objects.filter(pk=charger.ref.id).update(registered_at=NOW - timedelta(days=30))
    charger.start(shown, begin_wh, NOW)
    for number in range(1, 11):
        at = began_at + WAS * number / 11
        wh = 0.0 if number <= unread else 100_000 + 10_000 * number / 11
        charger.read(text(at), round(wh), NOW + number * timedelta(seconds=0.2))
    charger.stop(text(began_at + WAS), end_wh, NOW + timedelta(seconds=3))


@BOTH
@SHOWN
def test_it_keeps_its_length_and_ends_when_it_was_heard(
    network: Organisation, protocol: Protocol, shown: str
) -> None:
    charger = Teller(network, "LOST", protocol)
    tell(charger, shown, 100_000, 110_000)
    session = charger.session
    is_about(session, WAS / timedelta(hours=1), 10)
    assert session.ended_at == NOW + timedelta(seconds=3)
    assert "implausible_reading" not in session.flags.split()


@BOTH
@SHOWN
@pytest.mark.parametrize(
    ("begin_wh", "end_wh", "unread"), [(0, 110_000, 0), (100_000, 0, 0), (0, 110_000, 2)]
)
def test_one_odd_reading_costs_no_more_than_by_a_clock_that_is_right(
    network: Organisation,
    protocol: Protocol,
    shown: str,
    begin_wh: float,
    end_wh: float,
    unread: int,
) -> None:
    charger = Teller(network, "LOST", protocol)
    tell(charger, shown, begin_wh, end_wh, unread)
    session = charger.session
    assert session.ended_at is not None
    took = session.ended_at - session.started_at
    assert took == pytest.approx(WAS, abs=10 * MINUTE)
    assert 10_000 - (1 + unread) * 910 <= session.energy_wh <= 10_000
    assert {"clock", "implausible_reading"} <= set(session.flags.split())


@BOTH
@pytest.mark.parametrize("ahead", [118, 119, 120, 122, 125, 130])
def test_a_begin_that_can_be_by_a_clock_that_cannot_is_of_the_same_clock(
    network: Organisation, protocol: Protocol, ahead: int
) -> None:
    """Its station waited about as long as its clock is ahead."""
    charger, began_at = Teller(network, "NEAR", protocol), NOW - 120 * MINUTE
    off, heard_at = ahead * MINUTE, NOW + MINUTE
    charger.start(text(began_at + off), 7_930_000, heard_at)
    for number in range(1, 8):
        said, heard = 15 * number * MINUTE, number * timedelta(milliseconds=10)
        charger.read(text(began_at + off + said), 7_930_000 + 5_500 * number, heard_at + heard)
    charger.stop(text(NOW + off), 7_974_000, heard_at + timedelta(milliseconds=100))
    is_about(charger.session, 2, 44)


@BOTH
@pytest.mark.parametrize("late", [timedelta(0), 5 * MINUTE, timedelta(days=2)])
def test_readings_that_name_no_instant_say_nothing_of_the_time(
    network: Organisation, protocol: Protocol, late: timedelta
) -> None:
    charger = Teller(network, "BARE", protocol)
    heard_at = NOW + late
    charger.start(text(NOW - WAS), 100_000, heard_at)
    for number in range(1, 11):
        at, wh = heard_at + number * timedelta(milliseconds=25), 100_000 + 10_000 * number / 11
        charger.tell("MeterValues", bare(charger, round(wh)), at)
    charger.stop(text(NOW), 110_000, heard_at + timedelta(milliseconds=300))
    session = charger.session
    assert (session.started_at, session.ended_at) == (NOW - WAS, NOW)
    assert session.energy_wh == 10_000


def bare(charger: Teller, wh: int) -> dict[str, Any]:
    told: dict[str, Any] = {"meterValue": [{"sampledValue": [{"value": wh}]}]}
    if charger.protocol is Protocol.OCPP201:
        return told | {"evseId": 1}
    number = int(charger.session.transaction_id)
    return told | {"connectorId": 1, "transactionId": number}


@BOTH
def test_a_clock_that_was_set_forth_after_the_begin_bills_no_more_than_was_heard(
    network: Organisation, protocol: Protocol
) -> None:
    charger, began_at = Teller(network, "FORTH", protocol), NOW - 75 * MINUTE
    heard_at, by = NOW + MINUTE, 61 * MINUTE
    charger.start(text(began_at), 60_000, heard_at)
    for number in range(1, 5):
        wh = 0 if number == 2 else 60_000 + 900 * number
        charger.read(text(began_at + 15 * number * MINUTE + by), wh, heard_at)
    charger.stop(text(NOW + by), 64_500, heard_at)
    session = charger.session
    assert session.ended_at == heard_at
    assert session.started_at == began_at
    assert "clock" in session.flags.split()


@BOTH
def test_what_is_told_live_shows_that_a_clock_has_not_begun_anew(
    network: Organisation, protocol: Protocol
) -> None:
    """Its station booted when the link came back, and told first what had waited."""
    charger, off = Teller(network, "BOOTED", protocol), timedelta(days=9 * 365)
    Station.objects.filter(pk=charger.ref.id).update(
        clock_offset_s=off.total_seconds(), clock_judged_at=NOW - 30 * MINUTE, last_boot_at=NOW
    )
    charger.start(text(NOW - 4 * MINUTE + off), 0, NOW)
    charger.stop(text(NOW + off), 1_424, NOW + timedelta(seconds=1))
    session = charger.session
    assert session.started_at == NOW - 4 * MINUTE
    assert session.energy_wh == 1_424
