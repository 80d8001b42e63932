"""Every address of the API, as a key that is limited to sites calls it."""

import re

import pytest

from apps.accounts.keys import create_api_key
from apps.accounts.models import ApiKey
from apps.accounts.roles import Role
from apps.campaigns.models import Campaign
from apps.stations.models import Location, Station
from tests import factories
from tests.api.conftest import Program
from tests.api.test_access import TABLE
from tests.api.test_power import planned
from tests.api.test_strangers import cast as cast
from tests.api.test_strangers import counted, names_one, ours
from tests.factories import OFFICE, Cast

OF_THE_NETWORK = ("tokens/9/", "tariffs/9/", "certificates/roots/9/")
ELSEWHERE = re.compile(rb"NL-(RTM|AMS|UTR|EIN|NEW)-\d+|Blaak")


@pytest.fixture
def here(cast: Cast) -> Location:
    """Another site of the same organisation, with a station that has charged."""
    here = Location.objects.create(organisation=cast.organisation, name="Kade")
    charger = factories.station(here, "BE-ANT-001", now=cast.now, statuses=("Available",))
    factories.session(charger, started_at=cast.now, transaction_id="kade-1")
    return here


@pytest.fixture
def limited(cast: Cast, here: Location) -> Program:
    key, secret = create_api_key(
        organisation=cast.organisation, name="of a site", role=Role.OPERATOR, actor=OFFICE
    )
    ApiKey.objects.filter(pk=key.pk).update(site_ids=[here.pk])
    return Program(secret)


def test_what_stands_elsewhere_is_not_there(limited: Program, cast: Cast) -> None:
    before = counted()
    for method, path, _ in TABLE:
        if names_one(path) and path not in OF_THE_NETWORK:
            there = ours(cast, path)
            assert limited.send(method, there, {}).status_code in (403, 404), (method, there)
    assert counted() == before


def test_a_list_names_nothing_that_stands_elsewhere(limited: Program) -> None:
    for method, path, _ in TABLE:
        if method != "GET" or names_one(path):
            continue
        answer = limited.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in (200, 403), path
        assert not ELSEWHERE.search(body), path


def test_what_stands_here_is_there(limited: Program) -> None:
    assert [row["identity"] for row in limited.all("stations/")] == ["BE-ANT-001"]
    assert [row["transaction_id"] for row in limited.all("sessions/")] == ["kade-1"]
    assert [row["name"] for row in limited.all("locations/")] == ["Kade"]


def test_what_is_for_all_sites_is_not_changed(limited: Program) -> None:
    for method, path in (
        ("POST", "tokens/"), ("PATCH", "token-policy/"), ("PATCH", "onboarding/"),
        ("POST", "tariffs/"), ("POST", "locations/"), ("POST", "certificates/roots/"),
    ):  # fmt: skip
        assert limited.send(method, path, {}).status_code == 403, path


def test_a_station_is_registered_and_moved_among_ones_own_sites(
    limited: Program, here: Location
) -> None:
    for elsewhere in ("Blaak", "Nowhere"):
        refused = limited.post("stations/", {"identity": "BE-2", "location": elsewhere})
        assert refused.status_code == 400
        assert "one of your sites" in str(refused.json()), elsewhere
        moved = limited.patch("stations/BE-ANT-001/", {"location": elsewhere})
        assert moved.status_code == 400
    assert limited.post("stations/", {"identity": "BE-2"}).status_code == 201
    assert Station.objects.get(identity="BE-2").location == here
    assert Station.objects.get(identity="BE-ANT-001").location == here


def test_a_push_reaches_ones_own_sites_only(limited: Program, cast: Cast, here: Location) -> None:
    before = set(Campaign.objects.values_list("pk", flat=True))
    push = planned(name="Evening")
    assert limited.post("pushes/", push).status_code == 400
    assert limited.post("pushes/", push | {"stations": ["NL-RTM-003"]}).status_code in (400, 404)
    made = limited.post("pushes/", push | {"stations": ["BE-ANT-001"]})
    assert made.status_code == 201, made.content
    assert [row["name"] for row in limited.all("pushes/")] == ["Evening"]
    assert len(set(Campaign.objects.values_list("pk", flat=True)) - before) == 1
