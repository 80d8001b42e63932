"""Administering people in the browser; every change holds at once, on open pages as well."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Invitation, User
from apps.accounts.people import change_person, deactivate
from apps.accounts.roles import MATRIX, Permission, Role
from apps.dashboard.presenters.people import WORDS
from apps.history.models import Fact
from tests import factories
from tests.dashboard.conftest import LogIn
from tests.factories import OFFICE, PASSWORD, Cast

CHOSEN = {
    "username": "ivy",
    "new_password": "a right and long one",
    "again": "a right and long one",
}
LINK = re.compile(r"http://testserver(/(?:invitation|password)/[^<\s]+)")


def link_on(page: Any) -> str:
    return unescape(LINK.search(page.content.decode()).group(1))


def invited(client: Client, **given: Any) -> str:
    form = {"role": "viewer", "reach": "all", "email": "ivy@example.com", **given}
    return link_on(client.post("/people/invite/", form))


def test_everybody_is_listed_with_role_place_and_state(scene: Cast, log_in: LogIn) -> None:
    change_person(scene.viewer, actor=OFFICE, site_ids=[scene.location.pk], first_name="Vera")
    deactivate(scene.finance, actor=OFFICE)
    page = log_in("admin").get("/people/").content.decode()
    for person in (scene.admin, scene.viewer, scene.finance):
        assert person.username in page
    assert scene.stranger.username not in page
    row = page.split("Vera")[1].split("</tr>")[0]
    assert scene.location.name in row
    assert "Deactivated" in page


def test_the_matrix_says_of_every_permission_who_holds_it(scene: Cast, log_in: LogIn) -> None:
    assert WORDS.keys() == set(Permission)
    shown = log_in("admin").get("/people/").context
    told = {row.words: row.held for row in shown["matrix"]}
    for permission, words in WORDS.items():
        assert told[words] == tuple(permission in MATRIX[role] for role in shown["roles"])


def test_who_is_invited_chooses_name_and_password_and_is_in(scene: Cast, log_in: LogIn) -> None:
    client, site = log_in("admin"), scene.location.pk
    link = invited(client, role="operator", reach="some", sites=[site])
    assert link not in client.get("/people/").content.decode(), "it is shown once"
    guest = Client()
    assert "as operator" in guest.get(link).content.decode()
    assert guest.post(link, CHOSEN).url == "/profile/"
    ivy = User.objects.get(username="ivy")
    assert (ivy.role, ivy.site_ids, ivy.organisation) == ("operator", [site], scene.organisation)
    assert guest.get("/profile/").status_code == 200
    assert Client().get(link).status_code == 404, "and works once"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "king"}, "not one of the available choices"),
        ({"reach": "some"}, "Choose at least one."),
        ({"role": "admin", "reach": "some"}, "never limited"),
        ({"reach": "some", "sites": ["999999"]}, "not one of the available choices"),
        ({"email": "ivy"}, "valid email"),
    ],
)
def test_an_invitation_that_cannot_be_says_why(
    given: dict[str, Any], said: str, scene: Cast, log_in: LogIn
) -> None:
    form = {"role": "viewer", "reach": "all", **given}
    answer = log_in("admin").post("/people/invite/", form)
    assert answer.status_code == 422
    assert said in unescape(answer.content.decode())
    assert not Invitation.objects.exists()


def test_an_invitation_that_was_called_off_opens_nothing(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    link, made = invited(client), Invitation.objects.get()
    assert client.post(f"/people/invitations/{made.pk}/call-off/").status_code == 302
    assert "ivy@example.com" not in client.get("/people/").content.decode()
    refused = Client().post(link, CHOSEN)
    assert refused.status_code == 404
    assert "This link does not work" in refused.content.decode()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"again": "another"}, "not the same"),
        ({"new_password": "short", "again": "short"}, "too short"),
        ({"username": "a b"}, "Enter a valid username"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_the_link_still_works(
    chosen: dict[str, str], said: str, scene: Cast, log_in: LogIn
) -> None:
    link = invited(log_in("admin"))
    refused = Client().post(link, CHOSEN | chosen)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert Client().post(link, CHOSEN).status_code == 302


def test_role_sites_and_name_are_changed_and_told(scene: Cast, log_in: LogIn) -> None:
    client, page = log_in("admin"), f"/people/{scene.support.pk}/"
    shown = client.get(page).context["form"].initial
    assert (shown["role"], shown["reach"]) == ("support", "all")
    given = {"role": "auditor", "reach": "all", "first_name": "Sue", "email": "sue@example.com"}
    assert client.post(page, given).status_code == 302
    changed = User.objects.get(pk=scene.support.pk)
    assert (changed.role, changed.first_name) == ("auditor", "Sue")
    fact = Fact.objects.get(kind="person changed")
    assert fact.actor_label == scene.admin.label
    assert fact.details["changes"]["role"] == ["support", "auditor"]


def test_the_last_administrator_is_told_why_he_stays(scene: Cast, log_in: LogIn) -> None:
    client, page = log_in("admin"), f"/people/{scene.admin.pk}/"
    answers = (
        client.post(page, {"role": "viewer", "reach": "all"}),
        client.post(f"{page}deactivate/"),
    )
    for answer in answers:
        assert answer.status_code == 422
        assert "There must be an active administrator" in answer.content.decode()


def test_who_is_deactivated_is_out_at_once_and_stays_out(scene: Cast, log_in: LogIn) -> None:
    admin, them = log_in("admin"), log_in("support")
    assert them.get("/").status_code == 200
    admin.post(f"/people/{scene.support.pk}/deactivate/")
    assert them.get("/").url.startswith("/login/")
    form = {"username": scene.support.username, "password": PASSWORD}
    assert Client().post("/login/", form).status_code == 200
    admin.post(f"/people/{scene.support.pk}/reactivate/")
    assert them.get("/").url.startswith("/login/"), "what was ended stays ended"
    assert Client().post("/login/", form).status_code == 302


def test_all_log_ins_of_somebody_end_and_no_others(scene: Cast, log_in: LogIn) -> None:
    admin, one, two, other = log_in("admin"), log_in("support"), log_in("support"), log_in("viewer")
    admin.post(f"/people/{scene.support.pk}/log-out/")
    assert [c.get("/").status_code for c in (one, two, other, admin)] == [302, 302, 200, 200]


def test_a_password_link_is_shown_once_and_sets_a_password_once(scene: Cast, log_in: LogIn) -> None:
    admin, them = log_in("admin"), log_in("support")
    link = link_on(admin.post(f"/people/{scene.support.pk}/password-link/"))
    guest = Client()
    assert guest.post(link, {"new_password": "x", "again": "x"}).status_code == 422
    given = {"new_password": "quite another one", "again": "quite another one"}
    assert guest.post(link, given).url == "/login/"
    assert them.get("/").status_code == 302, "who was logged in is not any more"
    assert guest.post(link, given).status_code == 404
    scene.support.refresh_from_db()
    assert scene.support.check_password("quite another one")


def test_somebody_elses_people_are_out_of_reach(scene: Cast, log_in: LogIn) -> None:
    stranger, of = log_in("stranger"), f"/people/{scene.support.pk}/"
    for what in ("", "deactivate/", "log-out/", "password-link/"):
        assert stranger.post(of + what, {"role": "admin", "reach": "all"}).status_code == 404
    invited(log_in("admin"))
    called_off = f"/people/invitations/{Invitation.objects.get().pk}/call-off/"
    assert stranger.post(called_off).status_code == 404
    for role in ("engineer", "auditor"):
        assert log_in(role).post(f"{of}deactivate/").status_code == 403
        assert log_in(role).post(called_off).status_code == 403


def test_many_people_and_long_names_fit_one_page_each(scene: Cast, log_in: LogIn) -> None:
    for number in range(60):
        factories.user(scene.organisation, f"x{number:03}" + "y" * 140, Role.VIEWER)
    client = log_in("admin")
    first = client.get("/people/").context["page"]
    assert len(first.items) == 50
    assert client.get("/people/", {"after": first.after}).context["page"].after == ""
