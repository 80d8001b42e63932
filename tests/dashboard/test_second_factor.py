"""Log-in with a second factor: nobody comes in without it, and codes are not guessed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts import second_factor, throttle
from apps.accounts.models import FailedLogIn, User
from apps.dashboard.views import log_in as door
from tests.dashboard.conftest import LogIn
from tests.factories import OFFICE, PASSWORD, Cast

SECRET = re.compile(r"<code>((?:[A-Z2-7]{4} ?)+)</code>")
CODE = re.compile(r"<li><code>([a-z2-7-]{19})</code>")


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    yield
    for limiter in (throttle._own(), throttle._shared()):
        limiter.storage.reset()


@pytest.fixture
def app(scene: Cast) -> pyotp.TOTP:
    """That of support, turned on an hour ago."""
    secret, then = second_factor.new_secret(), timezone.now() - timedelta(hours=1)
    app = pyotp.TOTP(secret)
    second_factor.turn_on(scene.support, secret, app.at(then), actor=OFFICE, now=then)
    return app


def half_in(person: User, to: str = "") -> Client:
    client = Client()
    form = {"username": person.username, "password": PASSWORD, "next": to}
    assert client.post("/login/", form).url == "/login/code/"
    return client


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def answered(client: Client, code: str) -> Any:
    return client.post("/login/code/", {"code": code})


def test_it_is_turned_on_in_the_profile_and_asked_for_from_then_on(
    scene: Cast, log_in: LogIn
) -> None:
    client = log_in("support")
    page = client.get("/profile/second-factor/").content.decode()
    secret = SECRET.search(page).group(1).replace(" ", "")
    assert "data:image/svg+xml" in page
    code = pyotp.TOTP(secret).now()
    for wrong in ({"code": "000000"}, {"password": "wrong"}):
        given = {"code": code, "password": PASSWORD, **wrong}
        assert client.post("/profile/second-factor/", given).status_code == 422
    given = {"code": code, "password": PASSWORD}
    codes = CODE.findall(client.post("/profile/second-factor/", given).content.decode())
    assert len(codes) == 10
    other = half_in(scene.support, "/sessions/")
    assert not is_in(other)
    assert answered(other, codes[0]).url == "/sessions/"
    assert is_in(other)


def test_the_right_code_lets_in_and_the_password_alone_does_not(
    scene: Cast, app: pyotp.TOTP
) -> None:
    client = half_in(scene.support)
    assert not is_in(client)
    assert answered(client, "000000").status_code == 422
    code = app.now()
    assert answered(client, code).url == "/"
    assert is_in(client)
    again = half_in(scene.support)
    assert answered(again, code).status_code == 422, "a code is good once"


def test_without_the_password_there_is_nothing_to_answer(scene: Cast, app: pyotp.TOTP) -> None:
    stranger = Client()
    for answer in (stranger.get("/login/code/"), answered(stranger, app.now())):
        assert answer.url == "/login/"
    form = {"username": scene.support.username, "password": "wrong"}
    assert stranger.post("/login/", form).status_code == 200, "as for anybody else"
    assert answered(stranger, app.now()).url == "/login/"


def test_wrong_codes_are_slowed_and_a_right_password_makes_nothing_good(
    scene: Cast, app: pyotp.TOTP
) -> None:
    client = half_in(scene.support)
    for _ in range(3):
        assert answered(client, "000000").status_code == 422
    client = half_in(scene.support)
    assert [answered(client, "000000").status_code for _ in range(4)] == [422, 422, 429, 429]
    refused = answered(client, app.now())
    assert refused.status_code == 429
    assert "Too many wrong codes" in refused.content.decode()
    form = {"username": scene.support.username, "password": PASSWORD}
    assert Client().post("/login/", form).status_code == 429
    assert FailedLogIn.objects.get(user=scene.support).count == 5


def test_the_answer_must_come_soon_and_for_the_same_password(
    scene: Cast, app: pyotp.TOTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, changed = half_in(scene.support), half_in(scene.support)
    scene.support.set_password("quite another one")
    scene.support.save(update_fields=["password"])
    assert answered(changed, app.now()).url == "/login/"
    scene.support.set_password(PASSWORD)
    scene.support.save(update_fields=["password"])
    client = half_in(scene.support)
    monkeypatch.setattr(door, "_HALF_S", 0)
    assert answered(client, app.now()).url == "/login/"


def test_who_is_deactivated_meanwhile_stays_out(scene: Cast, app: pyotp.TOTP) -> None:
    client = half_in(scene.support)
    User.objects.filter(pk=scene.support.pk).update(is_active=False)
    assert answered(client, app.now()).url == "/login/"


def test_a_foreign_address_is_not_gone_to(scene: Cast, app: pyotp.TOTP) -> None:
    client = half_in(scene.support, "https://example.org/")
    assert answered(client, app.now()).url == "/"


def test_it_is_turned_off_with_the_password_and_codes_are_renewed(
    scene: Cast, app: pyotp.TOTP, log_in: LogIn
) -> None:
    client, of = log_in("support"), "/profile/second-factor/"
    assert "10 recovery codes left" in client.get(of).content.decode()
    for what in ("codes", "off"):
        assert client.post(f"{of}{what}/", {"password": "wrong"}).status_code == 422
    assert (
        len(CODE.findall(client.post(f"{of}codes/", {"password": PASSWORD}).content.decode())) == 10
    )
    assert client.post(f"{of}off/", {"password": PASSWORD}).status_code == 302
    form = {"username": scene.support.username, "password": PASSWORD}
    assert Client().post("/login/", form).url == "/"


def test_an_administrator_resets_that_of_somebody(
    scene: Cast, app: pyotp.TOTP, log_in: LogIn
) -> None:
    of = f"/people/{scene.support.pk}/"
    assert "Reset the second factor" in log_in("admin").get(of).content.decode()
    assert log_in("engineer").post(f"{of}second-factor/").status_code == 403
    assert log_in("stranger").post(f"{of}second-factor/").status_code == 404
    assert User.objects.get(pk=scene.support.pk).has_second_factor
    assert log_in("admin").post(f"{of}second-factor/").status_code == 302
    assert not User.objects.get(pk=scene.support.pk).has_second_factor


def test_a_new_password_by_link_does_not_go_round_it(
    scene: Cast, app: pyotp.TOTP, log_in: LogIn
) -> None:
    page = log_in("admin").post(f"/people/{scene.support.pk}/password-link/").content.decode()
    link = re.search(r"http://testserver(/password/[^<\s\"]+)", page).group(1)
    guest = Client()
    given = {"new_password": "quite another one", "again": "quite another one"}
    assert guest.post(link, given).url == "/login/"
    assert not is_in(guest)
    form = {"username": scene.support.username, "password": "quite another one"}
    assert guest.post("/login/", form).url == "/login/code/"
