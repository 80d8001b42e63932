"""People and keys by REST: what the pages do, and with the same refusals."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import ApiKey, Invitation, User
from apps.accounts.roles import Role
from tests import factories
from tests.api.conftest import Program
from tests.factories import Cast


def test_people_are_listed_with_role_and_sites(admin: Program, cast: Cast) -> None:
    User.objects.filter(pk=cast.viewer.pk).update(site_ids=[cast.location.pk, 10**9])
    found = {one["username"]: one for one in admin.all("users/")}
    assert len(found) == 7
    viewer = found[cast.viewer.username]
    assert viewer["sites"] == [cast.location.name]
    assert found[cast.admin.username]["sites"] is None
    assert viewer == admin.get(f"users/{cast.viewer.pk}/").json()
    assert "password" not in str(found)


def test_somebody_is_invited_and_the_link_works_once(admin: Program, cast: Cast) -> None:
    body = {"role": "engineer", "sites": [cast.location.name], "email": "ivy@example.com"}
    answer = admin.post("users/", body)
    assert answer.status_code == 201
    told = answer.json()
    assert told["sites"] == [cast.location.name]
    assert "EMAIL_HOST" in told["not_sent"]
    (waiting,) = admin.all("users/invitations/")
    assert waiting["id"] == told["id"]
    assert "link" not in waiting
    chosen = {"username": "ivy", "new_password": "a right one", "again": "a right one"}
    path = told["link"].removeprefix("http://testserver")
    assert Client().post(path, chosen).status_code == 302
    assert User.objects.get(username="ivy").site_ids == [cast.location.pk]
    assert admin.all("users/invitations/") == []


def test_an_invitation_is_called_off(admin: Program, cast: Cast) -> None:
    link = admin.post("users/", {"role": "viewer"}).json()["link"]
    assert admin.delete(f"users/invitations/{Invitation.objects.get().pk}/").status_code == 204
    assert Client().get(link.removeprefix("http://testserver")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "role"),
        ({"role": "king"}, "role"),
        ({"role": "admin", "sites": ["Blaak"]}, "site_ids"),
        ({"role": "viewer", "sites": ["Atlantis"]}, "sites"),
        ({"role": "viewer", "sites": []}, "sites"),
        ({"role": "viewer", "site_ids": [1]}, "site_ids"),
        ({"role": "viewer", "email": "ivy"}, "email"),
    ],
)
def test_an_invitation_that_cannot_be_says_why(
    admin: Program, cast: Cast, body: dict[str, Any], field: str
) -> None:
    refused = admin.post("users/", body)
    assert refused.status_code == 400
    assert field in refused.json()["error"]["details"]
    assert not Invitation.objects.exists()


def test_a_person_is_changed_deactivated_and_brought_back(admin: Program, cast: Cast) -> None:
    of, browser = f"users/{cast.support.pk}/", Client()
    browser.force_login(cast.support)
    body = {"role": "auditor", "first_name": "Sue", "timezone": "Asia/Tokyo", "is_active": False}
    changed = admin.patch(of, body).json()
    assert {name: changed[name] for name in body} == body
    assert browser.get("/profile/").status_code == 302
    assert admin.patch(of, {"is_active": True}).json()["is_active"]
    assert admin.patch(of, {"timezone": "Mars/Olympus"}).status_code == 400
    assert admin.patch(of, {"username": "x"}).status_code == 400


@pytest.mark.parametrize("body", [{"role": "viewer"}, {"is_active": False}])
def test_the_last_administrator_stays_one(admin: Program, cast: Cast, body: dict[str, Any]) -> None:
    refused = admin.patch(f"users/{cast.admin.pk}/", body)
    assert refused.status_code == 400
    assert "must be an active administrator" in str(refused.json()["error"]["details"])
    factories.user(cast.organisation, "second", Role.ADMIN)
    assert admin.patch(f"users/{cast.admin.pk}/", body).status_code == 200


def test_log_ins_end_and_a_password_link_is_made(admin: Program, cast: Cast) -> None:
    of, browser = f"users/{cast.support.pk}/", Client()
    browser.force_login(cast.support)
    assert admin.post(f"{of}log-out/", {}).status_code == 204
    assert browser.get("/profile/").status_code == 302
    link = admin.post(f"{of}password-link/", {}).json()["link"]
    assert Client().get(link.removeprefix("http://testserver")).status_code == 200
    admin.patch(of, {"is_active": False})
    assert admin.post(f"{of}password-link/", {}).status_code == 409


def test_a_key_is_created_used_changed_rotated_and_revoked(admin: Program, cast: Cast) -> None:
    body = {"name": "Wall", "role": "viewer", "sites": [cast.location.name]}
    made = admin.post("keys/", body)
    assert made.status_code == 201
    of, first = f"keys/{made.json()['id']}/", made.json()["secret"]
    assert made["Location"].endswith(of)
    assert Program(first).get("stations/").status_code == 200
    assert Program(first).get("messages/").status_code == 403
    assert "secret" not in admin.get(of).json()
    assert admin.patch(of, {"role": "support"}).json()["role"] == "support"
    assert Program(first).get("messages/").status_code == 200
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    second = admin.post(f"{of}rotate/", {"until": until}).json()["secret"]
    assert [Program(one).get("stations/").status_code for one in (first, second)] == [200, 200]
    ApiKey.objects.filter(name="Wall").update(former_until=timezone.now())
    assert [Program(one).get("stations/").status_code for one in (first, second)] == [401, 200]
    assert admin.post(f"{of}revoke/", {}).json()["revoked_at"]
    refused = Program(second).get("stations/")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"]
    assert admin.post(f"{of}rotate/", {}).status_code == 409
    assert admin.patch(of, {"name": "x"}).status_code == 409


def test_a_key_ends_when_it_was_said(admin: Program, cast: Cast) -> None:
    soon = timezone.now() + timedelta(hours=1)
    body = {"name": "Wall", "role": "viewer", "expires_at": soon.isoformat()}
    secret = admin.post("keys/", body).json()["secret"]
    assert Program(secret).get("stations/").status_code == 200
    ApiKey.objects.filter(name="Wall").update(expires_at=timezone.now())
    assert Program(secret).get("stations/").status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "role"),
        ({"role": "viewer"}, "name"),
        ({"name": "x", "role": "admin", "sites": ["Blaak"]}, "site_ids"),
        ({"name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "role": "viewer", "secret": "s"}, "secret"),
    ],
)
def test_a_key_that_cannot_be_says_why(
    admin: Program, cast: Cast, body: dict[str, Any], field: str
) -> None:
    refused = admin.post("keys/", body)
    assert refused.status_code == 400
    assert field in refused.json()["error"]["details"]


def test_what_is_somebody_elses_is_not_there(admin: Program, stranger: Program, cast: Cast) -> None:
    key = ApiKey.objects.get(name="admin")
    person, keyed = f"users/{cast.support.pk}/", f"keys/{key.pk}/"
    admin.post("users/", {"role": "viewer"})
    for path in (person, keyed):
        assert stranger.get(path).status_code == 404
        assert stranger.patch(path, {"role": "viewer"}).status_code == 404
    for path in (f"{person}log-out/", f"{person}password-link/", f"{keyed}revoke/"):
        assert stranger.post(path, {}).status_code == 404
    invitation = f"users/invitations/{Invitation.objects.get().pk}/"
    assert stranger.delete(invitation).status_code == 404
    assert [one["username"] for one in stranger.all("users/")] == [cast.stranger.username]
    assert [one["name"] for one in stranger.all("keys/")] == ["stranger"]
