"""A station is there as long as it is heard; silence is noticed once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.journal.models import LinkEvent
from apps.stations import presence
from apps.stations.models import Station
from apps.stations.services import sweep_presence, touch

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "is_late", "is_silent"),
    [(0, False, False), (600, False, False), (611, True, False), (909, True, False),
     (910, True, False), (911, True, True)],
)  # fmt: skip
def test_three_intervals_and_some_slack_are_silence(
    seconds: float, is_late: bool, is_silent: bool
) -> None:
    assert presence.is_late(ago(seconds), 300, NOW) == is_late
    assert presence.is_silent(ago(seconds), 300, NOW, 3) == is_silent


def test_a_station_that_was_never_heard_is_silent_but_not_late() -> None:
    assert presence.is_silent(None, 300, NOW, 3)
    assert not presence.is_late(None, 300, NOW)


@pytest.fixture
def connected(station: Station) -> Any:
    def put(seconds_ago: float) -> Station:
        Station.objects.filter(pk=station.pk).update(
            is_connected=True, connection_id="socket", last_seen_at=ago(seconds_ago)
        )
        return station

    return put


def test_a_silent_station_is_shown_offline_once(connected: Any) -> None:
    station = connected(911)
    assert [sweep_presence(now=NOW, factor=3) for _ in range(2)] == [1, 0]
    station.refresh_from_db()
    assert not station.is_connected
    assert station.connection_id == "socket", "its socket may still be open"
    assert LinkEvent.objects.get().kind == "silent"


def test_a_station_that_was_heard_in_time_stays_online(connected: Any) -> None:
    connected(900)
    assert sweep_presence(now=NOW, factor=3) == 0


def test_a_silent_station_that_is_heard_again_is_online_again(connected: Any) -> None:
    station = connected(911)
    sweep_presence(now=NOW, factor=3)
    touch({station.pk: (NOW, "socket")})
    station.refresh_from_db()
    assert (station.is_connected, station.last_seen_at) == (True, NOW)


def test_an_older_socket_does_not_bring_a_station_back(connected: Any) -> None:
    station = connected(911)
    sweep_presence(now=NOW, factor=3)
    touch({station.pk: (NOW, "an older one")})
    station.refresh_from_db()
    assert not station.is_connected
