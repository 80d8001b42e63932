"""The first administrator, made by the command line."""

import pytest
from django.core.management import call_command

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role

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
