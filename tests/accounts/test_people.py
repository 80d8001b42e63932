"""The first administrator, made by the command line."""

import pytest
from django.core.management import call_command

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from ocpp_platform import first_start

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
    assert first_start.make_administrator() is None, "and only the first"
