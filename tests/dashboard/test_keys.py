"""API keys in the browser: a secret is shown once, an end is an end, a rotation overlaps."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.keys import find_api_key
from apps.accounts.models import ApiKey
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

ZONE = ZoneInfo("Europe/Amsterdam")
SECRET = re.compile(r'data-copy="([0-9a-f]{8}\.[^"]+)"')
FORM = {"name": "Billing", "role": "finance", "reach": "all"}


def created(client: Client, **given: Any) -> str:
    return SECRET.search(client.post("/keys/add/", FORM | given).content.decode()).group(1)


def typed(of: timedelta) -> str:
    """As the page is read: in the zone of the organisation."""
    return f"{(timezone.now() + of).astimezone(ZONE):%Y-%m-%dT%H:%M:%S}"


def works(secret: str) -> bool:
    return find_api_key(secret, now=timezone.now()) is not None


def test_a_key_is_created_and_its_secret_shown_once(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    secret = created(client, role="viewer", reach="some", sites=[scene.location.pk])
    assert works(secret)
    key = ApiKey.objects.get()
    assert (key.role, key.site_ids, key.created_by) == (
        "viewer", [scene.location.pk], scene.admin.label,
    )  # fmt: skip
    for page in ("/keys/", f"/keys/{key.pk}/"):
        text = client.get(page).content.decode()
        assert "Billing" in text
        assert secret.partition(".")[2] not in text
    row = client.get("/keys/").content.decode()
    assert scene.location.name in row
    assert "never" in row


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "required"),
        ({"role": "admin", "reach": "some"}, "never limited"),
        ({"reach": "some"}, "Choose at least one"),
        ({"expires_at": "2020-01-01T00:00"}, "in the future"),
        ({"expires_at": "soon"}, "valid date"),
    ],
)
def test_a_key_that_cannot_be_says_why(
    given: dict[str, Any], said: str, scene: Cast, log_in: LogIn
) -> None:
    answer = log_in("admin").post("/keys/add/", FORM | given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_changed_and_keeps_an_end_that_has_passed(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    secret = created(client, expires_at=typed(timedelta(hours=1)))
    key = ApiKey.objects.get()
    ended_at = timezone.now() - timedelta(minutes=1)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=ended_at)
    assert not works(secret)
    page = client.get(f"/keys/{key.pk}/").content.decode()
    assert "Ended" in page
    shown = re.search(r'name="expires_at" value="([^"]+)"', page).group(1)
    given = FORM | {"name": "Bills", "expires_at": shown}
    assert client.post(f"/keys/{key.pk}/", given).status_code == 302
    key.refresh_from_db()
    assert (key.name, key.expires_at) == ("Bills", ended_at)


def test_a_rotation_overlaps_as_long_as_was_chosen(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    first = created(client)
    page = f"/keys/{ApiKey.objects.get().pk}/"
    answer = client.post(f"{page}rotate/", {"until": typed(timedelta(hours=2))})
    second = SECRET.search(answer.content.decode()).group(1)
    assert works(first)
    assert works(second)
    assert "The secret before this one works until" in client.get(page).content.decode()
    third = SECRET.search(client.post(f"{page}rotate/", {}).content.decode()).group(1)
    assert [works(one) for one in (first, second, third)] == [False, False, True]
    late = client.post(f"{page}rotate/", {"until": typed(timedelta(days=91))})
    assert late.status_code == 422
    assert "within the next 90 days" in late.content.decode()


def test_a_revoked_key_says_so_and_offers_nothing(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    secret = created(client)
    page = f"/keys/{ApiKey.objects.get().pk}/"
    assert client.post(f"{page}revoke/").status_code == 302
    assert not works(secret)
    text = client.get(page).content.decode()
    assert "it proves nothing any more" in text
    assert "<form class=" not in text.split('id="main"')[1]
    assert client.post(f"{page}rotate/", {}).status_code == 422
    assert client.post(page, FORM).status_code == 422


def test_keys_of_somebody_else_are_out_of_reach(scene: Cast, log_in: LogIn) -> None:
    created(log_in("admin"))
    page = f"/keys/{ApiKey.objects.get().pk}/"
    for of in ("", "rotate/", "revoke/"):
        assert log_in("stranger").post(page + of, FORM).status_code == 404
        assert log_in("engineer").post(page + of, FORM).status_code == 403
    assert ApiKey.objects.get().revoked_at is None
