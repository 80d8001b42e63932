"""Somebody is invited by a link that works once, for a week, and gives no more than was said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from apps.accounts import invitations
from apps.accounts.models import Invitation, User
from apps.history.models import Fact
from tests import factories
from tests.factories import OFFICE, Cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHOSEN = {"username": "ivy", "password": "a right and long one"}


@pytest.fixture
def cast() -> Cast:
    return factories.cast(NOW)


def invite(cast: Cast, **given: Any) -> tuple[Invitation, str]:
    told: dict[str, Any] = {"role": "engineer", "email": "ivy@example.com", **given}
    return invitations.invite(
        organisation_id=cast.organisation.pk, actor=cast.admin, now=NOW, **told
    )


def test_who_comes_by_it_has_the_role_and_the_sites_that_were_said(cast: Cast) -> None:
    _, secret = invite(cast, site_ids=[cast.location.pk])
    found = invitations.find_invitation(secret, NOW)
    person = invitations.accept(found, now=NOW, **CHOSEN)
    person.refresh_from_db()
    assert (person.role, person.site_ids) == ("engineer", [cast.location.pk])
    assert person.organisation == cast.organisation
    assert person.email == "ivy@example.com"
    assert person.check_password(CHOSEN["password"])
    told = Fact.objects.filter(organisation_id=cast.organisation.pk).order_by("pk")
    assert [fact.kind for fact in told] == ["person invited", "person added"]
    assert told[1].details["invited_by"] == cast.admin.label


def test_it_is_kept_as_a_digest(cast: Cast) -> None:
    made, secret = invite(cast)
    assert secret not in str(Invitation.objects.filter(pk=made.pk).values())


def test_it_works_once_even_for_two_who_opened_it(cast: Cast) -> None:
    _, secret = invite(cast)
    first, second = (invitations.find_invitation(secret, NOW) for _ in range(2))
    invitations.accept(first, now=NOW, **CHOSEN)
    with pytest.raises(ValidationError, match="has been used"):
        invitations.accept(second, now=NOW, **{**CHOSEN, "username": "eve"})
    assert invitations.find_invitation(secret, NOW) is None
    assert not User.objects.filter(username="eve").exists()


def test_it_ends_after_a_week_and_when_it_is_called_off(cast: Cast) -> None:
    made, secret = invite(cast)
    week = timedelta(days=7)
    assert invitations.find_invitation(secret, NOW + week - timedelta(seconds=1)) == made
    assert invitations.find_invitation(secret, NOW + week) is None
    assert invitations.call_off(made, actor=OFFICE, now=NOW)
    assert not invitations.call_off(made, actor=OFFICE, now=NOW), "and once"
    assert invitations.find_invitation(secret, NOW) is None
    with pytest.raises(ValidationError):
        invitations.accept(made, now=NOW, **CHOSEN)


@pytest.mark.parametrize("wrong", ["", "x", "{}x", "x{}"])
def test_nothing_else_proves_it(cast: Cast, wrong: str) -> None:
    _, secret = invite(cast)
    assert invitations.find_invitation(wrong.format(secret), NOW) is None


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"username": "admin name"}, "username"), ({"username": ""}, "username"),
        ({"password": "short"}, "password"), ({"password": "ivy@example"}, "password"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_leaves_the_link_as_it_was(
    cast: Cast, chosen: dict[str, str], field: str
) -> None:
    made, secret = invite(cast)
    with pytest.raises(ValidationError) as refused:
        invitations.accept(made, now=NOW, **{**CHOSEN, **chosen})
    assert field in refused.value.message_dict
    assert invitations.find_invitation(secret, NOW) == made


def test_a_name_that_somebody_has_is_taken(cast: Cast) -> None:
    made, _ = invite(cast)
    with pytest.raises(ValidationError) as refused:
        invitations.accept(made, now=NOW, **{**CHOSEN, "username": cast.viewer.username})
    assert "username" in refused.value.message_dict


def test_nobody_is_invited_as_an_administrator_of_some_sites(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="never limited"):
        invite(cast, role="admin", site_ids=[cast.location.pk])


def test_it_is_mailed_where_there_is_a_mail_server(cast: Cast, settings: Any) -> None:
    made, secret = invite(cast)
    link = f"https://example.org/invitation/{secret}/"
    assert "EMAIL_HOST" in invitations.mail(made, link)
    assert mail.outbox == []
    settings.EMAIL_HOST = "mail.example.org"
    assert invitations.mail(made, link) == ""
    (letter,) = mail.outbox
    assert letter.to == ["ivy@example.com"]
    assert link in letter.body
    assert "as engineer" in letter.body
