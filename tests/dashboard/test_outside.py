"""Chargers that nobody knows: which station each probably is, and taking it for that one."""

from datetime import timedelta

from apps.journal.models import Refusal
from apps.stations.models import Alias, Station
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
