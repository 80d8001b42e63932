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


def test_the_search_of_a_card_that_was_only_refused_leads_to_its_attempts(
    log_in: LogIn, scene: Cast
) -> None:
    client, station = log_in("support"), scene.extras["busy"]
    make.attempt(station, "04:A1 b2 C3:99", "Unknown", at=scene.now - timedelta(hours=9))
    answer = client.get("/search/", {"q": "04a1b2c399"})
    assert answer.url == "/attempts/?token=04a1b2c399"
    assert "04:A1 b2 C3:99" in client.get(answer.url).content.decode()
    assert log_in("stranger").get("/search/", {"q": "04a1b2c399"}).status_code == 200


def test_what_a_card_met_with_stands_among_what_else_was_found(log_in: LogIn, scene: Cast) -> None:
    station = scene.extras["busy"]
    make.session(station, started_at=scene.now - timedelta(hours=8), token_uid="04A1B2C399")
    make.attempt(station, "04:A1:B2:C3:99", "Unknown", at=scene.now - timedelta(hours=9))
    page = log_in("support").get("/search/", {"q": "04A1B2C399"}).content.decode()
    assert "All failed attempts of this card" in page
    assert "The card was refused: Unknown" in page
