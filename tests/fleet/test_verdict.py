"""What is right, what is marked, and what nothing explains."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fleet.verdict import WRONG, Kept, Outcome, Truth, judge

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
TOOK = timedelta(minutes=2)
TRUTH = Truth("F1", "Maker", ("sent_twice",), 1, "CA4D01", "77", AT, AT + TOOK, 300.0, 20.0, 9)


def kept(**changes: Any) -> Kept:
    """As the truth is, but for ``changes``; the price follows from energy and time."""
    one = Kept("F1", 1, 1, "ca4d01", "77", AT, AT + TOOK, 300.0, None, frozenset())
    one = replace(one, **{"flags": frozenset(), **changes})
    took_s = ((one.ended_at or AT) - one.began_at).total_seconds()
    price = Decimal(one.energy_wh) * Decimal("0.0005") + Decimal(took_s) * Decimal("1.2") / 3600
    return one if "price" in changes else replace(one, price=round(price, 2))


def outcome(*found: Kept, truth: Truth = TRUTH) -> Outcome:
    (one,) = judge([truth], found, {})
    return one.outcome


def test_as_it_was_is_right() -> None:
    assert outcome(kept()) is Outcome.RIGHT
    assert outcome(kept(energy_wh=301.0, transaction_id="other")) is Outcome.RIGHT
    assert outcome(kept(card="", evse_id=None)) is Outcome.RIGHT, "the transaction names it"
    assert outcome(kept(card="", transaction_id="77~5")) is Outcome.RIGHT, "its name was used again"


@pytest.mark.parametrize(
    ("changes", "why", "flag"),
    [
        ({"energy_wh": 290.0}, "energy less", "implausible_reading"),
        ({"energy_wh": 315.0}, "energy more", "estimated"),
        ({"began_at": AT - 3 * TOOK, "ended_at": AT - 2 * TOOK}, "begin", "clock"),
        ({"ended_at": AT + 2 * TOOK}, "length", "clock"),
    ],
)
def test_what_differs_must_be_said(changes: dict[str, Any], why: str, flag: str) -> None:
    (one,) = judge([TRUTH], [kept(**changes)], {})
    assert (one.outcome, one.why) == (Outcome.UNEXPLAINED, why)
    assert outcome(kept(**changes, flags=frozenset({"unauthorised"}))) is Outcome.UNEXPLAINED
    assert outcome(kept(**changes, flags=frozenset({flag}))) is Outcome.MARKED


def test_a_case_explains_as_a_mark_does() -> None:
    assert outcome(kept(energy_wh=200.0, cases=frozenset({"between"}))) is Outcome.MARKED


def test_a_mark_of_the_clock_does_not_explain_energy() -> None:
    assert outcome(kept(energy_wh=200.0, flags=frozenset({"clock"}))) is Outcome.UNEXPLAINED


@pytest.mark.parametrize(
    "changes", [{"price": Decimal("9.99")}, {"price": None}, {"card": "BAD1"}, {"evse_id": 2}]
)
def test_no_mark_explains_another_price_card_or_place(changes: dict[str, Any]) -> None:
    marks = frozenset({"clock", "estimated", "implausible_reading"})
    assert outcome(kept(**changes, flags=marks)) is Outcome.UNEXPLAINED


def test_more_than_was_taken_and_a_sample_is_never_explained() -> None:
    marks = frozenset({"estimated", "implausible_reading"})
    assert outcome(kept(energy_wh=321.0, flags=marks)) is Outcome.MARKED
    assert outcome(kept(energy_wh=323.0, flags=marks)) is Outcome.OVERBILLED


def test_what_a_habit_hides_is_not_asked_for() -> None:
    low = replace(TRUTH, quirks=("meterstop_low", "stop_by_the_minute"))
    early = kept(energy_wh=265.0, ended_at=AT + TOOK / 2)
    assert outcome(early, truth=low) is Outcome.RIGHT
    assert outcome(early) is Outcome.UNEXPLAINED


def test_lost_doubled_stuck_and_never_told() -> None:
    assert outcome() is Outcome.LOST
    assert outcome(truth=replace(TRUTH, told=0)) is Outcome.UNTOLD
    assert outcome(kept(), kept(id=2)) is Outcome.DOUBLED
    assert outcome(kept(ended_at=None)) is Outcome.STUCK
    assert not {Outcome.RIGHT, Outcome.MARKED, Outcome.UNTOLD}.intersection(WRONG)


def test_what_no_driver_began_must_cost_nothing_and_say_so() -> None:
    phantom = {"card": "PHANTOM", "transaction_id": "9", "energy_wh": 0.0}
    for changes, expected in (
        ({"flags": frozenset({"unauthorised"})}, Outcome.MARKED),
        ({}, Outcome.PHANTOM),
        ({"flags": frozenset({"unauthorised"}), "energy_wh": 50.0}, Outcome.PHANTOM),
        ({"ended_at": None}, Outcome.STUCK),
    ):
        *_, stranger = judge([TRUTH], [kept(), kept(**phantom | changes)], {"F1": "Maker"})
        assert (stranger.outcome, stranger.maker) == (expected, "Maker")


def test_a_session_belongs_to_its_own_station() -> None:
    judged = judge([TRUTH], [kept(station="F2")], {"F2": "Other"})
    assert [one.outcome for one in judged] == [Outcome.LOST, Outcome.PHANTOM]
