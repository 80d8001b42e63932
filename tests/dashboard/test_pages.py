"""What the pages say."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.commands.models import CommandRow
from apps.history.models import Fact
from apps.incidents.services import keep_incidents
from apps.stations import availability
from apps.stations.models import Connector, Location, Station
from apps.stations.selectors import count_states
from apps.stations.services import change_station
from apps.tariffs.models import TariffVersion
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

LISTS = ("stations", "sessions", "messages", "commands", "tokens", "cases", "incidents", "audit")


def test_the_bar_counts_every_connector_and_links_to_what_it_counts(
    scene: Cast, log_in: LogIn
) -> None:
    counts = count_states(scene.admin)
    mine = Connector.objects.filter(station__organisation=scene.organisation)
    assert sum(counts.values()) == mine.count()
    client = log_in("admin")
    for key in availability.BY_KEY:
        page = client.get("/stations/", {"state": key})
        shown = [plug.shown.key for row in page.context["rows"] for plug in row.plugs]
        assert shown.count(key) == counts[key], key
        assert all(key in {p.shown.key for p in row.plugs} for row in page.context["rows"])


def test_faulted_and_offline_stations_come_first_and_are_the_ones_that_need_a_person(
    scene: Cast, log_in: LogIn
) -> None:
    rows = log_in("support").get("/stations/").context["rows"]
    assert [row.shown.word for row in rows][:2] == ["Faulted", "Offline"]
    page = log_in("support").get("/").content.decode()
    attention = page.split('id="attention"')[1].split("</section>")[0]
    assert re.findall(r"/incidents/\d+/\">([^<]+)</a>", attention)[:2] == [
        "A station is offline: NL-AMS-021", "A connector is faulted: NL-AMS-014",
    ]  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_for_two_pages_of_rows_as_for_one_row(
    name: str, scene: Cast, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = log_in("admin"), reverse(f"dashboard:{name}")
    client.get(url)
    few = _queries(client, url)
    _grow(scene, 60)
    with django_assert_num_queries(few):
        assert client.get(url).status_code == 200


def _queries(client: Client, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def _grow(scene: Cast, count: int) -> None:
    busy = scene.extras["busy"]
    for index in range(count):
        station = make.station(scene.location, f"GROW-{index:03}", now=scene.now)
        make.session(station, started_at=scene.now - timedelta(minutes=index), ended_at=None)
        make.message(busy, "Heartbeat", {}, at=scene.now)
        make.command(busy, "reset", at=scene.now, parameters={"mode": "on_idle"})
        make.token(scene.organisation, f"GROW{index}")
        site = Location.objects.create(organisation=scene.organisation, name=f"Site {index}")
        Station.objects.filter(pk=station.pk).update(location=site)
        make.case(station, "offline", at=scene.now)
        change_station(station, actor=scene.admin, reading="strict")
    keep_incidents(now=scene.now)


@pytest.mark.parametrize("name", LISTS)
def test_paging_shows_every_row_once(name: str, scene: Cast, log_in: LogIn) -> None:
    _grow(scene, 60)
    client, seen, after = log_in("admin"), [], ""
    while True:
        page = client.get(reverse(f"dashboard:{name}"), {"after": after}).context["page"]
        seen += [item.pk for item in page.items]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen))
    assert len(seen) >= 60


def test_a_forged_cursor_is_the_first_page(scene: Cast, log_in: LogIn) -> None:
    for cursor in ("x", "W10", "bnVsbA", "e30", "WyJhIix7fV0", "%00"):
        assert log_in("admin").get("/sessions/", {"after": cursor}).context["page"].is_first


def test_an_exact_id_goes_straight_to_its_page(scene: Cast, log_in: LogIn) -> None:
    ended = scene.extras["ended"]
    client = log_in("support")
    straight = {
        "nl-rtm-003": "/stations/NL-RTM-003/",
        str(ended.pk): f"/sessions/{ended.pk}/",
        ended.transaction_id: f"/sessions/{ended.pk}/",
        "04a2c9e1": "/sessions/?token=04A2C9E1",
    }
    for q, url in straight.items():
        assert client.get("/search/", {"q": q}).url == url
    assert b"NL-RTM-004" in client.get("/search/", {"q": "RTM"}).content


def test_a_dangerous_command_wants_a_reason_and_says_whom_it_hits(
    scene: Cast, log_in: LogIn
) -> None:
    client = log_in("operator")
    url = "/stations/NL-RTM-003/actions/reset/?mode=immediate"
    assert "2 cars are charging here now" in client.get(url).content.decode()
    before = CommandRow.objects.count()
    refused = client.post(url, {"mode": "immediate"})
    assert refused.status_code == 422
    assert CommandRow.objects.count() == before
    given = client.post(url, {"mode": "immediate", "reason": "Hangs"})
    row = CommandRow.objects.order_by("-pk").first()
    assert given.url == f"/commands/{row.pk}/"
    assert (row.name, row.parameters, row.reason) == ("reset", {"mode": "immediate"}, "Hangs")
    entry = Fact.objects.get(organisation_id=scene.organisation.pk, subject_label="reset")
    assert (entry.details["station"], entry.reason) == ("NL-RTM-003", "Hangs")


def test_the_danger_is_of_what_is_sent_and_not_of_the_address(scene: Cast, log_in: LogIn) -> None:
    url = "/stations/NL-RTM-003/actions/reset/?mode=on_idle"
    assert log_in("operator").post(url, {"mode": "immediate"}).status_code == 422


def test_a_command_from_a_live_page_answers_with_a_toast_that_follows_it(
    scene: Cast, log_in: LogIn
) -> None:
    response = log_in("support").post(
        "/stations/NL-RTM-003/actions/trigger_message/?message=Heartbeat",
        {"message": "Heartbeat"},
        headers={"HX-Request": "true"},
    )
    row = CommandRow.objects.order_by("-pk").first()
    assert f'data-live="command-toast:{row.pk}"' in response.content.decode()
    assert response["HX-Retarget"] == "#toasts"


def test_an_unknown_charger_is_adopted_in_two_clicks(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    assert "/add-station/?identity=NL-NEW-001" in client.get("/stations/").content.decode()
    form = client.get("/add-station/", {"identity": "NL-NEW-001"}).content.decode()
    assert 'value="NL-NEW-001"' in form
    assert client.post("/add-station/", {"identity": "NL-NEW-001"}).status_code == 302
    assert Station.objects.get(identity="NL-NEW-001").organisation == scene.organisation
    assert client.post("/add-station/", {"identity": "NL-NEW-001"}).status_code == 422
    assert client.post("/add-station/", {"identity": "a:b"}).status_code == 422


def test_a_station_that_never_came_shows_the_addresses_to_give_it(
    scene: Cast, log_in: LogIn
) -> None:
    page = log_in("support").get("/stations/NL-NEW-002/").content.decode()
    assert "ws://testserver/ocpp/NL-NEW-002" in page
    assert "ws://testserver/o/NL-NEW-002" in page


def test_the_price_is_explained_element_by_element(scene: Cast, log_in: LogIn) -> None:
    page = log_in("finance").get(f"/sessions/{scene.extras['ended'].pk}/").content.decode()
    explained = page.split('id="price-title"')[1]
    for words in ("Energy", "22.412 kWh", "0.45", "Time", "0.8 h", "VAT 21 %", "€13.97"):
        assert words in explained, words


def test_a_new_tariff_version_must_begin_after_the_one_before(scene: Cast, log_in: LogIn) -> None:
    client = log_in("finance")
    tariff = client.get("/tariffs/").context["sheets"][0].tariff
    url = reverse("dashboard:version-add", args=[tariff.pk])
    prices = {"energy_per_kwh": "0.5", "time_per_hour": "0", "flat": "0", "vat_pct": "21"}
    assert client.post(url, {**prices, "valid_from": "2020-01-01T00:00"}).status_code == 422
    soon = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    assert client.post(url, {**prices, "valid_from": soon}).status_code == 302
    assert TariffVersion.objects.filter(tariff=tariff).count() == 2


def test_the_support_summary_says_it_all_in_few_lines(scene: Cast, log_in: LogIn) -> None:
    sheet = log_in("support").get(f"/sessions/{scene.extras['ended'].pk}/").context["sheet"]
    lines = sheet.support_summary.splitlines()
    assert len(lines) == 6 + len(sheet.findings) < 10
    assert "22.412 kWh, 13.97 EUR" in lines[4]


def test_a_session_says_that_samples_of_it_went_with_age(scene: Cast, log_in: LogIn) -> None:
    session, words = scene.extras["ended"], "those around each quarter of an hour are kept"
    page = f"/sessions/{session.pk}/"
    assert words not in log_in("support").get(page).content.decode()
    type(session).objects.filter(pk=session.pk).update(is_thinned=True)
    assert words in log_in("support").get(page).content.decode()


def test_htmx_and_the_page_itself_bring_no_inline_code(scene: Cast, log_in: LogIn) -> None:
    response = log_in("admin").get("/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    config = re.search(r"content='(\{.*?\})'", response.content.decode())
    assert config is not None
    assert json.loads(config[1])["allowEval"] is False


def test_a_raw_call_begins_with_an_example_of_its_version(scene: Cast, log_in: LogIn) -> None:
    client, url = log_in("engineer"), "/stations/NL-RTM-003/actions/raw_call/"
    least = client.get(f"{url}?action=SetVariables").content.decode()
    assert "&quot;attributeValue&quot;: &quot;300&quot;" in least
    assert "setVariableData[].attributeType" in least
    assert "Actual, Target, MinSet, MaxSet" in least
    assert "&quot;attributeType&quot;" not in least
    full = client.get(f"{url}?action=SetVariables&example=full").content.decode()
    assert "&quot;attributeType&quot;: &quot;Actual&quot;" in full
    Station.objects.filter(identity="NL-RTM-003").update(protocol="ocpp1.6")
    older = client.get(f"{url}?action=SetVariables").content.decode()
    assert "ChangeConfiguration" in older
    assert "What CancelReservation is made of" in older


def test_a_raw_call_that_its_schema_refuses_is_not_sent(scene: Cast, log_in: LogIn) -> None:
    client, url = log_in("engineer"), "/stations/NL-RTM-003/actions/raw_call/"
    given = {"action": "GetLog", "payload": '{"logType": "Nonsense"}', "reason": "Look"}
    refused = client.post(url, given)
    assert refused.status_code == 422
    assert "requestId" in refused.content.decode()
    assert not CommandRow.objects.filter(verbatim__isnull=False).exists()
    client.post(url, {**given, "action": "ClearCache", "payload": "{}"})
    row = CommandRow.objects.get(verbatim__isnull=False)
    assert row.name == "clear_cache"
    assert row.verbatim == {"action": "ClearCache", "payload": {}}
