"""A sentence claims no cause where only an absence is known, nor what the meter or a card tells
otherwise."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.vocabulary import Protocol
from apps.telling.case import Finding
from apps.telling.selectors import Telling, tell
from apps.tokens.models import Token
from tests import factories as make
from tests.factories import Cast
from tests.sessions.story import Teller
from tests.telling.box import MINUTE, Box16, Box201, at

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
ONE = timedelta(minutes=1)
BOTH = pytest.mark.parametrize("protocol", list(Protocol))


@pytest.fixture
def cast(db: None) -> Cast:
    made = make.cast()
    make.token(made.organisation, "AB12")
    return made


def stamp(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def told(network: Organisation, charger: Teller) -> Telling:
    return tell(make.user(network, "support", Role.SUPPORT), charger.session, now=NOW)


def codes(telling: Telling) -> list[str]:
    return [finding.code for finding in telling.findings]


def found(telling: Telling, code: str) -> Finding:
    (one,) = [finding for finding in telling.findings if finding.code == code]
    return one


@BOTH
def test_a_zero_between_readings_is_not_said_to_have_been_before_the_meter_was_read(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    charger = Teller(network, "CP1", protocol)
    began_at = NOW - 60 * ONE
    charger.start(stamp(began_at), 100_000, began_at)
    for minute in range(5, 60, 5):
        when = began_at + minute * ONE
        charger.read(stamp(when), 0 if minute == 30 else 100_000 + 120 * minute, when)
    charger.stop(stamp(NOW), 107_200, NOW)
    (doubt,) = told(network, charger).evidence.doubts
    assert (doubt.value, doubt.why) == (0, "It is below the 103 kWh before it.")


def test_readings_that_are_all_called_those_of_an_end_are_readings(cast: Cast) -> None:
    box = Box201(cast)
    box.event("Started", "Authorized", at(0), card="AB12", wh=1000, state="Charging")
    for minute in range(10, 110, 10):
        value = {"value": 1000 + minute * 90, "context": "Transaction.End"}
        values = [{"timestamp": at(minute * MINUTE).isoformat(), "sampledValue": [value]}]
        box.event("Updated", "MeterValuePeriodic", at(minute * MINUTE), values=values)
    box.event("Ended", "StopAuthorized", at(110 * MINUTE), wh=1000 + 110 * 90)
    assert codes(box.told()) == ["normal"]


def only(box: Box201, measurand: str, value: float, **more: Any) -> Telling:
    box.event("Started", "Authorized", at(0), card="AB12", state="Charging")
    for minute in range(1, 60):
        sampled = [{"value": value, "measurand": measurand, **more}]
        values = [{"timestamp": at(minute * MINUTE).isoformat(), "sampledValue": sampled}]
        box.event("Updated", "MeterValuePeriodic", at(minute * MINUTE), values=values)
    box.event("Ended", "StopAuthorized", at(60 * MINUTE))
    return box.told()


def test_what_only_tells_the_charge_of_the_battery_tells_of_no_energy(cast: Cast) -> None:
    telling = only(Box201(cast), "SoC", 40)
    assert "is missing" in found(telling, "marked").text
    assert "no_register" not in codes(telling)
    assert found(telling, "no_meter_values").text == (
        "Of what it took nothing could be read in 60 min."
    )


@pytest.mark.parametrize(
    ("measurand", "value"),
    [("Power.Active.Import", 5000), ("Energy.Active.Import.Interval", 90)],
)
def test_what_tells_power_or_intervals_is_worked_out_from_these(
    cast: Cast, measurand: str, value: float
) -> None:
    telling = only(Box201(cast), measurand, value)
    assert "worked out from power or intervals" in found(telling, "no_register").text
    assert "no_meter_values" not in codes(telling)


@BOTH
def test_by_how_much_a_clock_was_wrong_is_not_told_of_a_replay(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    """Both of its instants came five minutes late, and the end before the begin."""
    charger = Teller(network, "CP1", protocol)
    began_at, heard_at = NOW - 60 * ONE, NOW + 5 * ONE
    charger.start(stamp(began_at + 59 * ONE), 1_000, heard_at)
    for minute in (20, 40):
        charger.read(stamp(began_at + minute * ONE), 1_000 + 120 * minute, heard_at)
    charger.stop(stamp(began_at), 8_200, heard_at)
    text = found(told(network, charger), "wrong_clock").text
    assert text == (
        "Times that its station told cannot be right: it said that it ended before it began."
    )


@BOTH
def test_a_begin_in_the_time_of_another_session_is_said(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    charger = Teller(network, "CP1", protocol)
    for begin, wh, heard in ((60, 1_000, (60, 40)), (50, 9_000, (10, 10))):
        charger.start(stamp(NOW - begin * ONE), wh, NOW - heard[0] * ONE)
        charger.stop(stamp(NOW - (begin - 20) * ONE), wh + 2_400, NOW - heard[1] * ONE)
        charger.begin_anew()
    assert "before the session before it on its EVSE had ended" in (
        found(told(network, charger), "wrong_clock").text
    )


@pytest.mark.parametrize("card", ["", None])
def test_a_start_without_a_card_is_no_normal_session(cast: Cast, card: str | None) -> None:
    box = Box16(cast)
    box.ends(box.charges(card=card))
    telling = box.told()
    assert box.session.flags == "unauthorised"
    assert codes(telling) == ["no_card"]
    assert "The card was refused" not in telling.findings[0].text


def test_a_card_that_is_too_long_is_the_same_at_begin_and_end(cast: Cast) -> None:
    box, card = Box16(cast), "A" * 300
    box.ends(box.charges(card=card), idTag=card)
    telling = box.told()
    assert codes(telling) == ["card_refused"]
    assert not any("A" * 40 in moment.text for moment in telling.moments)


def test_a_driver_whose_card_was_refused_is_not_asked_for_the_timer_of_the_car(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.starts(at(0), "FFFF")
    box.measures(transaction, at(1), 1000, 0)
    box.stops(transaction, at(2), 1000, reason="DeAuthorized")
    telling = box.told()
    assert codes(telling)[0] == "card_refused"
    assert found(telling, "no_energy").advice == (
        "It was not authorised, so that nothing was to flow."
    )


def test_a_car_that_had_no_time_is_not_asked_for_its_timer(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.starts(at(0))
    box.measures(transaction, at(1), 1000, 0)
    box.stops(transaction, at(30), 1000, reason="Local")
    assert "over before a car" in found(box.told(), "no_energy").advice


@pytest.mark.parametrize("state", ["timed_out", "not_confirmed"])
def test_a_start_of_which_nothing_is_known_is_not_said_to_have_failed(
    cast: Cast, state: str
) -> None:
    from apps.commands.models import CommandRow
    from apps.domain.charging import StartSession

    box = Box16(cast)
    row = box.is_told(StartSession("AB12", evse_id=1), cast.operator, at(-30), reason="Called")
    CommandRow.objects.filter(pk=row.pk).update(state=state)
    box.ends(box.charges())
    assert "remote_start_failed" not in codes(box.told())


def test_the_stop_that_counts_says_who_stopped_it(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges()
    box.stops(transaction, at(31 * MINUTE), 6_673, reason="Local", idTag="AB12")
    box.stops(transaction, at(30 * MINUTE), 6_490, reason="EVDisconnected")
    telling = box.told()
    assert telling.stop is not None
    assert telling.stop.by.value == "cable"
    assert telling.evidence.end is not None
    assert telling.evidence.end.reason == "EVDisconnected"


def test_a_date_of_another_year_says_its_year(cast: Cast) -> None:
    from apps.dashboard.templatetags.ops import instant

    assert ">01 Jan 2022 " in instant(datetime(2022, 1, 1, 12, tzinfo=UTC), "short")
    box = Box16(cast)
    box.ends(box.charges())
    evidence = box.told().evidence
    years_ago = evidence.bounds.started_at - timedelta(days=800)
    assert re.fullmatch(r"\d\d \w{3} \d{4} \d\d:\d\d", evidence.clock(years_ago))


def test_a_clock_that_is_ahead_lets_no_session_begin_without_a_connection(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.starts(at(30), came=at(0))
    box.is_cut(at(10))
    box.connects(at(120))
    box.stops(transaction, at(300), 2_000)
    assert "offline_start" not in codes(box.told())


def test_each_reading_that_was_set_aside_is_in_the_story(
    network: Organisation, card: Token
) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP16)
    began_at = NOW - 120 * ONE
    charger.start(stamp(began_at), 100_000, began_at)
    for number in range(1, 24):
        when = began_at + 5 * number * ONE
        wh = 50_000_000 if 2 <= number <= 9 else 100_000 + 400 * number
        charger.read(stamp(when), wh, when)
    charger.stop(stamp(NOW), 109_600, NOW)
    moments = [moment.text for moment in told(network, charger).moments]
    assert sum(" of 50\u202f000.000 kWh set aside" in text for text in moments) == 5
    assert "3 more values set aside, or odd" in moments
