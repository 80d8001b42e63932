"""What one run of the suite leaves out, the other one has."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.workers import is_left_out


@pytest.mark.parametrize("marks", [(), ("once",), ("django_db",), ("once", "django_db")])
@pytest.mark.parametrize("fixtures", [(), ("db",), ("transactional_db",)])
def test_no_test_is_left_out_of_both_runs(marks: Any, fixtures: Any) -> None:
    item: Any = SimpleNamespace(
        fixturenames=fixtures, iter_markers=lambda name: [mark for mark in marks if mark == name]
    )
    assert not (is_left_out("once", item) and is_left_out("pure", item))
