"""Who may do what, and what proves a program."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Permission, Role, may, may_command
from apps.accounts.services import create_api_key, find_api_key
from tests.factories import OFFICE

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("command", "roles"),
    [
        ("start_session", {Role.ADMIN, Role.OPERATOR, Role.SUPPORT}),
        ("unlock_connector", {Role.ADMIN, Role.OPERATOR, Role.SUPPORT}),
        ("reset", {Role.ADMIN, Role.OPERATOR}),
        ("set_variables", {Role.ADMIN, Role.OPERATOR}),
        ("change_availability", {Role.ADMIN, Role.OPERATOR}),
        ("raw_call", {Role.ADMIN, Role.OPERATOR}),
        ("of another age", {Role.ADMIN, Role.OPERATOR}),
    ],
)
def test_who_may_give_a_command(command: str, roles: set[Role]) -> None:
    assert {role for role in Role if may_command(role, command)} == roles


def test_finance_sees_money_and_commands_nothing() -> None:
    assert may(Role.FINANCE, Permission.EXPORT)
    assert not may(Role.FINANCE, Permission.SEE_STATIONS)


def test_a_key_is_shown_once_and_kept_as_a_digest(network: Organisation) -> None:
    key, secret = create_api_key(organisation=network, name="Billing", actor=OFFICE)
    assert secret.partition(".")[2] not in str(key.__dict__)
    found = find_api_key(secret, now=NOW)
    assert found == key
    assert found.last_used_at is None or found.last_used_at <= NOW
    key.refresh_from_db()
    assert key.last_used_at == NOW


@pytest.mark.parametrize("wrong", ["", ".", "abc", "{0}x", "x{0}", "{1}.", "{1}.wrong"])
def test_a_wrong_key_is_nobodys(network: Organisation, wrong: str) -> None:
    _, secret = create_api_key(organisation=network, name="Billing", actor=OFFICE)
    given = wrong.format(secret, secret.partition(".")[0])
    assert find_api_key(given, now=NOW) is None


def test_a_revoked_key_is_nobodys(network: Organisation) -> None:
    key, secret = create_api_key(organisation=network, name="Billing", actor=OFFICE)
    key.revoked_at = NOW - timedelta(days=1)
    key.save(update_fields=["revoked_at"])
    assert find_api_key(secret, now=NOW) is None
