from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.protocol import timestamps

NOW = datetime(2025, 3, 4, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-04T08:00:00Z", NOW),
        ("2025-03-04t08:00:00z", NOW),
        ("2025-03-04 08:00:00Z", NOW),
        (" 2025-03-04T08:00:00Z ", NOW),
        ("2025-03-04T08:00:00", NOW),
        ("2025-03-04T08:00Z", NOW),
        ("2025-03-04T10:00:00+02", NOW),
        ("2025-03-04T10:00:00+0200", NOW),
        ("2025-03-04T10:00:00+02:00", NOW),
        ("2025-03-03T18:00:00-14:00", NOW),
        ("2025-03-04T08:00:00.5Z", NOW + timedelta(milliseconds=500)),
        ("2025-03-04T08:00:00,25Z", NOW + timedelta(milliseconds=250)),
        ("2025-03-04T08:00:00.123456789Z", NOW + timedelta(microseconds=123456)),
        ("2025-03-04T07:59:60Z", NOW),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("20250304T080000Z", NOW),
        ("2025/03/04 08:00:00", NOW),
        (" 2025-03-04 08:00:00 UTC ", NOW),
        ("Tue, 04 Mar 2025 08:00:00 GMT", NOW),
        ("4 Mar 2025 10:00:00 +0200", NOW),
        ("1741075200", NOW),
        ("1741075200.25", NOW + timedelta(milliseconds=250)),
        (" 1741075200000 ", NOW),
        ("1741075200000000", NOW),
    ],
)
def test_what_stations_write_is_understood(text: str, expected: datetime) -> None:
    assert timestamps.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "now", "2025-03-04", "2025-13-04T08:00:00Z", "2025-03-04T25:00:00Z", "17410752",
     "-1741075200", "99999999999",
     "2025-03-04T08:00:61Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60Z",
     "２０２５-03-04T08:00:00Z", "2025-02-30T08:00:60Z", "2025-0304T08:00:00Z",
     "Tue, 31 Feb 2025 08:00:00 GMT", "04 Mar 2025"],
)  # fmt: skip
def test_what_names_no_instant_is_none(text: str) -> None:
    assert timestamps.parse(text) is None


@pytest.mark.parametrize("number", [1_741_075_200, 1_741_075_200.0, 1_741_075_200_000])
def test_a_count_of_time_since_1970_is_an_instant(number: float) -> None:
    assert timestamps.read(number) == NOW


@pytest.mark.parametrize("value", [None, True, 0, -1, 42, 1e300, [], {}])
def test_what_is_no_count_of_time_is_none(value: Any) -> None:
    assert timestamps.read(value) is None


def test_a_time_without_a_zone_is_read_in_utc() -> None:
    assert timestamps.parse("2025-03-04T08:00:00") == NOW


@given(st.text())
def test_no_text_raises(text: str) -> None:
    timestamps.parse(text)


@given(st.datetimes(timezones=st.timezones()))
def test_what_is_written_is_read_back_to_the_second(at: datetime) -> None:
    try:
        expected = at.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return
    text = timestamps.write(at)
    assert len(text) == 20
    assert timestamps.parse(text) == expected


@pytest.mark.parametrize(
    ("station_time", "settled", "is_trusted"),
    [
        (NOW, NOW, True),
        (NOW + timedelta(minutes=5), NOW + timedelta(minutes=5), True),
        (NOW + timedelta(minutes=5, seconds=1), NOW, False),
        (NOW - timedelta(days=90), NOW - timedelta(days=90), True),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW, False),
        (datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC), NOW, False),
        (None, NOW, False),
    ],
)
def test_an_unusable_clock_gives_way_to_the_receive_time(
    station_time: datetime | None, settled: datetime, is_trusted: bool
) -> None:
    found = timestamps.settle(station_time, NOW)
    assert found == (settled, is_trusted, None if is_trusted else station_time)
