"""One's own profile: what is kept there is honoured, and a log-in ends where it is ended."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.browsers import words_of
from apps.accounts.models import LogIn, User
from tests.dashboard.conftest import LogIn as Enter
from tests.factories import PASSWORD, Cast

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
NEW = {"new_password": "quite another one", "again": "quite another one"}


def log_in(user: User, agent: str, address: str = "192.0.2.7") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"user-agent": agent})
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    assert client.get("/profile/").status_code == 200
    return client


def test_name_mail_and_zone_are_kept_and_times_are_shown_in_it(scene: Cast, log_in: Enter) -> None:
    client = log_in("support")
    given = {"first_name": "Sue", "email": "sue@example.com", "timezone": "Asia/Tokyo"}
    assert client.post("/profile/", given).status_code == 302
    page = client.get("/profile/").content.decode()
    assert "Your profile is kept." in page
    assert 'title="Times are shown in this zone">Asia/Tokyo<' in page
    assert "JST" in client.get("/sessions/").content.decode()
    assert User.objects.get(pk=scene.support.pk).label == "Sue"


@pytest.mark.parametrize(
    "given", [{"timezone": "Mars/Olympus"}, {"email": "sue"}, {"first_name": "x" * 151}]
)
def test_what_cannot_be_kept_is_said(given: dict[str, str], scene: Cast, log_in: Enter) -> None:
    assert log_in("support").post("/profile/", given).status_code == 422


def test_nobody_gives_himself_a_role(scene: Cast, log_in: Enter) -> None:
    log_in("support").post("/profile/", {"role": "admin", "site_ids": "", "is_active": "1"})
    assert User.objects.get(pk=scene.support.pk).role == "support"


def test_a_new_password_ends_the_other_log_ins_and_keeps_this_one(scene: Cast) -> None:
    here, there = log_in(scene.support, FIREFOX), log_in(scene.support, EDGE)
    began_at = LogIn.objects.get(agent=FIREFOX).began_at
    given = {"old_password": PASSWORD, **NEW}
    assert here.post("/profile/password/", given).status_code == 302
    assert "Your password is changed" in here.get("/profile/").content.decode()
    assert there.get("/profile/").status_code == 302
    kept = LogIn.objects.get(user=scene.support)
    assert (kept.agent, kept.began_at) == (FIREFOX, began_at)
    form = {"username": scene.support.username, "password": NEW["new_password"]}
    assert Client().post("/login/", form).status_code == 302


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"old_password": "wrong"}, "not your password"),
        ({"again": "another"}, "not the same"),
        ({"new_password": "12345", "again": "12345"}, "too short"),
    ],
)
def test_a_password_that_cannot_be_set_says_why(
    given: dict[str, str], said: str, scene: Cast, log_in: Enter
) -> None:
    answer = log_in("support").post(
        "/profile/password/", {"old_password": PASSWORD, **NEW, **given}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.objects.get(pk=scene.support.pk).check_password(PASSWORD)


def test_a_generated_password_is_reminded_of_until_it_is_changed(
    scene: Cast, log_in: Enter
) -> None:
    User.objects.filter(pk=scene.admin.pk).update(has_generated_password=True)
    client, words = log_in("admin"), "printed at the first start"
    assert words in client.get("/").content.decode()
    assert words not in log_in("support").get("/").content.decode()
    client.post("/profile/password/", {"old_password": PASSWORD, **NEW})
    assert words not in client.get("/").content.decode()


def test_log_ins_are_listed_and_ended_one_by_one_or_all_others(scene: Cast) -> None:
    here, there, third = (log_in(scene.support, agent) for agent in (FIREFOX, EDGE, "curl/8"))
    page = here.get("/profile/").content.decode()
    for words in ("Firefox on Linux", "Edge on Windows", "curl/8", "192.0.2.7", "(this one)"):
        assert words in page
    one = LogIn.objects.get(agent=EDGE)
    assert here.post(f"/profile/log-ins/{one.pk}/").status_code == 302
    assert there.get("/profile/").status_code == 302
    assert third.get("/profile/").status_code == 200
    here.post("/profile/log-ins/")
    assert third.get("/profile/").status_code == 302
    assert here.get("/profile/").content.decode().count("192.0.2.7") == 1
    here.post("/logout/")
    assert not LogIn.objects.filter(user=scene.support).exists()


def test_nobody_ends_the_log_in_of_another(scene: Cast, log_in: Enter) -> None:
    theirs = log_in("support")
    theirs.get("/profile/")
    row = LogIn.objects.get(user=scene.support)
    assert log_in("admin").post(f"/profile/log-ins/{row.pk}/").status_code == 404
    assert theirs.get("/profile/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"), (EDGE, "Edge on Windows"), ("", "Unknown browser"),
        ("curl/8.5.0", "curl/8.5.0"), ("x" * 300, "x" * 40),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
         "Safari on iOS"),
    ],
)  # fmt: skip
def test_a_browser_is_told_in_words(agent: str, words: str) -> None:
    assert words_of(agent) == words


def test_a_page_of_somebody_who_never_was_seen_lists_him_once(scene: Cast, log_in: Enter) -> None:
    client: Any = log_in("viewer")
    for _ in range(3):
        client.get("/")
    assert LogIn.objects.filter(user=scene.viewer).count() == 1
