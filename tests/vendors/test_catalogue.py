"""The catalogue of habits is whole, its tests are there, and the document says what it says."""

import ast
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from apps.protocol.vendors import Profile, makers
from apps.protocol.vendors.manner import Manner
from tests.vendors.catalogue import HABITS
from tests.vendors.document import text
from tests.vendors.fields import FIELDS
from tests.vendors.habit import Habit, Verdict

ROOT = Path(__file__).resolve().parents[2]
MOST_WORDS = 12
each = pytest.mark.parametrize("habit", HABITS, ids=lambda habit: str(habit.number))


@cache
def functions_of(path: str) -> frozenset[str]:
    """The tests in a file below ``tests/``; none where there is no such file."""
    file = ROOT / "tests" / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def test_the_document_is_what_the_command_writes() -> None:
    written = (ROOT / "docs/vendors.md").read_text(encoding="utf-8")
    assert written == text(), "run python -m tests.vendors"


def test_every_number_is_there_once_and_in_order() -> None:
    assert [habit.number for habit in HABITS] == list(range(1, 160))


@each
def test_a_named_test_is_there(habit: Habit) -> None:
    for node in habit.proof:
        path, _, name = node.partition("::")
        assert name.startswith("test_")
        assert name in functions_of(path), f"{node} of habit {habit.number}"


@each
def test_a_row_has_a_test_or_a_reason(habit: Habit) -> None:
    has_proof = habit.verdict in (Verdict.COVERED, Verdict.IN_PART)
    assert bool(habit.proof) == bool(habit.how) == has_proof
    assert bool(habit.why) == (habit.verdict is not Verdict.COVERED)
    assert len(habit.how.split()) <= MOST_WORDS
    assert "|" not in f"{habit.what}{habit.how}{habit.why}"


def test_every_member_of_a_profile_is_said_and_every_other_idea_has_its_place() -> None:
    members = {field.name for kind in (Profile, Manner) for field in fields(kind)}
    whole = members - {"name", "model", "firmware", "manner"}
    assert {one.member for one in FIELDS if one.member} == whole
    assert all(one.how for one in FIELDS if not one.member)


def test_every_member_of_a_manner_is_the_manner_of_somebody() -> None:
    """What no maker has would be heeded for nobody."""
    used = {
        field.name
        for maker in makers()
        for field in fields(Manner)
        if getattr(maker.manner, field.name) != getattr(Manner(), field.name)
    }
    assert used == {field.name for field in fields(Manner)}
