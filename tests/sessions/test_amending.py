"""A person puts right which readings count, and what is one session."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.vocabulary import Protocol
from apps.history.models import Fact
from apps.sessions.amending import CannotAmend, Point, join, set_aside, split, take_back
from apps.sessions.checking import bills_anew
from apps.sessions.deciding import Undecidable, decide_energy
from apps.sessions.models import Sample, Session
from apps.telling.aside import doubts_in
from apps.telling.selectors import tell
from tests.factories import OFFICE, user
from tests.sessions.story import Teller

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)
NOW = T0 + timedelta(hours=5)
WORD: dict[str, Any] = {"reason": "Seen on site", "actor": OFFICE, "now": NOW}
BOTH = [Protocol.OCPP16, Protocol.OCPP201]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card", "tariff")]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def stamp(number: float) -> str:
    return (T0 + minutes(number)).isoformat().replace("+00:00", "Z")


def charge(charger: Teller, begin: int, end: int, *, odd: tuple[int, int] | None = None) -> Session:
    """At 7.2 kW between two minutes, read every five; ``odd``: a minute, and what is read then."""
    charger.start(stamp(begin), 1_000 + 120 * begin, T0 + minutes(begin))
    for number in range(begin + 5, end, 5):
        charger.read(stamp(number), 1_000 + 120 * number, T0 + minutes(number))
    if odd is not None:
        charger.read(stamp(odd[0]), odd[1], T0 + minutes(odd[0]))
    charger.stop(stamp(end), 1_000 + 120 * end, T0 + minutes(end))
    return charger.session


@pytest.fixture
def charger(network: Organisation) -> Teller:
    return Teller(network, "CP1", Protocol.OCPP16)


@pytest.fixture
def two(charger: Teller) -> tuple[Session, Session]:
    """An hour that a power cut has cut into halves."""
    return charge(charger, 0, 30), charge(charger, 32, 60)


def fresh(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def is_billed_as_anew(*sessions: Session) -> bool:
    anew = bills_anew([session.pk for session in sessions], now=NOW)
    return len(anew) == len(sessions) and all(one.before == one.after for one in anew.values())


def last_of(session: Session) -> Point:
    sample = Sample.objects.filter(session_id=session.pk).latest("at")
    return Point(sample.at, sample.context)


def at(session: Session, number: float) -> Point:
    sample = Sample.objects.get(session_id=session.pk, at=T0 + minutes(number))
    return Point(sample.at, sample.context)


@pytest.mark.parametrize("protocol", BOTH)
def test_a_reading_that_is_set_aside_counts_no_more_and_again_when_taken_back(
    network: Organisation, protocol: Protocol
) -> None:
    charger = Teller(network, "CP1", protocol)
    session = charge(charger, 0, 60)
    point, price = last_of(session), session.price_incl_vat
    set_aside(session, point, **WORD)
    told = fresh(session)
    assert (told.energy_wh, told.meter_stop_wh) == (6_600, 7_600)
    assert told.price_incl_vat < price
    assert "set_aside" in told.flags.split()
    assert is_billed_as_anew(told)
    assert Sample.objects.filter(session_id=session.pk).count() == 13
    assert doubts_in(told)[0].why == f"{OFFICE.label} set it aside: Seen on site"
    take_back(told, point, **WORD)
    told = fresh(session)
    assert (told.energy_wh, told.price_incl_vat, told.flags) == (7_200, price, "")
    assert doubts_in(told) == ()


def test_each_step_is_a_fact_and_in_the_story(charger: Teller, network: Organisation) -> None:
    session = charge(charger, 0, 60)
    point = last_of(session)
    set_aside(session, point, **WORD)
    take_back(session, point, **WORD)
    facts = Fact.objects.filter(kind__startswith="reading ").order_by("pk")
    assert [(fact.kind, fact.reason, fact.session_id) for fact in facts] == [
        ("reading set aside", "Seen on site", session.pk),
        ("reading taken back", "Seen on site", session.pk),
    ]  # fmt: skip
    assert Fact.objects.filter(kind="session corrected", session_id=session.pk).count() == 2
    story = tell(user(network, "ada", Role.ADMIN), fresh(session), now=NOW).moments
    said = [moment.text for moment in story if "the reading of" in moment.text]
    which = "the reading of 2026-11-20 09:00:00 UTC"
    assert said == [
        f"{OFFICE.label} set {which}, which showed 8.200 kWh, aside: it does not count",
        f"{OFFICE.label} took {which} back: it counts again",
    ]  # fmt: skip


def test_what_is_not_there_cannot_be_set_aside_nor_twice_nor_taken_back(charger: Teller) -> None:
    session = charge(charger, 0, 60)
    point = at(session, 30)
    with pytest.raises(CannotAmend, match="not set aside"):
        take_back(session, point, **WORD)
    with pytest.raises(CannotAmend, match="no such reading"):
        set_aside(session, Point(T0 + minutes(31), "Sample.Periodic"), **WORD)
    set_aside(session, point, **WORD)
    with pytest.raises(CannotAmend, match="already"):
        set_aside(session, point, **WORD)


def test_readings_of_a_session_that_runs_cannot_be_set_aside(charger: Teller) -> None:
    charger.start(stamp(0), 1_000, T0)
    with pytest.raises(CannotAmend, match="still runs"):
        set_aside(charger.session, at(charger.session, 0), **WORD)


def test_two_that_are_one_are_billed_once_with_all_they_took(two: tuple[Session, Session]) -> None:
    first, second = two
    join(first, second, **WORD)
    one, other = fresh(first), fresh(second)
    assert (one.started_at, one.ended_at) == (T0, T0 + minutes(60))
    assert (one.energy_wh, one.meter_start_wh, one.meter_stop_wh) == (7_200, 1_000, 8_200)
    assert "joined" in one.flags.split()
    assert (other.energy_wh, other.price_incl_vat) == (0, 0)
    assert (other.meter_start_wh, other.meter_stop_wh) == (4_840, 8_200)
    assert other.flags.split() == ["joined_into"]
    assert one.price_incl_vat < first.price_incl_vat + second.price_incl_vat
    assert is_billed_as_anew(one, other)
    assert Sample.objects.filter(session_id=second.pk).count() == 7
    told = Fact.objects.filter(kind="session joined").order_by("pk")
    assert [(fact.session_id, fact.details) for fact in told] == [
        (first.pk, {"other": second.pk}), (second.pk, {"into": first.pk}),
    ]  # fmt: skip


def test_a_stop_told_again_and_late_readings_undo_no_join(
    charger: Teller, two: tuple[Session, Session]
) -> None:
    first, second = two
    join(first, second, **WORD)
    later = T0 + timedelta(hours=6)
    stop = {"transactionId": int(first.transaction_id), "meterStop": 4_600, "timestamp": stamp(30)}
    charger.tell("StopTransaction", stop, later)
    assert fresh(first).ended_at == T0 + minutes(60)
    charger.read(stamp(58), 7_960, later)
    assert Sample.objects.filter(session_id=first.pk, at=T0 + minutes(58)).exists()
    assert fresh(first).energy_wh == 7_200
    assert fresh(second).energy_wh == 0
    assert is_billed_as_anew(fresh(first), fresh(second))


def test_the_energy_of_what_was_joined_is_not_decided_on_its_own(
    two: tuple[Session, Session],
) -> None:
    join(*two, **WORD)
    with pytest.raises(Undecidable, match="joined into"):
        decide_energy(two[1], 5.0, **WORD)
    with pytest.raises(CannotAmend, match="joined into"):
        set_aside(two[1], last_of(two[1]), **WORD)


def test_what_is_not_one_is_not_joined(
    charger: Teller, network: Organisation, two: tuple[Session, Session]
) -> None:
    first, second = two
    elsewhere = charge(Teller(network, "CP2", Protocol.OCPP16), 32, 60)
    late = charge(charger, 150, 160)
    for pair, why in (
        ((second, first), "earlier"), ((first, elsewhere), "same EVSE"),
        ((second, late), "an hour"), ((first, first), "Two sessions"),
    ):  # fmt: skip
        with pytest.raises(CannotAmend, match=why):
            join(*pair, **WORD)
    Session.objects.filter(pk=second.pk).update(token_uid="OTHER")
    with pytest.raises(CannotAmend, match="same card"):
        join(first, second, **WORD)
    assert not Fact.objects.filter(kind="session joined").exists()


@pytest.mark.parametrize("protocol", BOTH)
def test_one_that_was_two_is_billed_as_two_that_meet_at_a_reading(
    network: Organisation, protocol: Protocol
) -> None:
    session = charge(Teller(network, "CP1", protocol), 0, 60)
    other = split(session, at(session, 20), **WORD)
    one = fresh(session)
    assert (one.started_at, one.ended_at, one.energy_wh) == (T0, T0 + minutes(20), 2_400)
    assert (other.started_at, other.ended_at) == (T0 + minutes(20), T0 + minutes(60))
    assert (other.energy_wh, other.meter_start_wh, other.meter_stop_wh) == (4_800, 3_400, 8_200)
    assert other.token_uid == one.token_uid == "AB12"
    assert (one.flags, other.flags) == ("split", "split")
    assert other.transaction_id == f"{one.transaction_id}+2"
    assert other.price_incl_vat > 0
    assert is_billed_as_anew(one, other)
    assert Sample.objects.filter(session_id=session.pk, at__gt=T0 + minutes(20)).count() == 8


def test_what_comes_late_for_a_split_session_counts_where_its_time_is(charger: Teller) -> None:
    session = charge(charger, 0, 60)
    other = split(session, at(session, 20), **WORD)
    point = Point(T0 + minutes(47), "Sample.Periodic")
    told = {"connectorId": 1, "transactionId": int(session.transaction_id)}
    reading = {"timestamp": stamp(47), "sampledValue": [{"value": "6640"}]}
    charger.tell("MeterValues", told | {"meterValue": [reading]}, NOW)
    assert Sample.objects.filter(session_id=other.pk, at=point.at).exists()
    assert (fresh(session).energy_wh, fresh(other).energy_wh) == (2_400, 4_800)
    assert is_billed_as_anew(fresh(session), fresh(other))


def test_what_cannot_be_split_says_why(charger: Teller) -> None:
    session = charge(charger, 0, 60)
    for number in (0, 60):
        with pytest.raises(CannotAmend, match="between"):
            split(session, at(session, number), **WORD)
    Session.objects.filter(pk=session.pk).update(is_estimated=True)
    with pytest.raises(CannotAmend, match="estimate"):
        split(session, at(session, 20), **WORD)
    Session.objects.filter(pk=session.pk).update(is_estimated=False, flags="clock")
    with pytest.raises(CannotAmend, match="clock"):
        split(session, at(session, 20), **WORD)
    assert Session.objects.count() == 1
