"""Whatever stations and operators have left in our books, every page that shows it opens."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from apps.accounts.keys import create_api_key
from apps.accounts.roles import Role
from apps.commands.models import CommandRow
from apps.dashboard.presenters.summary import _SAYINGS
from apps.dashboard.tabs import TABS
from apps.journal.models import Message
from tests import factories as make
from tests.corpus import DEEP, kept
from tests.dashboard.conftest import LogIn
from tests.dashboard.test_access import PAGES, address
from tests.factories import OFFICE, Cast

RAW_CALL = "/stations/NL-RTM-003/actions/raw_call/"


@pytest.fixture(scope="module")
def _littered(_laid: Cast, django_db_blocker: DjangoDbBlocker) -> None:
    """At the busy station of the scene, every odd text under every action, both ways round."""
    with django_db_blocker.unblock():
        litter(_laid)


@pytest.fixture
def littered(_littered: None, scene: Cast) -> Cast:
    return scene


def litter(scene: Cast) -> None:
    busy, asked = scene.extras["busy"], CommandRow.objects.first()
    about = {"session_id": scene.extras["ended"].pk, "command_id": asked.pk}
    actions = ["", "NoSuchThing", *_SAYINGS]
    for number, text in enumerate(kept()):
        is_whole_of_odd_members = text.startswith("{") and len(text) < 1_000
        names = actions if is_whole_of_odd_members else ("", actions[number % len(actions)])
        for action in names:
            make.message(busy, action, text, at=scene.now, answer=text, result="malformed", **about)
    deep: Any = 1
    for _ in range(250):
        deep = {"a": deep}
    for request, response in ((deep, deep), ({"a": "x" * 500_000}, {"a": [[]]}), ([], "text")):
        make.command(
            busy, "raw_call", at=scene.now, state="rejected", parameters={"payload": request},
            request=request, response=response, session_id=scene.extras["ended"].pk,
        )  # fmt: skip


def read_through(client: Client, url: str) -> list[str]:
    """Open a list page after page; the addresses of its pages."""
    pages = [url]
    while True:
        response = client.get(pages[-1])
        assert response.status_code == 200, pages[-1]
        if not (after := response.context["page"].after):
            return pages
        pages.append(f"{url}?after={after}")
        assert len(pages) < 500, "a list without an end"


def test_an_operator_can_open_every_page_whatever_was_sent(littered: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    station = reverse("dashboard:station", args=[littered.extras["busy"].identity])
    pages = [address(name, littered) for name in PAGES]
    pages += [f"{station}?tab={tab.key}" for tab in TABS]
    rows = CommandRow.objects.filter(organisation_id=littered.organisation.pk)
    pages += [reverse("dashboard:command", args=[row.pk]) for row in rows]
    for url in pages:
        response = client.get(url)
        if response.streaming:
            response.getvalue()
        assert response.status_code in (200, 302), url
    assert len(read_through(client, reverse("dashboard:messages"))) > 1


def test_each_kept_frame_has_a_page_that_shows_it(littered: Cast, log_in: LogIn) -> None:
    client = log_in("support")
    shown = Message.objects.filter(organisation_id=littered.organisation.pk, action="")
    assert shown.count() >= 100
    for message in shown:
        response = client.get(reverse("dashboard:message", args=[message.pk]))
        assert response.status_code == 200, message.payload[:200]


def test_a_deep_frame_is_shown_as_it_came_with_a_word_of_why(littered: Cast, log_in: LogIn) -> None:
    message = Message.objects.filter(payload=DEEP, action="").first()
    page = log_in("support").get(reverse("dashboard:message", args=[message.pk])).content.decode()
    assert DEEP in page
    assert "nested deeper than 64 levels" in page


def test_a_program_can_read_all_of_it_too(littered: Cast) -> None:
    _, secret = create_api_key(
        organisation=littered.organisation, name="reader", role=Role.ADMIN, actor=OFFICE
    )
    client, headers = Client(), {"Authorization": f"Bearer {secret}"}
    ended = littered.extras["ended"].pk
    counts = {}
    for path in ("messages/", "commands/", f"sessions/{ended}/messages/", "stations/", "sessions/"):
        url, counts[path] = f"/api/v1/{path}?limit=500", 0
        while url:
            response = client.get(url, headers=headers)
            assert response.status_code == 200, path
            body = json.loads(response.content)
            counts[path] += len(body["results"])
            url = body["next"]
    assert counts["messages/"] == Message.objects.count()
    assert counts["commands/"] == CommandRow.objects.count()


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ('{"vendorId":"v","data":' + DEEP + "}", "nested deeper"),
        ('{"vendorId":"v","data":' + "[" * 100 + "]" * 100 + "}", "nested deeper"),
        ('{"vendorId":"v","data":"\\ud800"}', "surrogate"),
        ('{"vendorId":"v","data":"\\u0000"}', "NUL"),
        ('{"vendorId":"v","data":' + "9" * 4_000 + "}", "64 bits"),
        ('{"vendorId":"v","data":' + "9" * 5_000 + "}", "not JSON"),
        ('{"vendorId":"v","data":1e999}', "double"),
        ('{"vendorId":"v","data":NaN}', "NaN"),
    ],
)
def test_an_operator_is_told_why_a_raw_call_cannot_be_carried(
    payload: str, why: str, scene: Cast, log_in: LogIn
) -> None:
    given = {"action": "DataTransfer", "payload": payload, "reason": "Look"}
    before = CommandRow.objects.count()
    refused = log_in("engineer").post(RAW_CALL, given)
    assert refused.status_code == 422
    assert why in refused.content.decode()
    assert CommandRow.objects.count() == before


def test_a_data_transfer_of_deep_text_goes_out_as_text(scene: Cast, log_in: LogIn) -> None:
    given = {"vendor_id": "v", "message_id": "", "text": DEEP, "reason": "Look"}
    url = RAW_CALL.replace("raw_call", "data_transfer")
    client = log_in("engineer")
    assert client.get(client.post(url, given).url).status_code == 200
    assert client.get("/commands/").status_code == 200
