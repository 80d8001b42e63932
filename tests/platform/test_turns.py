"""The parts of a turn: each is done, whatever becomes of the others."""

import pytest

from ocpp_platform import turns


def test_what_breaks_is_logged_and_counted_and_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    def breaks() -> None:
        raise RuntimeError("so")

    before = turns.FAILURES.labels("breaking")._value.get()
    failed = turns.take(
        ("one", lambda: done.append("one")),
        ("breaking", breaks),
        ("two", lambda: done.append("two")),
    )
    assert (failed, done) == (["breaking"], ["one", "two"])
    assert "breaking failed" in caplog.text
    assert turns.FAILURES.labels("breaking")._value.get() == before + 1
