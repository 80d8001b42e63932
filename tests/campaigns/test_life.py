"""The life of a target, and the rules of a campaign's pace."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.campaigns.life import End, Life, Patience, Standing, after, end_of, must_stop, room

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
THRICE = Patience(attempts=3, first_pause_s=60, longest_pause_s=100)


@pytest.mark.parametrize(
    ("state", "detail", "expected"),
    [
        ("queued", "", End.OPEN),
        ("sent", "", End.OPEN),
        ("accepted", "", End.OPEN),
        ("confirmed", "", End.WELL),
        ("rejected", "", End.REFUSED),
        ("failed", "", End.REFUSED),
        ("not_confirmed", "", End.REFUSED),
        ("error", "NotSupported", End.REFUSED),
        ("error", "The connection was lost", End.LOST),
        ("timed_out", "", End.LOST),
        ("expired", "", End.LOST),
        ("gone", "", End.LOST),
        ("superseded", "", End.SUPERSEDED),
    ],
)
def test_what_a_command_comes_to(state: str, detail: str, expected: End) -> None:
    assert end_of(state, detail) is expected


def test_what_nobody_follows_is_well_when_it_is_accepted() -> None:
    assert end_of("accepted", is_followed=False) is End.WELL


@pytest.mark.parametrize(
    ("end", "attempts", "life", "pause_s"),
    [
        (End.OPEN, 1, Life.SENT, None),
        (End.WELL, 1, Life.REACHED, None),
        (End.DONE, 1, Life.REACHED, None),
        (End.AGAIN, 99, Life.WAITING, None),
        (End.PASSED, 3, Life.WAITING, None),
        (End.GIVEN_UP, 1, Life.FAILED, None),
        (End.REFUSED, 1, Life.FAILED, None),
        (End.SUPERSEDED, 1, Life.SUPERSEDED, None),
        (End.LOST, 1, Life.WAITING, 60),
        (End.LOST, 2, Life.WAITING, 100),
        (End.LOST, 3, Life.FAILED, None),
    ],
)
def test_where_a_target_stands_after_it(
    end: End, attempts: int, life: Life, pause_s: int | None
) -> None:
    next_at = None if pause_s is None else NOW + timedelta(seconds=pause_s)
    assert after(end, attempts, THRICE, NOW) == Standing(life, next_at)


def test_after_a_step_comes_the_next_at_once() -> None:
    assert after(End.WELL, 1, THRICE, NOW, has_steps=True) == Standing(Life.WAITING)


def test_pauses_grow_to_their_longest_however_often_it_was_tried() -> None:
    endless = Patience(attempts=10_000, first_pause_s=60, longest_pause_s=3600)
    assert after(End.LOST, 9_999, endless, NOW).next_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("at_once", "under_way", "expected"), [(None, 99, 7), (10, 0, 7), (10, 6, 4), (10, 12, 0)]
)
def test_how_many_may_begin(at_once: int | None, under_way: int, expected: int) -> None:
    assert room(at_once, under_way, 7) == expected


@pytest.mark.parametrize(
    ("failed", "over", "at_once", "expected"),
    [
        (1, 1, 10, False),  # the first wave is not over
        (2, 10, 10, False),  # not more than every fifth
        (3, 10, 10, True),
        (3, 10, None, False),  # without waves, once all are over
        (21, 100, None, True),
        (90, 100, 500, True),  # a wave is no larger than all there are
    ],
)
def test_when_a_campaign_stops_by_itself(
    failed: int, over: int, at_once: int | None, expected: bool
) -> None:
    told = must_stop(failed=failed, over=over, total=100, at_once=at_once, stop_pct=20)
    assert told is expected
