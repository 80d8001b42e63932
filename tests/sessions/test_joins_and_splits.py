"""What is split is billed as much as it was, what is joined no less; either can be undone."""

from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.vocabulary import Protocol
from apps.sessions.amendable import list_joinable
from apps.sessions.amending import CannotAmend, Point, join, set_aside, split, take_back
from apps.sessions.models import Sample, Session
from tests.factories import user
from tests.sessions.story import Teller
from tests.sessions.test_amending import (
    BOTH,
    NOW,
    T0,
    WORD,
    at,
    charge,
    fresh,
    is_billed_as_anew,
    last_of,
    minutes,
    stamp,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card", "tariff")]


@pytest.fixture(params=BOTH)
def charger(network: Organisation, request: pytest.FixtureRequest) -> Teller:
    protocol: Protocol = request.param
    return Teller(network, "CP1", protocol)


def billed(session: Session) -> tuple[Any, ...]:
    row = fresh(session)
    return row.energy_wh, row.started_at, row.ended_at, row.price_incl_vat


def all_wh() -> float:
    return sum(Session.objects.values_list("energy_wh", flat=True))


def test_halves_that_are_joined_back_are_what_they_were_as_one(charger: Teller) -> None:
    session = charge(charger, 0, 60)
    before = billed(session)
    other = split(session, at(session, 20), **WORD)
    join(session, other, **WORD)
    assert billed(session) == before
    assert billed(other)[0] == 0
    assert fresh(session).flags == "joined"
    assert is_billed_as_anew(fresh(session), fresh(other))


@pytest.mark.parametrize("cuts", [(20, 40), (40, 20)])
def test_thirds_that_are_joined_back_are_what_they_were_as_one(
    charger: Teller, cuts: tuple[int, int]
) -> None:
    session = charge(charger, 0, 60)
    before = billed(session)
    first = split(session, at(session, cuts[0]), **WORD)
    whole = session if cuts[1] < cuts[0] else first
    split(fresh(whole), at(whole, cuts[1]), **WORD)
    parts = sorted(Session.objects.all(), key=lambda one: one.started_at)
    assert [part.energy_wh for part in parts] == [2_400, 2_400, 2_400]
    join(parts[1], parts[2], **WORD)
    assert all_wh() == 7_200
    join(session, fresh(parts[1]), **WORD)
    assert billed(session) == before
    assert all_wh() == 7_200
    assert is_billed_as_anew(*Session.objects.all())


@pytest.mark.parametrize("cuts", [(20, 40), (40, 20)])
def test_what_comes_late_counts_in_the_third_of_its_time(
    charger: Teller, cuts: tuple[int, int]
) -> None:
    session = charge(charger, 0, 58)
    first = split(session, at(session, cuts[0]), **WORD)
    whole = session if cuts[1] < cuts[0] else first
    split(fresh(whole), at(whole, cuts[1]), **WORD)
    charger.session = session
    charger.read(stamp(52), 1_000 + 120 * 52, NOW)
    parts = sorted(Session.objects.all(), key=lambda one: one.started_at)
    assert Sample.objects.filter(session_id=parts[2].pk, at=T0 + minutes(52)).exists()
    assert [part.energy_wh for part in parts] == [2_400, 2_400, 2_160]
    assert is_billed_as_anew(*parts)


def test_a_reading_that_was_set_aside_counts_in_no_half_nor_when_they_are_one_again(
    charger: Teller,
) -> None:
    session = charge(charger, 0, 60, odd=(42, 20_000))
    set_aside(session, at(session, 42), **WORD)
    assert fresh(session).energy_wh == 7_200
    other = split(fresh(session), at(session, 20), **WORD)
    assert (other.energy_wh, other.flags) == (4_800, "set_aside split")
    with pytest.raises(CannotAmend, match="set aside"):
        split(other, at(other, 42), **WORD)
    join(session, other, **WORD)
    assert (fresh(session).energy_wh, fresh(session).flags) == (7_200, "set_aside joined")
    assert is_billed_as_anew(*Session.objects.all())


def test_what_is_taken_back_in_a_half_counts_when_they_are_one_again(charger: Teller) -> None:
    session = charge(charger, 0, 60)
    set_aside(session, last_of(session), **WORD)
    assert fresh(session).energy_wh == 6_600
    other = split(fresh(session), at(session, 20), **WORD)
    assert (fresh(session).flags, other.energy_wh) == ("split", 4_200)
    with pytest.raises(CannotAmend, match="not set aside"):
        take_back(fresh(session), last_of(session), **WORD)
    take_back(other, last_of(session), **WORD)
    assert fresh(other).energy_wh == 4_800
    join(session, fresh(other), **WORD)
    assert (fresh(session).energy_wh, fresh(session).flags) == (7_200, "joined")


def test_a_session_that_was_told_late_keeps_its_times_when_it_is_joined(charger: Teller) -> None:
    told = []
    for begin in (0, 40):
        late = T0 + minutes(200 + begin)
        charger.start(stamp(begin), 1_000 + 120 * begin, late)
        charger.stop(stamp(begin + 30), 1_000 + 120 * (begin + 30), late)
        told.append(charger.session)
        charger.begin_anew()
    first, second = told
    join(first, second, **WORD)
    charger.number = 2
    charger.session = second
    charger.stop(stamp(70), 1_000 + 120 * 70, late + minutes(5))
    row = fresh(second)
    assert (row.started_at, row.ended_at) == (second.started_at, second.ended_at)
    assert row.flags == "joined_into"
    assert billed(first)[:3] == (8_400, T0, T0 + minutes(70))
    assert is_billed_as_anew(fresh(first), row)


def test_what_was_joined_split_again_and_joined_back_is_in_one_bill(charger: Teller) -> None:
    first = charge(charger, 0, 30)
    charger.begin_anew()
    second = charge(charger, 32, 60)
    join(first, second, **WORD)
    other = split(fresh(first), at(first, 30), **WORD)
    assert [s.energy_wh for s in (fresh(first), other)] == [3_600, 3_600]
    half = split(fresh(first), at(first, 15), **WORD)
    charger.number, charger.session = 2, second
    charger.read(stamp(47), 1_000 + 120 * 47, NOW)
    assert Sample.objects.filter(session_id=other.pk, at=T0 + minutes(47)).exists()
    join(first, half, **WORD)
    assert [fresh(s).energy_wh for s in (first, half, other, second)] == [3_600, 0, 3_600, 0]
    assert fresh(first).ended_at == T0 + minutes(30)
    assert is_billed_as_anew(*Session.objects.all())


def test_readings_that_do_not_fit_together_are_not_split(charger: Teller) -> None:
    charger.start(stamp(0), 100, T0)
    for number in range(10, 60, 10):
        charger.read(stamp(number), 300_000 + 150 * number, T0 + minutes(number))
    charger.stop(stamp(60), 110, T0 + minutes(60))
    session = charger.session
    assert session.energy_wh == 10
    with pytest.raises(CannotAmend, match="do not fit together"):
        split(session, at(session, 30), **WORD)
    assert billed(fresh(session))[0] == 10
    assert Session.objects.count() == 1


def test_sessions_with_another_between_them_are_not_joined(
    network: Organisation, charger: Teller
) -> None:
    session = charge(charger, 0, 60)
    other = split(session, at(session, 20), **WORD)
    last = split(other, at(other, 40), **WORD)
    with pytest.raises(CannotAmend, match="between"):
        join(fresh(session), last, **WORD)
    assert all_wh() == 7_200
    assert list_joinable(user(network, "ada", Role.ADMIN), fresh(session)) == [other]


def test_a_point_of_the_other_half_is_none_of_this(charger: Teller) -> None:
    session = charge(charger, 0, 60)
    split(session, at(session, 20), **WORD)
    with pytest.raises(CannotAmend, match="no such reading"):
        set_aside(fresh(session), Point(T0 + minutes(40), "Sample.Periodic"), **WORD)
