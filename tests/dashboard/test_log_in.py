"""Wrong passwords are answered so often; who logs out is told nothing more."""

import asyncio
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from apps.accounts import throttle
from apps.accounts.log_ins import list_attacked
from apps.accounts.models import FailedLogIn, Organisation, User
from apps.dashboard.presenters.overview import Attention
from tests.dashboard.conftest import LogIn
from tests.factories import Cast
from tests.servers import rows
from tests.throwaway import Platform

PASSWORD = "a right and long one"
ELSEWHERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    yield
    for limiter in (throttle._own(), throttle._shared()):
        limiter.storage.reset()


@pytest.fixture
def anna(scene: Cast) -> User:
    scene.admin.set_password(PASSWORD)
    scene.admin.save(update_fields=["password"])
    return scene.admin


def tried(user: User | str, password: str, address: str = "127.0.0.1") -> Any:
    name = user if isinstance(user, str) else user.username
    form = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post("/login/", form)


def test_wrong_passwords_are_slowed_and_even_the_right_one_waits(anna: User) -> None:
    answers = [tried(anna, f"wrong {number}") for number in range(60)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 55
    refused = tried(anna, PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60
    assert "Too many wrong passwords" in refused.content.decode()


def test_somebody_elses_guesses_do_not_lock_a_person_out(anna: User) -> None:
    for number in range(6):
        tried(anna, f"wrong {number}", ELSEWHERE)
    assert tried(anna, PASSWORD).status_code == 302


def test_an_address_that_tries_many_names_is_slowed(anna: User) -> None:
    answers = [tried(f"name {number}", "wrong") for number in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert tried(anna, PASSWORD).status_code == 429


def test_who_has_logged_in_here_before_is_not_shut_out_by_others(anna: User) -> None:
    browser = Client()
    form = {"username": anna.username, "password": PASSWORD}
    assert browser.post("/login/", form).status_code == 302
    browser.post("/logout/")
    for number in range(20):
        tried(anna, f"wrong {number}")
        tried(f"name {number}", "wrong")
        tried(f"other {number}", "wrong")
    assert tried(anna, PASSWORD).status_code == 429
    assert browser.post("/login/", form).status_code == 302
    browser.post("/logout/")
    answers = [browser.post("/login/", form | {"password": "wrong"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


def test_the_right_password_makes_good_what_was_mistyped(anna: User) -> None:
    for _ in range(3):
        for number in range(4):
            assert tried(anna, f"wrong {number}").status_code == 200
        assert tried(anna, PASSWORD).status_code == 302
    assert FailedLogIn.objects.count() == 0


def test_administrators_see_whose_password_is_guessed_at(anna: User, log_in: LogIn) -> None:
    for number in range(6):
        tried(anna, f"wrong {number}", ELSEWHERE)
    shown = log_in("admin").get("/").content.decode()
    assert "5 wrong passwords" in shown
    assert ELSEWHERE in shown
    assert ELSEWHERE not in log_in("operator").get("/").content.decode()


@pytest.mark.parametrize(
    ("total", "waiting", "is_attacked", "said"),
    [
        (3, 0, False, ["Nothing needs you"]),
        (3, 0, True, ["wrong passwords"]),
        (0, 0, False, ["No station yet"]),
        (0, 0, True, ["No station yet", "wrong passwords"]),
        (3, 2, False, ["2 new chargers"]),
    ],
)
def test_the_overview_says_what_needs_a_person_and_nothing_untrue(
    anna: User, total: int, waiting: int, is_attacked: bool, said: list[str]
) -> None:
    now = timezone.now()
    tried = FailedLogIn(user=anna, ip=ELSEWHERE, first_at=now, last_at=now, count=7)
    counts, attacked = {"total": total, "online": total}, [tried] if is_attacked else []
    it = Attention([], 0, counts, waiting, attacked)
    shown = render_to_string("overview/_attention.html", {"it": it, "actor": anna, "live": "x"})
    words = ("Nothing needs you", "No station yet", "wrong passwords", "2 new chargers")
    assert [word for word in words if word in shown] == said


def test_names_that_nobody_has_leave_no_row(anna: User) -> None:
    tried("nobody", "wrong")
    assert FailedLogIn.objects.count() == 0
    tried(anna, "wrong")
    assert not list_attacked(anna, timezone.now()).exists()


@pytest.fixture
def person(network: Organisation) -> User:
    return User.objects.create_user("eva", password=PASSWORD, organisation=network, role="admin")


def session_of(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


async def open_page(server: Platform, session: str) -> Any:
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    where = f"{server.url.replace('http', 'ws')}/live/"
    headers = {"Cookie": cookie}
    return await connect(where, origin=server.url, additional_headers=headers, proxy=None)  # type: ignore[arg-type]


async def close_code(socket: Any) -> int | None:
    async def drained() -> int | None:
        try:
            while True:
                await socket.recv()
        except ConnectionClosed:
            return int(socket.close_code)

    return await asyncio.wait_for(drained(), 10)


def log_out(server: Platform, session: str) -> int:
    token = "a" * 32
    request = urllib.request.Request(f"{server.url}/logout/", b"", method="POST")
    request.add_header("Cookie", f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={token}")
    request.add_header("X-CSRFToken", token)
    with urllib.request.urlopen(request, timeout=10) as response:
        return int(response.status)


@pytest.mark.parametrize("is_paused", [False, True])
async def test_logging_out_closes_the_live_socket(
    server: Platform, person: User, is_paused: bool
) -> None:
    session = await rows(lambda: session_of(person))
    other = await rows(lambda: session_of(person))
    page, elsewhere = await open_page(server, session), await open_page(server, other)
    if is_paused:
        await page.send('{"pause": true}')
    assert await asyncio.to_thread(log_out, server, session) == 200
    assert await close_code(page) == 4401
    await elsewhere.ping()
    assert elsewhere.close_code is None, "another log-in of the same person goes on"
    await elsewhere.close()


async def test_a_changed_password_closes_the_live_socket(server: Platform, person: User) -> None:
    page = await open_page(server, await rows(lambda: session_of(person)))

    def change() -> None:
        person.set_password("another one")
        person.save(update_fields=["password"])

    await rows(change)
    await page.send('{"watch": ["tiles:all"]}')
    assert await close_code(page) == 4401
