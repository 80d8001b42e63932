"""A station is there as long as it is heard; silence is noticed once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.journal.models import LinkEvent
from apps.stations import presence, services
from apps.stations.models import Location, Station
from apps.stations.services import sweep_presence, touch
from apps.stations.sites import default_location
from tests.factories import OFFICE

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
SWEEP = 5  # a transaction, what is read, stations, links


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "is_late"), [(0, False), (600, False), (611, True)])
def test_two_intervals_and_some_slack_are_late(seconds: float, is_late: bool) -> None:
    assert presence.is_late(ago(seconds), 300, NOW) == is_late


def test_a_station_that_was_never_heard_is_not_late() -> None:
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


@pytest.mark.parametrize(("seconds", "is_silent"), [(0, 0), (900, 0), (909, 0), (911, 1)])
def test_three_intervals_and_some_slack_are_silence(
    connected: Any, seconds: float, is_silent: int
) -> None:
    connected(seconds)
    assert sweep_presence(now=NOW, factor=3) == is_silent


def test_a_station_that_beats_less_often_is_silent_later(connected: Any) -> None:
    Station.objects.filter(pk=connected(911).pk).update(heartbeat_interval_s=600)
    assert sweep_presence(now=NOW, factor=3) == 0
    assert sweep_presence(now=NOW + timedelta(seconds=1000), factor=3) == 1


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


@pytest.mark.parametrize("count", [100, 1_000, 10_000])
def test_many_fall_silent_and_come_back_in_a_few_statements(
    network: Organisation, count: int, django_assert_max_num_queries: Any, told: list[set[str]]
) -> None:
    here = default_location(network, actor=OFFICE)
    there = default_location(Organisation.objects.create(name="Another"), actor=OFFICE)
    crowd = [*(_silent(here, n) for n in range(count)), _silent(there, count)]
    Station.objects.bulk_create(crowd)
    told.clear()
    with django_assert_max_num_queries(SWEEP):
        assert sweep_presence(now=NOW, factor=3) == count + 1
    assert sorted(map(len, told)) == [2, count + 1], "one announcement for each organisation"
    assert LinkEvent.objects.filter(kind="silent").count() == count + 1
    told.clear()
    with django_assert_max_num_queries(SWEEP):
        touch({station.pk: (NOW, "socket") for station in crowd})
    assert sorted(map(len, told)) == [2, count + 1]
    assert not Station.objects.filter(is_connected=False).exists()


def _silent(place: Location, number: int) -> Station:
    return Station(
        organisation=place.organisation, location=place, identity=f"CROWD{number}",
        is_connected=True, connection_id="socket", last_seen_at=ago(911), registered_at=NOW,
    )  # fmt: skip


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The topics of each announcement."""
    heard: list[set[str]] = []
    monkeypatch.setattr(services, "announce", lambda _id, *topics: heard.append({*topics}))
    return heard
