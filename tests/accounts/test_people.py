"""The first administrator; what people may do, changed: at once, told, and one is always left."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from apps.accounts import people
from apps.accounts.models import Organisation, User
from apps.accounts.roles import Permission, Role
from apps.history.models import Fact
from ocpp_platform import first_start
from tests import factories
from tests.factories import OFFICE, Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_first", [True, False])
def test_the_command_line_makes_an_administrator(
    monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    if not is_first:
        Organisation.objects.create(name="Harbour Power")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a right and long one")
    call_command("createsuperuser", "--no-input", username="eva", email="eva@example.com")
    eva = User.objects.get(username="eva")
    assert eva.role == Role.ADMIN
    assert eva.organisation.name == ("My network" if is_first else "Harbour Power")


def test_the_first_start_makes_an_administrator_and_tells_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    password = first_start.make_administrator()
    made = User.objects.get(username=first_start.ADMIN)
    assert made.role == Role.ADMIN
    assert password is not None
    assert made.check_password(password)
    assert made.has_generated_password, "until he chooses his own"
    assert first_start.make_administrator() is None, "and only the first"


@pytest.fixture
def cast() -> Cast:
    return factories.cast()


def change(person: User, **fields: Any) -> User:
    people.change_person(person, actor=OFFICE, **fields)
    return User.objects.get(pk=person.pk)


def test_a_role_and_sites_hold_from_the_change_on_and_are_told_before_and_after(cast: Cast) -> None:
    changed = change(cast.support, role=Role.FINANCE.value, site_ids=[cast.location.pk])
    assert changed.may(Permission.SEE_MONEY)
    assert not changed.may(Permission.EDIT_TARIFFS), "of some sites only"
    fact = Fact.objects.get(kind="person changed", subject_id=changed.pk)
    assert fact.details["changes"] == {
        "role": ["support", "finance"],
        "site_ids": [None, [cast.location.pk]],
    }


def test_what_is_as_it_was_is_no_change(cast: Cast) -> None:
    change(cast.support, role=Role.SUPPORT.value, email="")
    assert not Fact.objects.filter(kind="person changed").exists()


@pytest.mark.parametrize("fields", [{"role": "viewer"}, {"is_active": False}])
def test_the_last_active_administrator_stays_one(cast: Cast, fields: dict[str, Any]) -> None:
    gone = factories.user(cast.organisation, "gone", Role.ADMIN)
    change(gone, is_active=False)
    with pytest.raises(ValidationError, match="must be an active administrator"):
        change(cast.admin, **fields)
    cast.admin.refresh_from_db()
    assert (cast.admin.role, cast.admin.is_active) == ("admin", True)
    change(gone, is_active=True)
    change(cast.admin, **fields)


def test_an_administrator_is_never_limited_to_sites(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="never limited"):
        change(cast.admin, site_ids=[1])
    limited = change(cast.viewer, site_ids=[1])
    with pytest.raises(ValidationError, match="never limited"):
        change(limited, role="admin")
    assert change(limited, role="admin", site_ids=None).role == "admin"


@pytest.mark.parametrize("fields", [{"username": "x"}, {"password": "x"}, {"organisation_id": 1}])
def test_nothing_else_of_a_person_is_changed_so(cast: Cast, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="cannot be changed"):
        change(cast.support, **fields)


def test_a_link_for_a_password_works_once_and_for_who_is_active(cast: Cast) -> None:
    token = people.make_password_link(cast.support, actor=OFFICE)
    assert people.find_by_password_link(cast.viewer.pk, token) is None
    person = people.find_by_password_link(cast.support.pk, token)
    assert person is not None
    people.set_password(person, "a new and long one", actor=person)
    assert people.find_by_password_link(cast.support.pk, token) is None
    change(person, is_active=False)
    with pytest.raises(ValidationError, match="Reactivate"):
        people.make_password_link(person, actor=OFFICE)


def test_a_weak_password_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        people.set_password(cast.support, "password", actor=cast.support)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_dismiss_each_other_at_once_leave_one() -> None:
    cast = factories.cast()
    other = factories.user(cast.organisation, "other", Role.ADMIN)
    start, refused = threading.Barrier(2), []

    def dismiss(person: User) -> None:
        start.wait()
        try:
            people.deactivate(person, actor=OFFICE)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=dismiss, args=(one,)) for one in (cast.admin, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    left = User.objects.filter(organisation=cast.organisation, role="admin", is_active=True)
    assert left.count() == 1
