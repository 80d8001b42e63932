"""The offset of a clock is told from live messages alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.domain.clocks import Judged, Watched, said, watch
from apps.protocol.clocks import said_in

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def after(*messages: tuple[float, float]) -> list[Judged]:
    """Verdicts on messages: seconds by the station's clock, and by ours."""
    known, found = Watched(), []
    for told, heard in messages:
        known, judged = watch(known, NOW + timedelta(seconds=told), NOW + timedelta(seconds=heard))
        found += [judged] if judged else []
    return found


@pytest.mark.parametrize("offset", [0, 7200, -10_800, -123_000_000])
def test_two_live_messages_show_the_offset(offset: float) -> None:
    (judged,) = after((offset, 0), (offset + 60, 60.3))
    assert judged.offset_s == pytest.approx(offset, abs=1)
    assert judged.is_wrong is bool(offset)


def test_a_replay_says_nothing_of_the_clock() -> None:
    assert after((-9_000, 0), (-8_100, 1), (-7_200, 2), (-6_300, 23)) == []


def test_an_old_status_that_is_told_again_says_nothing() -> None:
    assert after((-9_000, 0), (-9_000, 60), (-9_000, 120)) == []


def test_a_clock_that_stands_still_says_nothing() -> None:
    assert after(*((0, 60 * n) for n in range(5))) == []


def test_what_is_no_news_is_not_told_again_within_an_hour() -> None:
    found = after(*((60 * n, 60 * n) for n in range(125)))
    assert [judged.judged_at - NOW for judged in found] == [
        timedelta(minutes=1), timedelta(minutes=61), timedelta(minutes=121),
    ]  # fmt: skip


def test_a_clock_that_jumps_to_and_fro_is_known_by_all_its_offsets() -> None:
    messages = ((0, 0), (60, 60), (-3480, 120), (180, 180), (-3360, 240), (-3300, 300))
    known, live = Watched(), []
    for told, heard in messages:
        known, _ = watch(known, NOW + timedelta(seconds=told), NOW + timedelta(seconds=heard))
        live.append(known.live_s)
    assert live == [None, 0, None, 0, -3600, -3600]


def test_every_second_message_that_comes_late_shows_no_clock() -> None:
    messages = [(0, 0), (60, 60)]
    for n in range(2, 20, 2):
        messages += [(60 * n + 60, 60 * n + 60), (60 * n, 60 * n + 60)]
    known, live = Watched(), []
    for told, heard in messages:
        known, _ = watch(known, NOW + timedelta(seconds=told), NOW + timedelta(seconds=heard))
        live.append(known.live_s)
    assert {one for one in live if one is not None} == {0}
    assert [judged.offset_s for judged in after(*messages)] == [0]


def test_two_messages_soon_after_each_other_show_the_offset_if_they_fit_well() -> None:
    assert after((-9_000, 0), (-8_997, 3), (-8_988, 12)) != []
    assert after((-9_000, 0), (-8_994, 12)) == []


def test_a_clock_that_is_set_is_judged_anew() -> None:
    found = after((7200, 0), (7260, 60), (120, 120), (180, 180))
    assert [judged.offset_s for judged in found] == [7200, 0]


def test_drift_shows_after_some_hours() -> None:
    found = after(*((600 * n * 1.0001, 600 * n) for n in range(145)))
    assert found[0].drift_s_per_day is None
    assert found[-1].drift_s_per_day == pytest.approx(8.6, abs=0.2)


@pytest.mark.parametrize(
    ("offset_s", "words"),
    [
        (None, "not judged yet"), (0.4, "right"), (-40, "right within 40 s"),
        (7_200, "2 h 00 min ahead: set its time zone to UTC"),
        (-3_590, "60 min behind: set its time zone to UTC"),
        (-700, "12 min behind: set its time server"),
        (-123_000_000, "1\u202f424 days behind: set its time server"),
    ],
)  # fmt: skip
def test_an_operator_reads_what_to_set(offset_s: float | None, words: str) -> None:
    assert said(offset_s) == words


@pytest.mark.parametrize(
    ("action", "payload", "second"),
    [
        ("StatusNotification", {"timestamp": "2026-11-20T08:00:05Z"}, 5),
        ("TransactionEvent", {"timestamp": "2026-11-20T08:00:05Z"}, 5),
        ("TransactionEvent", {"timestamp": "2026-11-20T08:00:05Z", "offline": True}, None),
        ("MeterValues", {"meterValue": [{"timestamp": "2026-11-20T08:00:05Z"}]}, 5),
        ("MeterValues", {"meterValue": [None]}, None),
        ("StartTransaction", {"timestamp": "2026-11-20T08:00:05Z"}, 5),
        ("StopTransaction", {"timestamp": "2026-11-20T08:00:05Z"}, 5),
        ("Heartbeat", {}, None),
        ("StatusNotification", {"timestamp": 5}, None),
    ],
)
def test_which_messages_tell_the_time(action: str, payload: Any, second: int | None) -> None:
    expected = None if second is None else NOW + timedelta(seconds=second)
    assert said_in(action, payload) == expected
