"""What a boot is answered, and what becomes of a step."""

import pytest

from apps.domain.vocabulary import BootStatus
from apps.onboarding.verdict import MOST_ATTEMPTS, Case, End, Ruling, end_of, rule

ACCEPTED, PENDING, REJECTED = BootStatus.ACCEPTED, BootStatus.PENDING, BootStatus.REJECTED


@pytest.mark.parametrize(
    ("case", "ruling"),
    [
        (Case("accepted"), Ruling(ACCEPTED)),
        (Case("pending"), Ruling(PENDING)),
        (Case("rejected", stage="done"), Ruling(REJECTED)),
        (Case("pending", has_steps=True), Ruling(PENDING)),
        (Case("accepted", has_steps=True), Ruling(PENDING, begins=True)),
        (Case("accepted", "Pending", has_steps=True), Ruling(PENDING, begins=True)),
        (Case("accepted", "Accepted", has_steps=True), Ruling(ACCEPTED)),
        (Case("accepted", stage="running", has_steps=True), Ruling(PENDING)),
        (Case("accepted", stage="failed", has_steps=True), Ruling(PENDING)),
        (Case("accepted", stage="done", has_steps=True), Ruling(ACCEPTED)),
        (Case("accepted", "Accepted", "running", is_blocking=False), Ruling(ACCEPTED)),
        (Case("accepted", "Accepted", must_renew=True), Ruling(PENDING)),
        (Case("accepted", "Accepted", "done", must_renew=True), Ruling(PENDING)),
        (Case("rejected", must_renew=True), Ruling(REJECTED)),
    ],
)
def test_what_a_boot_is_answered(case: Case, ruling: Ruling) -> None:
    assert rule(case) == ruling


@pytest.mark.parametrize(
    ("state", "detail", "end"),
    [
        ("queued", "", End.OPEN),
        ("sent", "", End.OPEN),
        ("accepted", "", End.OPEN),
        ("confirmed", "", End.DONE),
        ("rejected", "Unknown", End.FAILED),
        ("not_confirmed", "", End.FAILED),
        ("not_confirmed", "RebootRequired", End.DONE),
        ("failed", "", End.FAILED),
        ("error", "GenericError", End.FAILED),
        ("error", "The connection was lost", End.LOST),
        ("timed_out", "", End.LOST),
        ("expired", "", End.LOST),
        ("gone", "", End.LOST),
    ],
)
def test_what_was_lost_is_tried_again_but_not_for_ever(state: str, detail: str, end: End) -> None:
    assert end_of(state, detail, 1) is end
    last = End.FAILED if end is End.LOST else end
    assert end_of(state, detail, MOST_ATTEMPTS) is last
