"""Chargers that nobody knows: which station each probably is, and taking it for that one."""

from datetime import timedelta

from apps.journal.models import Block, Refusal
from apps.stations.models import Alias, Location, Station
from apps.stations.refs import find_meant
from tests import factories
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

AWAY = "NL-AMS-021"  # of the scene: it is not connected


def unknown(scene: Cast, identity: str) -> Refusal:
    return factories.refusal(identity, at=scene.now - timedelta(minutes=1))


def test_the_inbox_says_which_station_it_probably_is(scene: Cast, log_in: LogIn) -> None:
    unknown(scene, "NLAMS021")
    unknown(scene, "NL-RTM-003-SN1")
    page = log_in("operator").get("/stations/").content.decode()
    assert "Probably" in page
    assert "the same but for spaces and punctuation" in page
    assert "NL-RTM-003-SN1 is" not in page, "that one is connected"


def test_one_click_takes_it_for_that_station(scene: Cast, log_in: LogIn) -> None:
    refusal, client = unknown(scene, "NL-AMS-021-SN4711"), log_in("operator")
    assert "what follows it: -SN4711" in client.get("/stations/").content.decode()
    answer = client.post(f"/turned-away/{refusal.pk}/is/{AWAY}/")
    assert answer.url == f"/stations/{AWAY}/"
    assert find_meant([("nl-ams-021-sn4711",)])[("nl-ams-021-sn4711",)].identity == AWAY
    assert "NL-AMS-021-SN4711" not in client.get("/stations/").content.decode()
    assert "NL-AMS-021-SN4711" in client.get(f"/stations/{AWAY}/").content.decode()
    client.post(f"/turned-away/{refusal.pk}/is/{AWAY}/")
    assert Alias.objects.count() == 1


def test_nobody_takes_it_for_somebody_elses_station(scene: Cast, log_in: LogIn) -> None:
    refusal = unknown(scene, "NL-AMS-021-SN4711")
    assert log_in("stranger").post(f"/turned-away/{refusal.pk}/is/{AWAY}/").status_code == 404
    assert log_in("support").post(f"/turned-away/{refusal.pk}/is/{AWAY}/").status_code == 403
    assert not Alias.objects.exists()


def test_adopting_makes_no_twin(scene: Cast, log_in: LogIn) -> None:
    given = {"identity": AWAY.lower(), "location": scene.location.pk, "password": ""}
    answer = log_in("operator").post("/add-station/", given)
    assert answer.status_code == 422
    assert f"{AWAY} is registered, and differs from it in letter case only." in (
        answer.content.decode()
    )
    assert not Station.objects.filter(identity=AWAY.lower()).exists()


def test_identities_are_edited_on_a_page(scene: Cast, log_in: LogIn) -> None:
    client, page = log_in("operator"), f"/stations/{AWAY}/aliases/"
    client.post(page, {"aliases": "One\r\n\r\n Two "})
    assert "One\nTwo" in client.get(page).content.decode()
    answer = client.post(page, {"aliases": "nl-rtm-003"})
    assert answer.status_code == 422
    assert "nl-rtm-003 means a station already." in answer.content.decode()
    client.post(page, {"aliases": ""})
    assert not Alias.objects.exists()


def test_one_click_adopts_at_a_chosen_site_of_ones_own(scene: Cast, log_in: LogIn) -> None:
    refusal, client = unknown(scene, "NL-NEW-9"), log_in("operator")
    far = Location.objects.create(organisation=scene.organisation, name="Far")
    theirs = Location.objects.create(organisation=scene.stranger.organisation, name="Theirs")
    page = client.get("/stations/").content.decode()
    assert 'aria-label="Site for NL-NEW-9"' in page
    url = f"/turned-away/{refusal.pk}/adopt/"
    for site in ("", "x", theirs.pk):
        assert client.post(url, {"site": site}).status_code == 404
    assert log_in("support").post(url, {"site": far.pk}).status_code == 403
    assert client.post(url, {"site": far.pk}).url == "/stations/NL-NEW-9/"
    made = Station.objects.get(identity="NL-NEW-9")
    assert (made.location, made.organisation) == (far, scene.organisation)
    assert client.post(url, {"site": far.pk}).url == "/stations/"
    assert Station.objects.filter(identity="NL-NEW-9").count() == 1


def test_what_is_blocked_is_shown_no_more_whatever_its_address_until_it_is_unblocked(
    scene: Cast, log_in: LogIn
) -> None:
    refusal, client = unknown(scene, "PEST-1"), log_in("operator")
    assert log_in("support").post(f"/turned-away/{refusal.pk}/block/").status_code == 403
    assert client.post(f"/turned-away/{refusal.pk}/block/").status_code == 302
    factories.refusal("PEST-1", at=scene.now, ip="203.0.113.99")
    assert "PEST-1" not in client.get("/turned-away/").content.decode()
    assert "PEST-1" in log_in("stranger").get("/turned-away/").content.decode()
    dismissed = client.get("/turned-away/?turned_away=dismissed").content.decode()
    assert "Unblock" in dismissed
    blocked = Block.objects.get()
    assert log_in("stranger").post(f"/turned-away/blocked/{blocked.pk}/").status_code == 404
    client.post(f"/turned-away/blocked/{blocked.pk}/")
    assert client.get("/turned-away/").content.decode().count(">PEST-1</td>") == 2


def test_nobody_blocks_a_station_that_is_registered(scene: Cast, log_in: LogIn) -> None:
    known = factories.refusal(
        AWAY, at=scene.now, reason="wrong_password", organisation_id=scene.organisation.pk,
        station_id=Station.objects.get(identity=AWAY).pk,
    )  # fmt: skip
    assert log_in("operator").post(f"/turned-away/{known.pk}/block/").status_code == 404


def test_the_list_renews_itself_where_somebody_stands_before_the_charger(
    scene: Cast, log_in: LogIn
) -> None:
    client = log_in("operator")
    page = client.get("/stations/").content.decode()
    assert 'data-listen="outside stations" data-renew="/turned-away/"' in page
    unknown(scene, "JUST-NOW")
    renewed = client.get("/turned-away/").content.decode()
    assert "JUST-NOW" in renewed
    assert 'id="outside"' in renewed
    assert "csrfmiddlewaretoken" in renewed
    assert 'id="outside"' not in log_in("support").get("/stations/").content.decode()


def test_an_identity_that_cannot_be_in_an_address_is_adopted_by_nobody(
    scene: Cast, log_in: LogIn
) -> None:
    refusal, client = unknown(scene, "../../etc"), log_in("operator")
    page = client.get("/turned-away/").content.decode()
    assert "It cannot be adopted. An identity takes no steps within an address" in page
    assert f"/turned-away/{refusal.pk}/adopt/" not in page
    url = f"/turned-away/{refusal.pk}/adopt/"
    for answer in (
        client.post(url, {"site": scene.location.pk}),
        client.post("/add-station/", {"identity": "../../etc"}),
    ):
        assert answer.status_code == 422
        assert "An identity takes no steps within an address" in answer.content.decode()
    assert not Station.objects.filter(identity="../../etc").exists()


def test_who_knocks_at_a_wrong_address_is_shown_with_the_right_one(
    scene: Cast, log_in: LogIn
) -> None:
    for identity in ("CP 77", ""):
        factories.refusal(identity, at=scene.now, reason="wrong_address", detail="/CP 77")
    page = log_in("operator").get("/turned-away/").content.decode()
    assert "<code>ws://testserver/ocpp/CP%2077</code>" in page
    assert "<code>ws://testserver/ocpp/CHARGER-ID</code>" in page


def test_no_row_has_the_one_deed_of_the_page(scene: Cast, log_in: LogIn) -> None:
    unknown(scene, "NLAMS021")
    assert "btn-primary" not in log_in("operator").get("/turned-away/").content.decode()
