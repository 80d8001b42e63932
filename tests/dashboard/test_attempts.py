"""Support finds a card that did not work, whatever the station."""

from datetime import timedelta

from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


def test_a_refused_card_is_found_as_it_is_printed(log_in: LogIn, scene: Cast) -> None:
    client, station = log_in("support"), scene.extras["busy"]
    make.attempt(station, "04A1B2", "Blocked", at=scene.now - timedelta(hours=9))
    page = client.get("/attempts/", {"token": "04:a1:b2"}).content.decode()
    assert "The card was refused: Blocked" in page
    assert f"/stations/{station.identity}/" in page
    assert "No failed attempt fits" in client.get("/attempts/?token=77").content.decode()


def test_odd_questions_are_answered_with_a_page(log_in: LogIn) -> None:
    assert log_in("admin").get("/attempts/?after=nonsense&token=%25&station=x").status_code == 200
