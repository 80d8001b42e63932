"""What a clock that is known to be off told before that was known. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apps.sessions.hearing import runs_away, told_by
from apps.sessions.machine import Facts

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def heard(began_ago: timedelta, behind: timedelta, end_behind: timedelta | None = None) -> Facts:
    """A session that began so long ago by our clock, told by one that was behind by so much."""
    began_at = NOW - began_ago
    said_at = began_at - behind
    facts = Facts(said_at, said_at, said_at, began_at, has_start=True)
    if end_behind is None:
        return facts
    end_said_at = NOW - end_behind
    return replace(facts, ended_at=end_said_at, end_said_at=end_said_at, end_heard_at=NOW)


def test_a_begin_by_that_clock_is_set_right() -> None:
    facts = told_by(heard(30 * SECOND, 3 * HOUR, 3 * HOUR), -3 * 3600, NOW - HOUR)
    assert facts.offset_s == -3 * 3600


def test_an_end_by_that_clock_alone_was_when_it_was_heard() -> None:
    facts = told_by(heard(30 * SECOND, 0 * HOUR, 1 * HOUR), -3600, NOW - HOUR)
    assert (facts.offset_s, facts.ended_at, facts.end_said_at) == (None, NOW, None)


def test_a_replay_and_what_was_heard_long_ago_stay() -> None:
    replayed = heard(30 * SECOND, 5 * HOUR, 4 * HOUR)
    assert told_by(replayed, -3 * 3600, NOW - HOUR) is replayed
    old = heard(2 * HOUR, 3 * HOUR)
    assert told_by(old, -3 * 3600, NOW - HOUR) is old


def test_a_clock_that_was_right_at_the_begin_may_run_away() -> None:
    assert runs_away(heard(HOUR, 0 * HOUR), 15)
    assert not runs_away(heard(HOUR, 0 * HOUR), 4)
    assert not runs_away(heard(HOUR, 15 * SECOND), 0), "it was only heard late"


@pytest.mark.parametrize(("years", "is_set_right"), [(9, True), (-30, True), (-1, False)])
def test_a_begin_told_later_at_an_instant_that_cannot_be_is_by_that_clock(
    years: int, is_set_right: bool
) -> None:
    off = timedelta(days=365 * years)
    replayed = replace(heard(30 * SECOND, -off), start_said_at=NOW - 10 * SECOND * 60 + off)
    facts = told_by(replayed, off.total_seconds(), NOW - HOUR)
    assert facts.offset_s == (off.total_seconds() if is_set_right else None)
