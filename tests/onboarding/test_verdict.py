"""What a boot is answered."""

import pytest

from apps.domain.vocabulary import BootStatus
from apps.onboarding.verdict import Case, Ruling, rule

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
