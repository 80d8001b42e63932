"""What is found of sessions that have ended: one rule at a time. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.reconciliation import kinds
from apps.reconciliation.ended import Bill, Other, Sight, judge, overlaps

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)
END = T0 + timedelta(hours=1)
BILL = Bill(10_000.0, Decimal("5.20"))


def sight(*flags: str, **more: Any) -> Sight:
    given: dict[str, Any] = {"bill": BILL, "has_token": True, "told": 60, "afresh": BILL}
    return Sight(1, 1, 1, 1, T0, END, frozenset(flags), **(given | more))


def found(seen: Sight) -> set[str]:
    return {finding.kind for finding in judge(seen)}


NOTHING = Bill(0.0, Decimal("0.00"))


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (sight("estimated"), kinds.LOST_STOP),
        (sight("estimated", bill=NOTHING, has_token=False, told=0, afresh=None), kinds.PHANTOM),
        (sight("no_start"), kinds.LOST_START),
        (sight("gaps"), kinds.GAPS),
        (sight("implausible_reading"), kinds.DOUBTED),
        (sight("implausible_reading", "no_register"), kinds.DOUBTED),
        (sight("missing_reading", "no_register"), kinds.DOUBTED),
        (sight("unread_reading"), kinds.DOUBTED),
        (sight("missing_reading"), kinds.DOUBTED),
        (sight("no_register"), kinds.NO_REGISTER),
        (sight("clock"), kinds.WRONG_CLOCK),
        (sight("refused_message"), kinds.REFUSED),
        (sight("unauthorised"), kinds.UNAUTHORISED),
        (sight("two_boxes"), kinds.WHOSE),
        (sight("misnamed"), kinds.WHOSE),
        (sight("two_stops"), kinds.TWO_STOPS),
        (sight("two_evses"), kinds.TWO_EVSES),
        (sight("late_stop", "decided", is_decided=True, register=(0, 12_000)), kinds.LATE_STOP),
        (sight("late_stop", "discarded", register=(0, 50)), kinds.LATE_STOP),
        (sight(max_power_w=7_400.0), kinds.TOO_MUCH),
        (sight("implausible_reading", power_wh=21_000.0), kinds.TOO_LITTLE),
        (sight(others=(Other(2, T0, END),)), kinds.OVERLAP),
        (sight(afresh=Bill(10_000.0, Decimal("5.21"))), kinds.DIFFERS),
        (sight(afresh=Bill(10_001.0, Decimal("5.20"))), kinds.DIFFERS),
    ],
)
def test_each_difference_is_one_case(seen: Sight, kind: str) -> None:
    assert found(seen) == {kind}


@pytest.mark.parametrize(
    "seen",
    [
        sight(),
        sight(max_power_w=11_000.0),
        sight(max_power_w=-7_200.0, bill=NOTHING, afresh=NOTHING),
        sight(max_power_w=1_000.0, told=4),  # too few samples to know the peak
        sight(afresh=Bill(10_000.000_001, Decimal("5.20"))),
        sight("unauthorised", bill=NOTHING, afresh=NOTHING),
        sight("no_energy", bill=NOTHING, afresh=NOTHING),
        sight("implausible_reading", "decided", is_decided=True),
        sight("late_stop", "decided", is_decided=True, register=(1_000, 11_020)),
        sight("two_stops", "decided", is_decided=True),
    ],
)
def test_what_is_in_order_is_no_case(seen: Sight) -> None:
    assert found(seen) == set()


def test_clocks_that_differ_a_little_make_no_overlap() -> None:
    assert not overlaps(sight(), Other(2, END - timedelta(minutes=1), None))
    assert overlaps(sight(), Other(2, END - timedelta(minutes=3), None))


def test_a_finding_names_its_session_and_the_other_one() -> None:
    (finding,) = judge(sight(others=(Other(2, T0, END),)))
    assert [(one.link, one.key) for one in finding.evidence] == [("session", 1), ("session", 2)]


def test_a_bill_that_differs_says_its_money() -> None:
    bills = Bill(2_000.0, Decimal("1.50"), "EUR"), Bill(2_000.0, None, "")
    (found,) = judge(sight(bill=bills[0], afresh=bills[1]))
    assert found.evidence[0].text == (
        "Billed: 2.000 kWh, 1.50 EUR. Made anew of all readings: 2.000 kWh, no price."
    )
