"""Two sessions of one connector whose registers do not join: in no bill, or in two."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.vocabulary import Protocol
from apps.reconciliation import kinds, services
from apps.reconciliation.between import End, Pair, Span, judge
from apps.reconciliation.kind import Resolution
from apps.reconciliation.life import Outcome, State
from apps.reconciliation.models import Case
from apps.reconciliation.neighbours import pairs_of
from apps.reconciliation.resolving import Wish, resolve
from apps.reconciliation.selectors import list_of_session
from apps.sessions.models import Session
from apps.telling.selectors import tell
from tests import factories as make
from tests.sessions.story import Teller

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)
BOTH = [Protocol.OCPP16, Protocol.OCPP201]
facts = pytest.mark.django_db(transaction=True)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def pair(
    first: Span | None, second: Span | None, *flags: str, pause: float = 10, **more: Any
) -> Pair:
    before = End(1, T0, T0 + minutes(60), frozenset(flags), first)
    begin = before.ended_at + minutes(pause)
    return Pair(1, 1, 1, before, End(2, begin, begin + minutes(30), frozenset(), second), **more)


@pytest.mark.parametrize(
    ("seen", "kind", "apart"),
    [
        (pair((1_000, 5_000), (5_036, 9_000)), kinds.BETWEEN, "0.036 kWh are in no bill"),
        (pair((1_000, 5_000), (12_000, 13_000)), kinds.BETWEEN, "7.000 kWh are in no bill"),
        (pair((1_000, 5_001), (4_901, 9_000)), kinds.TWICE, "0.100 kWh are in both bills"),
        (pair((1_000, 5_000), (5_036, 9_000), "gaps"), kinds.BETWEEN, "0.036 kWh"),
        (pair((51_234, 56_267), (51_234, 56_267)), kinds.TWICE, "5.033 kWh are in both bills"),
        (pair((51_234, 56_267), (50_111, 54_222)), kinds.TWICE, "2.988 kWh are in both bills"),
        (pair((51_234, 56_267), (50_111, 58_222)), kinds.TWICE, "5.033 kWh are in both bills"),
        (pair((51_234, 61_267), (52_111, 55_222)), kinds.TWICE, "3.111 kWh are in both bills"),
        (pair((51_234, 56_267), (51_234, 56_267), "clock"), kinds.TWICE, "5.033 kWh"),
        (pair((51_234, 56_267), (51_234, 56_267), "estimated"), kinds.TWICE, "5.033 kWh"),
        (pair((1_000, 5_000), (8_000, 9_000), beside=((9_000, 9_500),)), kinds.BETWEEN, "3.000"),
    ],
)
def test_what_lies_between_two_registers_is_named(seen: Pair, kind: str, apart: str) -> None:
    (finding,) = judge([seen])
    assert (finding.kind, finding.session_id) == (kind, 1)
    assert apart in finding.evidence[1].text
    assert [one.key for one in finding.evidence] == [1, 2]


@pytest.mark.parametrize(
    "seen",
    [
        pair((1_000, 5_000), (5_000, 9_000)),
        pair((1_001, 5_001), (5_009, 9_000)),  # instants differ a little
        pair((1_000, 5_000), (6_000, 9_000)),  # a meter of whole kWh
        pair((1_000, 5_000), (0, 4_000)),  # a register that begins anew
        pair((0, 5_000), (0, 4_000)),  # with each session
        pair((2, 5_000), (1, 5_000)),
        pair((51_234, 56_267), (49_000, 51_235)),  # rounded
        pair((51_000, 52_000), (51_000, 52_000)),  # no more than its meter shows at once
        pair((51_234, 56_267), (51_234, 56_267), "implausible_reading"),
        pair((51_234, 56_267), (51_234, 56_267), "discarded"),
        pair((51_234, 56_267), (51_234, 56_267), pause=-30),  # at once: an overlap
        pair((1_001, 5_001), (5_420, 9_000), pause=10 * 60),  # its own consumption
        pair((1_001, 5_001), (2_345_678, 2_350_000)),  # another meter
        pair((1_000, 5_000), (5_036, 9_000), "estimated"),  # has a case that says so
        pair((1_000, 5_000), (5_036, 9_000), "clock"),  # which came first is not sure
        pair((1_000, 5_000), (7_000, 9_000), pause=-5),  # at once: an overlap
        pair(None, (5_036, 9_000)),
        pair((1_000, 5_000), None),
        pair((1_000, 5_000), (8_000, 9_000), beside=((5_000, 8_000),)),  # one meter for two
    ],
)
def test_registers_that_join_or_are_not_sure_are_no_case(seen: Pair) -> None:
    assert list(judge([seen])) == []


@pytest.fixture
def charger(network: Organisation, card: object, tariff: object) -> Callable[[Protocol], Teller]:
    return lambda protocol: Teller(network, "CP1", protocol)


def charge(charger: Teller, begin: float, wh: Span, heard_at: datetime | None = None) -> Session:
    """Half an hour; ``heard_at``: later, from the memory of the station."""
    at, until = T0 + minutes(begin), T0 + minutes(begin + 30)
    charger.begin_anew()
    charger.start(stamp(at), wh[0], heard_at or at)
    session = charger.session
    charger.stop(stamp(until), wh[1], heard_at or until)
    return session


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def current(kind: str) -> list[Case]:
    services.judge_sessions(now=T0 + minutes(600))
    return list(Case.objects.filter(kind=kind, is_current=True).order_by("session_id"))


@facts
@pytest.mark.parametrize("protocol", BOTH)
def test_a_stop_that_tells_too_little_shows_when_the_next_begins(
    charger: Callable[[Protocol], Teller], protocol: Protocol
) -> None:
    teller = charger(protocol)
    first = charge(teller, 0, (1_000, 4_000))
    assert current(kinds.BETWEEN) == []
    charge(teller, 40, (4_300, 8_000))
    (case,) = current(kinds.BETWEEN)
    assert (case.session_id, case.state, case.since_at) == (first.pk, State.OPEN, T0 + minutes(30))


@facts
@pytest.mark.parametrize("protocol", BOTH)
def test_a_session_that_is_told_late_explains_what_lay_between(
    charger: Callable[[Protocol], Teller], protocol: Protocol
) -> None:
    teller = charger(protocol)
    charge(teller, 0, (1_000, 4_000))
    charge(teller, 100, (6_000, 8_000))
    (case,) = current(kinds.BETWEEN)
    charge(teller, 50, (4_000, 6_000), heard_at=T0 + minutes(140))
    assert current(kinds.BETWEEN) == []
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.GONE)


@facts
def test_a_stop_that_tells_too_much_is_in_two_bills(
    charger: Callable[[Protocol], Teller],
) -> None:
    teller = charger(Protocol.OCPP16)
    first = charge(teller, 0, (1_000, 4_500))
    charge(teller, 40, (4_000, 8_000))
    (case,) = current(kinds.TWICE)
    assert case.session_id == first.pk
    assert "0.500 kWh are in both bills" in case.evidence[1]["text"]


@facts
def test_two_connectors_that_share_a_meter_are_no_case(
    charger: Callable[[Protocol], Teller],
) -> None:
    teller = charger(Protocol.OCPP16)
    charge(teller, 0, (1_000, 4_000))
    teller.start(stamp(T0 + minutes(31)), 4_000, T0 + minutes(31), connector=2)
    teller.stop(stamp(T0 + minutes(60)), 6_000, T0 + minutes(60))
    charge(teller, 70, (6_000, 8_000))
    assert current(kinds.BETWEEN) == []


@facts
def test_pairs_take_the_same_questions_however_many(
    charger: Callable[[Protocol], Teller], django_assert_num_queries: Any
) -> None:
    teller = charger(Protocol.OCPP16)
    ids = [charge(teller, 40 * n, (1_000 * n + 101, 1_000 * (n + 1))).pk for n in range(3, 9)]
    for some in (ids[:2], ids):
        with django_assert_num_queries(3):
            pairs = pairs_of(some, now=T0)
        assert [one.kind for one in judge(pairs)] == [kinds.BETWEEN] * len(pairs)
        assert len(pairs) == min(len(some), len(ids) - 1)


@facts
@pytest.mark.parametrize("protocol", BOTH)
def test_a_queue_that_is_told_twice_is_one_case_for_each_session_and_neither_is_normal(
    charger: Callable[[Protocol], Teller], protocol: Protocol, network: Organisation
) -> None:
    teller, late = charger(protocol), T0 + minutes(400)
    spans = [(51_234, 53_267), (53_267, 55_004)]
    told = [charge(teller, 40 * n, wh, heard_at=late) for n, wh in enumerate(spans)]
    again = [charge(teller, 90 + 40 * n, wh, heard_at=late) for n, wh in enumerate(spans)]
    cases = current(kinds.TWICE)
    assert [(one.session_id, one.evidence[1]["key"]) for one in cases] == [
        (first.pk, second.pk) for first, second in zip(told, again, strict=True)
    ]
    assert Case.objects.filter(state=State.OPEN, kind=kinds.OVERLAP).count() == 0
    person = make.user(network, "ada", Role.ADMIN)
    for session in (*told, *again):
        session.refresh_from_db()
        codes = [finding.code for finding in tell(person, session, now=late).findings]
        assert "unsettled" in codes
        assert "normal" not in codes
    resolve(cases[0], Wish(Resolution.DISCARD, "Told twice"), actor=person, now=T0 + minutes(601))
    assert current(kinds.TWICE) == [cases[1]]


@facts
@pytest.mark.parametrize("protocol", BOTH)
def test_two_sessions_at_once_are_one_case_and_when_one_is_discarded_none(
    charger: Callable[[Protocol], Teller], protocol: Protocol, network: Organisation
) -> None:
    teller, late = charger(protocol), T0 + minutes(400)
    first = charge(teller, 0, (51_234, 53_267), heard_at=late)
    second = charge(teller, 10, (51_234, 53_267), heard_at=late)
    (case,) = current(kinds.OVERLAP)
    assert (case.session_id, case.evidence[1]["key"]) == (first.pk, second.pk)
    assert current(kinds.TWICE) == []
    person = make.user(network, "ada", Role.ADMIN)
    assert list(list_of_session(person, second.pk)) == [case]
