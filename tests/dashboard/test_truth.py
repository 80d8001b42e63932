"""Nothing is shown that is not true any more, and nothing is decided that nobody said."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.dashboard.access import zone_of
from apps.journal.models import LinkEvent, Refusal
from apps.journal.refusals import TurnedAway, record_refusals
from apps.live.announce import announce
from apps.sessions import words
from apps.sessions.selectors import count_running
from apps.stations import availability
from apps.stations.models import Connector, Location, Station
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import Cast

SEARCH = re.compile(r'<input id="search"[^>]*value="([^"]*)"')


def falls_silent(station: Station) -> None:
    Station.objects.filter(pk=station.pk).update(is_connected=False)
    announce(station.organisation_id, "stations", f"station:{station.pk}")


def row_of(client: Client, url: str, name: str) -> str:
    return client.get(url).content.decode().split(f'id="{name}"')[1].split("</tr>")[0]


def test_a_station_that_is_not_heard_shows_no_power_as_if_it_flowed(
    scene: Cast, log_in: LogIn
) -> None:
    client, busy = log_in("admin"), scene.extras["busy"]
    station, session = f"station-row-{busy.pk}", f"session-row-{scene.extras['running'].pk}"
    heard_w = count_running(scene.admin, now=timezone.now())["power_w"]
    assert "48.2 kW" in row_of(client, "/stations/", station)
    assert "48.2 kW" in row_of(client, "/sessions/", session)
    falls_silent(busy)
    assert "kW" not in row_of(client, "/stations/", station)
    assert "kW" not in row_of(client, "/sessions/", session).replace("kWh", "")
    assert count_running(scene.admin, now=timezone.now())["power_w"] == heard_w - 48_200
    card = client.get(f"/stations/{busy.identity}/").content.decode()
    assert "Last power" in card


@pytest.mark.parametrize("url", ["/", "/sessions/", "/stations/"])
def test_an_open_page_hears_that_a_station_is_not_heard(
    url: str,
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with timezone.override(zone_of(scene.admin)):
        changed = obey(
            log_in("admin"), scene.admin, url, lambda: falls_silent(scene.extras["busy"]),
            monkeypatch, django_capture_on_commit_callbacks,
        )  # fmt: skip
    assert changed


def test_where_there_are_several_sites_the_one_is_asked_for(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    only = client.get("/add-station/").context["form"]
    assert only.fields["location"].initial == scene.location
    other = Location.objects.create(organisation=scene.organisation, name="Aalsmeer")
    refused = client.post("/add-station/", {"identity": "NL-NEW-001"})
    assert refused.status_code == 422
    assert "location" in refused.context["form"].errors
    assert not Station.objects.filter(identity="NL-NEW-001").exists()
    client.post("/add-station/", {"identity": "NL-NEW-001", "location": other.pk})
    assert Station.objects.get(identity="NL-NEW-001").location == other


def test_a_charger_that_was_adopted_is_no_longer_turned_away(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    assert "NL-NEW-001" in client.get("/stations/").content.decode().split("were turned away")[1]
    client.post("/add-station/", {"identity": "NL-NEW-001"})
    turned_away = outside(client)
    assert "NL-NEW-001" not in turned_away


def outside(client: Client, query: str = "") -> list[str]:
    return [one.refusal.identity for one in client.get(f"/stations/{query}").context["outside"]]


def test_a_charger_that_has_come_in_since_is_no_longer_turned_away(
    scene: Cast, log_in: LogIn
) -> None:
    station, now = scene.extras["busy"], timezone.now()
    facts = {"organisation_id": station.organisation_id, "station_id": station.pk}
    turned_away = TurnedAway(station.identity, "wrong_password", 401, now, **facts)
    record_refusals([turned_away], 10)
    assert station.identity in outside(log_in("operator"))
    LinkEvent.objects.create(**facts, kind="connected", at=now + timedelta(seconds=1))
    assert station.identity not in outside(log_in("operator"))


def test_who_was_turned_away_can_be_dismissed_and_brought_back(scene: Cast, log_in: LogIn) -> None:
    client, refusal = log_in("operator"), Refusal.objects.get(identity="NL-NEW-001")
    client.post(f"/turned-away/{refusal.pk}/")
    record_refusals([TurnedAway(refusal.identity, refusal.reason, 404, timezone.now(),
                                ip=refusal.ip)], 10)  # fmt: skip
    assert "NL-NEW-001" not in outside(client)
    assert outside(client, "?turned_away=dismissed") == ["NL-NEW-001"]
    assert "NL-NEW-001" in outside(log_in("stranger")), "another organisation decides by itself"
    client.post(f"/turned-away/{refusal.pk}/", {"back": "1"})
    assert "NL-NEW-001" in outside(client)
    assert log_in("support").post(f"/turned-away/{refusal.pk}/").status_code == 403


def test_the_search_of_everything_is_not_filled_by_the_filter_of_a_list(
    scene: Cast, log_in: LogIn
) -> None:
    client = log_in("admin")
    for url in ("/tokens/?q=04A2", "/stations/NL-RTM-003/?tab=configuration&q=Heart"):
        assert SEARCH.findall(client.get(url).content.decode()) == [""], url
    assert SEARCH.findall(client.get("/search/?q=RTM").content.decode()) == ["RTM"]


def test_the_tile_and_the_bar_count_the_same_connectors_as_charging(
    scene: Cast, log_in: LogIn
) -> None:
    """A session whose connector says that it is faulted, or that its car pauses, is in neither."""
    for number, status in enumerate(("Faulted", "Unavailable")):
        station = make.station(
            scene.location, f"ODD-{number}", now=timezone.now(), statuses=(status,)
        )
        Connector.objects.filter(station=station).update(session_state="charging")
        make.session(station, started_at=timezone.now(), ended_at=None)
    page = log_in("admin").get("/")
    parts = {part.key: part.count for part in page.context["bar"].parts}
    assert page.context["tiles"].charging == parts["charging"] > 0
    assert page.context["tiles"].connectors == sum(parts.values())


def test_of_what_says_that_it_charges_no_flow_is_claimed() -> None:
    for explained in (availability.CHARGING.explanation, words.state("charging")[3]):
        assert explained == "The station says so, or its meter."
