"""Who may do what."""

from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError

from apps.accounts.models import ApiKey, Organisation, User
from apps.accounts.roles import MATRIX, OF_ALL_SITES, Permission, Role, may, may_command

_OPERATORS = {Role.ADMIN, Role.ENGINEER, Role.OPERATOR}
_ENGINEERS = {Role.ADMIN, Role.ENGINEER}


@pytest.mark.parametrize(
    ("command", "roles"),
    [
        ("start_session", _OPERATORS | {Role.SUPPORT}),
        ("unlock_connector", _OPERATORS | {Role.SUPPORT}),
        ("reset", _OPERATORS),
        ("set_variables", _OPERATORS),
        ("change_availability", _OPERATORS),
        ("raw_call", _ENGINEERS),
        ("of another age", _ENGINEERS),
    ],
)
def test_who_may_give_a_command(command: str, roles: set[Role]) -> None:
    assert {role for role in Role if may_command(role, command)} == roles


def test_no_two_roles_are_alike() -> None:
    assert set(MATRIX) == set(Role)
    assert len(set(MATRIX.values())) == len(Role)


def test_each_permission_is_held_by_somebody_and_only_administrators_hold_all() -> None:
    assert {one for held in MATRIX.values() for one in held} == set(Permission)
    assert [role for role in Role if MATRIX[role] == frozenset(Permission)] == [Role.ADMIN]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_who_is_limited_to_sites_edits_nothing_that_holds_for_all(
    role: Role, network: Organisation
) -> None:
    somebody = User(organisation=network, role=role.value, site_ids=[1])
    held = {permission for permission in Permission if somebody.may(permission)}
    assert held == MATRIX[role] - OF_ALL_SITES
    somebody.site_ids = None
    assert {one for one in Permission if somebody.may(one)} == MATRIX[role]


def test_commands_that_change_what_holds_for_all_are_not_given_by_who_is_limited() -> None:
    somebody = User(role=Role.OPERATOR, site_ids=[1])
    assert somebody.may_command("reset")
    assert not somebody.may_command("customer_information")


@pytest.mark.parametrize("kind", [User, ApiKey])
def test_no_administrator_is_limited_to_sites(kind: Any, network: Organisation) -> None:
    with pytest.raises(IntegrityError):
        kind.objects.create(organisation=network, role=Role.ADMIN.value, site_ids=[1])


def test_who_was_an_operator_still_may_what_he_could(network: Organisation) -> None:
    """Their role held raw calls and certificates until engineers had one of their own."""
    moved = import_module("apps.accounts.migrations.0007_roles")
    was = User.objects.create(username="olga", organisation=network, role=Role.OPERATOR.value)
    moved.keep_what_they_may(User.objects.all())
    was.refresh_from_db()
    assert was.may(Permission.ENGINEER)
    assert was.may(Permission.EDIT_TOKENS)


def test_finance_sees_money_and_commands_nothing() -> None:
    assert may(Role.FINANCE, Permission.EXPORT)
    assert not may(Role.FINANCE, Permission.SEE_STATIONS)
