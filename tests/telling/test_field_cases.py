"""What was told falsely of sessions of the field, each as its station told it."""

import re
from collections.abc import Iterator

import pytest

from apps.domain.charging import StartSession, StopSession
from apps.sessions import services
from apps.telling.case import Finding
from apps.telling.selectors import Telling
from tests import factories as make
from tests.factories import Cast
from tests.telling.box import MINUTE, Box16, Box201, at

HOUR = 3600


@pytest.fixture
def cast(db: None) -> Cast:
    made = make.cast()
    made.operator.first_name, made.operator.last_name = "Anna", "Visser"
    made.operator.save()
    make.token(made.organisation, "AB12")
    return made


def texts(telling: Telling) -> str:
    """All sentences, of the story and of the diagnosis."""
    return "\n".join(sentences(telling))


def sentences(telling: Telling) -> Iterator[str]:
    yield from (f"{m.text}. {m.detail}" for m in telling.moments)
    yield from (f.text for f in telling.findings)


def found(telling: Telling, code: str) -> Finding:
    (one,) = [f for f in telling.findings if f.code == code]
    return one


def codes(telling: Telling) -> list[str]:
    return [f.code for f in telling.findings]


def test_a_plain_session_is_normal(cast: Cast) -> None:
    box = Box16(cast)
    assert box.asks("AB12", at(-10)) == "Accepted"
    box.ends(box.charges(), reason="Local", idTag="AB12")
    telling = box.told()
    assert codes(telling) == ["normal"]
    assert telling.findings[0].text == "A normal session. Stopped at the station with a card."
    assert [m.text for m in telling.moments] == [
        "Car connected", "Card AB12 accepted", "Session began at EVSE 1", "Charging began",
        "Session ended. Stopped at the station with a card", "Connector shown as finishing",
        "Cable unplugged",
    ]  # fmt: skip


def test_f2_a_card_that_was_accepted_in_the_end_was_not_refused(cast: Cast) -> None:
    box = Box16(cast)
    assert box.asks("CD34", at(-120)) == "Invalid"
    make.token(cast.organisation, "CD34")
    assert box.asks("CD34", at(-30)) == "Accepted"
    box.ends(box.charges(card="CD34"), reason="Local")
    telling = box.told()
    assert "card_refused" not in codes(telling)
    told = found(telling, "refused_then_accepted")
    assert "refused at" in told.text
    assert "accepted at" in told.text
    assert [ref.kind for ref in told.evidence] == ["attempt", "attempt"]
    assert codes(telling)[0] == "normal"


def test_f2_a_card_that_was_refused_in_the_end_was(cast: Cast) -> None:
    box = Box201(cast)
    box.event("Started", "Authorized", at(0), card="FFFF", wh=1000, state="EVConnected")
    box.event("Ended", "Deauthorized", at(4), wh=1000, stoppedReason="DeAuthorized")
    telling = box.told()
    assert codes(telling)[0] == "card_refused"
    assert telling.stop is not None
    assert (telling.stop.by, telling.stop.how) == ("csms", "policy")


def test_of_two_cards_in_one_transaction_each_is_told_as_it_was(cast: Cast) -> None:
    box = Box201(cast)
    box.event("Started", "CablePluggedIn", at(0), wh=1000, state="EVConnected")
    box.event("Updated", "Authorized", at(30), card="FFFF")
    box.event("Updated", "Authorized", at(90), card="AB12", wh=1000, state="Charging")
    for minute in range(2, 31):
        wh = 1000 + minute * 180
        box.event("Updated", "MeterValuePeriodic", at(minute * 60), wh=wh, w=10_800)
    box.event("Ended", "EVDeparted", at(1830), wh=6_500, stoppedReason="EVDisconnected")
    telling = box.told()
    assert (telling.evidence.session.token_uid, telling.evidence.session.flags) == ("AB12", "")
    moments = [m.text for m in telling.moments]
    assert moments.index("Card FFFF refused: Unknown") < moments.index("Card AB12 accepted")
    assert "card_refused" not in codes(telling)
    told = found(telling, "refused_then_accepted").text
    assert "Card FFFF was refused at" in told
    assert "card AB12 was accepted at" in told


def test_an_end_as_not_authorised_does_not_say_that_an_accepted_card_was_refused(
    cast: Cast,
) -> None:
    box = Box16(cast)
    assert box.asks("AB12", at(-10)) == "Accepted"
    box.ends(box.charges(), reason="DeAuthorized")
    said = texts(box.told())
    assert "card was refused" not in said.lower()
    assert "not authorised" in said


def test_f4_what_is_said_of_the_whole_station_or_before_is_no_moment(cast: Cast) -> None:
    box = Box16(cast)
    box.shows("Available", at(-250))
    box.shows("Available", at(-240), connector=0)
    transaction = box.charges()
    box.shows("Unavailable", at(300), connector=0)
    box.shows("Available", at(600), connector=0)
    box.ends(transaction, reason="Local")
    told = [m.text for m in box.told().moments]
    assert told[:2] == ["Car connected", "Session began at EVSE 1"]
    assert told.count("Cable unplugged") == 1
    assert told[-1] == "Cable unplugged"


def test_f4_a_fault_of_the_whole_station_is_told_as_such(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges()
    box.shows("Faulted", at(600), connector=0, errorCode="HighTemperature")
    box.ends(transaction, reason="Local")
    told = found(box.told(), "fault")
    assert re.match(r"The whole station reported a fault at \d\d:\d\d: Too hot inside", told.text)


def test_f5_an_outage_after_its_end_is_none_of_it(cast: Cast) -> None:
    box = Box16(cast)
    box.ends(box.charges(), reason="Local")
    box.is_cut(at(30 * MINUTE + 90))
    telling = box.told()
    assert codes(telling) == ["normal"]
    assert "onnection" not in texts(telling)


def test_f5_an_outage_has_its_true_ends(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges(minutes=10)
    box.is_cut(at(11 * MINUTE))
    running = box.told(now=at(15 * MINUTE))
    assert "–now" in found(running, "no_connection").text
    box.connects(at(40 * MINUTE))
    box.stops(transaction, at(30 * MINUTE), 6490, came=at(40 * MINUTE + 2), reason="Local")
    telling = box.told()
    clock = telling.evidence.clock
    told = found(telling, "no_connection")
    assert f"{clock(at(11 * MINUTE))}–{clock(at(40 * MINUTE))}" in told.text
    assert "now" not in texts(telling)
    late = found(telling, "late_values")
    assert clock(at(30 * MINUTE)) in late.text
    assert f"came late, at {clock(at(40 * MINUTE))}" in late.text


@pytest.mark.parametrize("reason", [None, "Remote", "Local", "Other"])
def test_f9_who_was_asked_to_stop_it_and_did_is_named(cast: Cast, reason: str | None) -> None:
    box = Box16(cast)
    transaction = box.charges()
    row = box.is_told(StopSession(str(transaction)), cast.operator, at(1795))
    box.ends(transaction, **({"reason": reason} if reason else {}))
    telling = box.told()
    assert telling.stop is not None
    assert (telling.stop.by, telling.stop.name) == ("operator", "Anna Visser")
    assert ("command", row.pk) in {(ref.kind, ref.key) for ref in telling.stop.evidence}
    assert "Stopped at the station" not in texts(telling)
    assert "Stopped remotely by Anna Visser" in telling.findings[0].text


@pytest.mark.parametrize(
    ("told", "by"),
    [
        ({"reason": "EVDisconnected"}, "cable"),
        ({"reason": "Local", "idTag": "AB12"}, "driver_at_station"),
        ({"reason": "EmergencyStop"}, "station"),
        ({"reason": "PowerLoss"}, "station"),
    ],
)
def test_f9_the_stations_own_reason_counts_more(cast: Cast, told: dict[str, str], by: str) -> None:
    box = Box16(cast)
    transaction = box.charges()
    box.is_told(StopSession(str(transaction)), cast.operator, at(1795), "rejected")
    box.ends(transaction, **told)
    telling = box.told()
    assert telling.stop is not None
    assert telling.stop.by == by
    assert "stop_not_done" in codes(telling)


def test_f9_a_stop_long_before_is_not_what_ended_it(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges()
    box.is_told(StopSession(str(transaction)), cast.operator, at(300))
    box.ends(transaction)
    stop = box.told().stop
    assert stop is not None
    assert stop.by == "driver_at_station"


def test_u1_the_next_cars_fault_and_the_one_befores_pause_are_theirs(cast: Cast) -> None:
    box = Box16(cast)
    earlier = box.starts(at(-1200), "EF56")
    box.shows("Charging", at(-1190))
    box.shows("SuspendedEV", at(-200))
    box.stops(earlier, at(-180), 900, reason="EVDisconnected")
    box.shows("Finishing", at(-179))
    box.shows("Available", at(-170))
    box.ends(box.charges(), reason="Local")
    box.shows("Preparing", at(30 * MINUTE + 40))
    box.shows("Faulted", at(30 * MINUTE + 60), errorCode="GroundFailure")
    telling = box.told()
    assert codes(telling) == ["normal"]
    told = texts(telling)
    assert "Earth-leakage" not in told
    assert "paused" not in told
    assert "finishing" in told.lower(), "its own"
    bounds = telling.evidence.bounds
    assert all(bounds.holds(ref.at) for m in telling.moments for ref in m.evidence)


def test_u2_an_operators_stop_after_a_moment_says_what_flowed(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.starts(at(0))
    box.shows("Charging", at(1))
    box.measures(transaction, at(3), 1010, 21_600)
    box.measures(transaction, at(15), 1085, 21_600)
    box.is_told(StopSession(str(transaction)), cast.operator, at(16))
    box.stops(transaction, at(17), 1099, reason="Remote")
    telling = box.told()
    told = found(telling, "stopped_by_operator").text
    assert told == (
        "Stopped remotely by Anna Visser, 17 s after the start: 0.099 kWh, at up to 21.6 kW."
    )
    assert "o energy" not in texts(telling)
    assert codes(telling)[0] == "normal"


def test_u3_a_fault_of_2_0_1_names_itself(cast: Cast) -> None:
    box = Box201(cast)
    box.event("Started", "Authorized", at(0), card="AB12", wh=1000, state="Charging")
    box.notices(at(300), techCode="E-1204", techInfo="RCD tripped")
    box.shows("Faulted", at(301))
    box.event("Ended", "AbnormalCondition", at(302), wh=1900, stoppedReason="GroundFault")
    telling = box.told()
    told = found(telling, "fault")
    assert "Earth-leakage protection has tripped (E-1204)" in told.text
    assert told.text.endswith("It ended the session.")
    assert {ref.kind for ref in told.evidence} == {"status", "alarm", "message"}
    assert "no code" not in texts(telling)


def test_u3_the_reason_of_the_stop_names_it_too(cast: Cast) -> None:
    box = Box201(cast)
    box.event("Started", "Authorized", at(0), card="AB12", wh=1000, state="Charging")
    box.shows("Faulted", at(301))
    box.event("Ended", "AbnormalCondition", at(302), wh=1900, stoppedReason="OvercurrentFault")
    assert "More current than allowed" in found(box.told(), "fault").text


def test_f11_what_was_replayed_after_our_own_outage_came_late(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges(minutes=10)
    back = at(12 * MINUTE + 40)  # no farewell, then a new socket
    box.connects(back)
    for minute in (11, 12):
        when = at(minute * MINUTE)
        box.measures(transaction, when, 1000 + minute * 183, 11_000, came=at(12 * MINUTE + 42))
    for minute in range(13, 31):
        box.measures(transaction, at(minute * MINUTE), 1000 + minute * 183, 11_000)
    box.ends(transaction, reason="Local")
    telling = box.told()
    clock = telling.evidence.clock
    late = found(telling, "late_values")
    made = f"{clock(at(11 * MINUTE))}–{clock(at(12 * MINUTE))}"
    assert late.text == f"Values of {made} came late, at {clock(back)}."
    assert {ref.kind for ref in late.evidence} == {"message"}
    assert found(telling, "no_connection").text.startswith("There was no connection")
    assert any("came late" in m.text for m in telling.moments)


def test_who_started_it_from_afar_is_named(cast: Cast) -> None:
    box = Box16(cast)
    box.is_told(StartSession("AB12", evse_id=1), cast.operator, at(-8), reason="App is down")
    box.ends(box.charges(), reason="Local")
    told = found(box.told(), "started_remotely").text
    assert told.startswith("It was started remotely by Anna Visser at ")
    assert "App is down" in told


def test_a_session_that_fell_silent_says_that_nobody_knows_its_end(cast: Cast) -> None:
    box = Box16(cast)
    box.charges(minutes=10)
    seen = box.session.last_received_at
    assert services.close_silent(box.session.pk, seen=seen, now=at(3 * HOUR))
    telling = box.told()
    assert telling.stop is not None
    assert telling.stop.by == "estimated"
    assert "no stop of it came." in found(telling, "estimated_end").text


def test_what_could_not_be_handled_is_said_first(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges()
    box.is_refused("StopTransaction", {"meterStop": "?"}, box.session, at(1700))
    box.ends(transaction, reason="Local")
    told = box.told()
    assert codes(told)[0] == "refused_message"
    assert "StopTransaction" in told.findings[0].text


def test_a_clock_that_is_off_moves_no_outage_into_the_session(cast: Cast) -> None:
    """The session is timed by the station, the connection by us."""
    box = Box16(cast)
    box.shows("Preparing", at(-20))
    transaction = box.starts(at(0), came=at(600))
    for minute in range(11):
        box.measures(transaction, at(minute * 60), 1000 + minute * 183, 11_000,
                     came=at(600 + minute * 60))  # fmt: skip
    box.stops(transaction, at(601), 2830, came=at(1201), reason="Local")
    box.is_cut(at(1210))
    box.connects(at(1500))
    telling = box.told()
    assert "no_connection" not in codes(telling)
    assert "late_values" not in codes(telling)


def test_a_silence_that_ended_by_itself_has_its_end(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges(minutes=5)
    make.link(box.station, "silent", at=at(600))
    for minute in range(12, 31):
        box.measures(transaction, at(minute * 60), 1000 + minute * 183, 11_000)
    box.is_cut(at(1740))
    box.connects(at(1750))
    box.ends(transaction, reason="Local")
    outages = box.told().evidence.outages
    assert [(o.began_at, o.ended_at) for o in outages] == [
        (at(300), at(720)), (at(1740), at(1750)),
    ]  # fmt: skip


def test_a_plug_that_is_in_is_no_news_in_the_middle_of_charging(cast: Cast) -> None:
    box = Box201(cast)
    box.shows("Occupied", at(-9))
    box.event("Started", "Authorized", at(0), card="AB12", wh=1000, state="EVConnected")
    box.event("Updated", "ChargingStateChanged", at(30), state="Charging")
    box.shows("Available", at(299))
    box.shows("Occupied", at(300))  # as after a reconnect
    box.event("Updated", "ChargingStateChanged", at(600), state="EVConnected")
    box.event("Ended", "StopAuthorized", at(610), wh=2500, state="EVConnected", card="AB12")
    told = [m.text for m in box.told().moments]
    assert told == [
        "Car connected", "Session began at EVSE 1", "Charging began",
        "Connector shown as available", "Charging stopped, the cable is still in",
        "Session ended. Stopped at the station with a card",
    ]  # fmt: skip


def test_f3_a_unit_that_cannot_be_is_said_in_words(cast: Cast) -> None:
    box = Box201(cast)
    box.event("Started", "Authorized", at(0), card="AB12", wh=0, state="Charging")
    for number in range(1, 9):
        box.event("Updated", "MeterValuePeriodic", at(15 * number), wh=150_100.0 * number)
    box.event("Ended", "StopAuthorized", at(130), wh=1_200_900.0, card="AB12")
    telling = box.told()
    told = found(telling, "readings_set_aside")
    assert "check the unit" in told.text
    assert {ref.kind for ref in told.evidence} == {"sample"}
    assert "never drew" not in texts(telling)
    assert "o energy" not in texts(telling)


@pytest.mark.parametrize("spelling", ["AB:12", " ab12 ", "AB-12"])
def test_one_card_in_two_spellings_is_no_other_card(cast: Cast, spelling: str) -> None:
    box = Box16(cast)
    box.ends(box.charges(), reason="Local", idTag=spelling)
    assert "ended with card" not in texts(box.told())


def test_one_register_alone_does_not_say_that_nothing_flowed(cast: Cast) -> None:
    box = Box201(cast)
    box.event("Started", "Authorized", at(0), card="AB12")
    box.event("Updated", "MeterValuePeriodic", at(30 * MINUTE), wh=105_000)
    box.event("Ended", "EVDeparted", at(60 * MINUTE))
    assert "no_energy" not in codes(box.told())
