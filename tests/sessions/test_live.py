"""Told live by a clock that is wrong: when it was is when it was heard. A replay is believed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.stations.models import Station, StatusChange
from apps.tokens.models import Attempt
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import BOTH, FACTORY, MINUTE, NOW, is_about, network, text

__all__ = ["network"]
YEAR, DAY, HOUR = timedelta(days=365), timedelta(days=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)
BEHIND = pytest.mark.parametrize("behind", [NOW - FACTORY, 400 * DAY, DAY, 3 * HOUR, 10 * MINUTE])


def live(charger: Teller, behind: timedelta, *, whole: bool = True, every: int = 15) -> None:
    """10 kWh in an hour that ends now, each message heard as it is told."""
    began_at = NOW - HOUR
    charger.start(text(began_at - behind), 5_000, began_at)
    for minutes in range(every, 60, every):
        at = began_at + minutes * MINUTE
        charger.read(text(at - behind), 5_000 + minutes * 10_000 / 60, at)
    if whole:
        charger.stop(text(NOW - behind), 15_000, NOW)


@BOTH
@BEHIND
@pytest.mark.parametrize("every", [15, 60])
def test_a_session_wholly_on_a_clock_that_is_behind_was_when_it_was_heard(
    network: Organisation, protocol: Protocol, behind: timedelta, every: int
) -> None:
    charger = Teller(network, "LATE", protocol)
    live(charger, behind, every=every)
    session = charger.session
    is_about(session, 1, 10)
    assert (session.started_at, session.ended_at) == (NOW - HOUR, NOW)
    assert session.price_incl_vat == Decimal("6.200")
    assert session.flags == "clock"


@BOTH
@BEHIND
def test_it_is_dated_right_while_it_runs(
    network: Organisation, protocol: Protocol, behind: timedelta
) -> None:
    charger = Teller(network, "LATE", protocol)
    live(charger, behind, whole=False)
    session = charger.session
    assert (session.started_at, session.flags) == (NOW - HOUR, "clock")
    assert session.energy_wh == pytest.approx(7_500)
    assert session.tariff_version_id is not None


@BOTH
@pytest.mark.parametrize("back", [DAY, 3 * HOUR])
def test_what_is_replayed_stays_where_it_was(
    network: Organisation, protocol: Protocol, back: timedelta
) -> None:
    charger = Teller(network, "REPLAY", protocol)
    began_at = NOW - back
    charger.start(text(began_at), 5_000, NOW)
    for minutes in (15, 30, 45):
        said_at = began_at + minutes * MINUTE
        heard_at = NOW + minutes * timedelta(seconds=1)
        charger.read(text(said_at), 5_000 + minutes * 10_000 / 60, heard_at)
    charger.stop(text(began_at + HOUR), 15_000, NOW + MINUTE)
    session = charger.session
    assert (session.started_at, session.ended_at) == (began_at, began_at + HOUR)
    assert session.flags == ""


@BOTH
def test_a_session_that_began_offline_and_ended_live_began_when_its_station_says(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "HALF", protocol)
    charger.start(text(NOW - 3 * HOUR), 5_000, NOW - HOUR)
    charger.read(text(NOW - 30 * MINUTE), 12_000, NOW - 30 * MINUTE)
    charger.stop(text(NOW), 15_000, NOW)
    session = charger.session
    assert (session.started_at, session.ended_at, session.flags) == (NOW - 3 * HOUR, NOW, "")


@BOTH
@pytest.mark.parametrize("behind", [timedelta(0), 3 * HOUR, NOW - FACTORY])
@pytest.mark.parametrize("kwh", [1, 10])
def test_a_clock_that_stands_still_says_nothing_of_when_it_was(
    network: Organisation, protocol: Protocol, behind: timedelta, kwh: int
) -> None:
    """With or without more energy than can flow at once."""
    charger = Teller(network, "STILL", protocol)
    began_at = NOW - HOUR
    said = text(began_at - behind)
    charger.start(said, 5_000, began_at)
    for minutes in (20, 40):
        charger.read(said, 5_000 + kwh * minutes / 60 * 1_000, began_at + minutes * MINUTE)
    charger.stop(said, 5_000 + kwh * 1_000, NOW)
    is_about(charger.session, 1, kwh)
    assert "implausible_reading" not in charger.session.flags.split()


@BOTH
@pytest.mark.parametrize("times", [1, 2])
def test_what_a_still_clock_tells_twice_or_of_a_pause_is_when_it_was_heard(
    network: Organisation, protocol: Protocol, times: int
) -> None:
    """Its register stands still over half of the hour, and each message may come twice."""
    charger, began_at = Teller(network, "STILL", protocol), NOW - HOUR
    said = text(began_at)
    charger.start(said, 5_000, began_at)
    for minutes in range(5, 60, 5):
        for _ in range(times):
            at = began_at + minutes * MINUTE
            charger.read(said, 5_000 + min(minutes, 30) * 100, at, power_w=6_000)
    for _ in range(times):
        charger.stop(said, 8_000, NOW)
    is_about(charger.session, 1, 3)
    assert charger.session.flags.split() == ["clock"]


def test_a_still_clock_that_tells_of_the_next_session_has_lost_the_end_of_the_one_before(
    network: Organisation,
) -> None:
    charger, said = Teller(network, "STILL", Protocol.OCPP16), text(NOW - HOUR)
    charger.start(said, 5_000, NOW - HOUR)
    charger.start(said, 5_000, NOW - HOUR + timedelta(seconds=1))
    charger.start(said, 9_000, NOW)
    first, second = Session.objects.order_by("pk")
    assert (first.state, first.is_estimated, second.ended_at) == ("ended", True, None)


@BOTH
@pytest.mark.parametrize("behind", [DAY, NOW - FACTORY])
def test_a_start_alone_is_dated_by_what_is_known_of_its_clock(
    network: Organisation, protocol: Protocol, behind: timedelta
) -> None:
    charger = Teller(network, "ALONE", protocol)
    offset_s = -behind.total_seconds() + 1.5
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=offset_s)
    charger.start(text(NOW - behind), 5_000, NOW)
    assert (charger.session.started_at, charger.session.flags) == (NOW, "clock")


@BOTH
@pytest.mark.parametrize("off_s", [-180, -70, 90, 250])
def test_a_clock_that_is_known_to_be_minutes_off_is_set_right(
    network: Organisation, protocol: Protocol, off_s: float
) -> None:
    charger, off = Teller(network, "ALONE", protocol), timedelta(seconds=off_s)
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=off_s)
    charger.start(text(NOW - HOUR + off), 5_000, NOW - HOUR)
    charger.stop(text(NOW + off), 15_000, NOW)
    session = charger.session
    assert (session.started_at, session.ended_at) == (NOW - HOUR, NOW)
    assert (session.energy_wh, session.flags) == (10_000, "clock")


@BOTH
@pytest.mark.parametrize("behind", [HOUR, DAY])
def test_a_begin_that_was_not_read_costs_nothing_by_a_wrong_clock_either(
    network: Organisation, protocol: Protocol, behind: timedelta
) -> None:
    charger = Teller(network, "ALONE", protocol)
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=-behind.total_seconds())
    began_at = NOW - HOUR
    charger.start(text(began_at - behind), 0, began_at)
    for minutes in range(5, 60, 5):
        at, wh = began_at + minutes * MINUTE, 1_500 + 10_000 * minutes / 60
        charger.read(text(at - behind), wh, at, power_w=10_000)
    charger.stop(text(NOW - behind), 11_500, NOW)
    session = charger.session
    assert session.energy_wh == pytest.approx(10_000, abs=850)
    assert {"clock", "implausible_reading"} <= set(session.flags.split())


@BOTH
def test_a_start_alone_of_a_day_ago_is_believed_where_the_clock_is_right(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "ALONE", protocol)
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=0.4)
    charger.start(text(NOW - DAY), 5_000, NOW)
    assert (charger.session.started_at, charger.session.flags) == (NOW - DAY, "")


@BOTH
def test_a_clock_that_runs_slow_ends_no_session_early(
    network: Organisation, protocol: Protocol
) -> None:
    """It loses a minute in three; what is known of it follows."""
    charger = Teller(network, "SLOW", protocol)
    began_at = NOW - HOUR
    charger.start(text(began_at), 5_000, began_at)
    for minutes in range(3, 61, 3):
        at = began_at + minutes * MINUTE
        said_at = began_at + minutes * 2 / 3 * MINUTE
        Station.objects.filter(pk=charger.ref.id).update(
            clock_offset_s=(said_at - at).total_seconds()
        )
        wh = 5_000 + minutes * 10_000 / 60
        if minutes == 60:
            charger.stop(text(said_at), wh, at)
        else:
            charger.read(text(said_at), wh, at)
    is_about(charger.session, 1, 10)


KNOWN = pytest.mark.parametrize(
    "off", [-730 * DAY, -5 * HOUR, -HOUR, -8 * MINUTE, 7 * MINUTE, HOUR]
)


@BOTH
@KNOWN
@pytest.mark.parametrize("is_begin_live", [True, False])
@pytest.mark.parametrize("is_end_live", [True, False])
def test_what_is_told_after_an_outage_by_a_clock_that_is_known_to_be_wrong_is_set_right(
    network: Organisation,
    protocol: Protocol,
    off: timedelta,
    is_begin_live: bool,
    is_end_live: bool,
) -> None:
    charger = Teller(network, "AWAY", protocol)
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=off.total_seconds())
    began_at, back_at = NOW - HOUR, NOW - 10 * MINUTE
    heard_at = began_at if is_begin_live else back_at
    charger.start(text(began_at + off), 5_000, heard_at)
    for minutes in range(10, 60, 10):
        at = began_at + minutes * MINUTE
        charger.read(text(at + off), 5_000 + minutes * 10_000 / 60, max(at, back_at))
    charger.stop(text(NOW + off), 15_000, NOW if is_end_live else NOW + 3 * MINUTE)
    session = charger.session
    assert (session.started_at, session.ended_at) == (began_at, NOW)
    assert (session.energy_wh, session.flags) == (10_000, "clock")
    assert session.price_incl_vat == Decimal("6.200")


@BOTH
@pytest.mark.parametrize("off", [-5 * HOUR, -HOUR, HOUR])
@pytest.mark.parametrize("known_after", [0, 20, 50])
def test_a_queue_that_is_read_in_part_before_its_clock_is_known_keeps_its_distances(
    network: Organisation, protocol: Protocol, off: timedelta, known_after: int
) -> None:
    charger = Teller(network, "PART", protocol)
    began_at = NOW - 9 * HOUR
    charger.start(text(began_at + off), 5_000, NOW)
    for minutes in range(10, 60, 10):
        if minutes > known_after:
            Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=off.total_seconds())
        at = began_at + minutes * MINUTE
        charger.read(text(at + off), 5_000 + minutes * 10_000 / 60, NOW + minutes * SECOND)
    charger.stop(text(began_at + HOUR + off), 15_000, NOW + MINUTE)
    session = charger.session
    assert (session.started_at, session.ended_at) == (began_at + off, began_at + off + HOUR)
    assert session.energy_wh == 10_000


@BOTH
def test_a_clock_that_may_have_begun_anew_sets_nothing_right(
    network: Organisation, protocol: Protocol
) -> None:
    """It was lost when its station booted, and shows its first minutes again."""
    charger = Teller(network, "ANEW", protocol)
    factory_at = datetime(1970, 1, 1, tzinfo=UTC)
    Station.objects.filter(pk=charger.ref.id).update(
        clock_offset_s=(factory_at - (NOW - DAY)).total_seconds(), clock_judged_at=NOW - 23 * HOUR,
        last_boot_at=NOW - HOUR,
    )  # fmt: skip
    charger.start(text(factory_at + MINUTE), 5_000, NOW)
    assert (charger.session.started_at, charger.session.flags) == (NOW, "clock")


@pytest.mark.parametrize("off", [-HOUR, HOUR])
def test_a_card_that_is_told_of_after_an_outage_was_held_when_its_session_began(
    network: Organisation, off: timedelta
) -> None:
    charger, held_at = Teller(network, "HELD", Protocol.OCPP16), NOW - 3 * HOUR
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=off.total_seconds())
    start = {"connectorId": 1, "idTag": "STRANGE", "meterStart": 5_000}
    charger.tell("StartTransaction", start | {"timestamp": text(held_at + off)}, NOW)
    assert Attempt.objects.get(uid="STRANGE").at == held_at


@BOTH
def test_what_a_clock_told_that_has_been_set_right_since_is_believed(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "SET", protocol)
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=-3_600)
    charger.start(text(NOW - 30 * MINUTE), 5_000, NOW - 10 * MINUTE)
    charger.stop(text(NOW), 8_000, NOW)
    session = charger.session
    assert (session.started_at, session.ended_at) == (NOW - 30 * MINUTE, NOW)


def shows(charger: Teller, status: str, at: datetime, heard_at: datetime) -> None:
    said = {"errorCode": "NoError", "status": status, "timestamp": text(at)}
    charger.tell("StatusNotification", {"connectorId": 1, **said}, heard_at)


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("behind", [DAY, 3 * HOUR])
def test_a_state_that_is_told_live_by_a_wrong_clock_is_that_of_the_session(
    network: Organisation, behind: timedelta, is_known: bool
) -> None:
    """Before its clock is known to be wrong, or only after its begin."""
    charger = Teller(network, "PAUSED", Protocol.OCPP16)
    off = {"clock_offset_s": -behind.total_seconds()}
    Station.objects.filter(pk=charger.ref.id).update(**(off if is_known else {}))
    began_at = NOW - HOUR
    charger.start(text(began_at - behind), 5_000, began_at)
    shows(charger, "Charging", began_at - behind, began_at)
    for minutes in (5, 10):
        at = began_at + minutes * MINUTE
        charger.read(text(at - behind), 5_000 + 150 * minutes, at, power_w=9_000)
        Station.objects.filter(pk=charger.ref.id).update(**off)
    paused_at = began_at + 12 * MINUTE
    shows(charger, "SuspendedEV", paused_at - behind, paused_at)
    session = charger.session
    assert (session.started_at, session.state) == (began_at, "suspended_ev")
    changes = StatusChange.objects.filter(evse_id=1, status="SuspendedEV")
    assert [change.at for change in changes] == [paused_at]


def test_a_state_that_is_told_late_by_a_clock_that_is_right_was_when_its_station_says(
    network: Organisation,
) -> None:
    charger = Teller(network, "PAUSED", Protocol.OCPP16)
    Station.objects.filter(pk=charger.ref.id).update(clock_offset_s=-0.5)
    shows(charger, "Faulted", NOW - HOUR, NOW)
    assert [change.at for change in StatusChange.objects.all()] == [NOW - HOUR]
