"""A station's activity tells what happened there, and each thing once."""

from datetime import timedelta

import pytest

from apps.control.services import give
from apps.dashboard.presenters.activity import activity
from apps.domain.commands import ResetStation
from apps.history import kinds
from apps.history.doers import station as by_station
from apps.history.services import record
from apps.stations.models import Station
from apps.stations.services import change_station
from tests import factories
from tests.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return factories.cast()


@pytest.fixture
def station(people: Cast) -> Station:
    return factories.station(people.location, "CP1", now=people.now, statuses=())


def lines(people: Cast, station: Station) -> list[str]:
    since = people.now - timedelta(hours=1)
    return [entry.text for entry in activity(people.support, station, since=since)]


def test_what_people_and_the_station_did_is_shown_with_who_it_was(
    people: Cast, station: Station
) -> None:
    change_station(station, security_profile=1, actor=people.admin)
    record(
        kinds.STATION_BOOTED, actor=by_station(station.pk, "CP1"), subject=(station.pk, "CP1"),
        organisation_id=station.organisation_id,
    )  # fmt: skip
    shown = [f"Station changed by {people.admin.label}", "Station booted"]
    assert sorted(lines(people, station)) == sorted(shown)


def test_a_command_has_one_line(people: Cast, station: Station) -> None:
    give(people.operator, station, ResetStation())
    (line,) = lines(people, station)
    assert f"by {people.operator.label}: queued" in line


def test_what_happened_elsewhere_is_not_shown(people: Cast, station: Station) -> None:
    other = factories.station(people.location, "CP2", now=people.now, statuses=())
    change_station(other, security_profile=1, actor=people.admin)
    assert lines(people, station) == []
