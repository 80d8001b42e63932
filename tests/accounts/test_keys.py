"""What proves a program: until when, beside which other secret, and what is told of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.accounts import keys
from apps.accounts.keys import create_api_key, find_api_key
from apps.accounts.models import ApiKey, Organisation
from apps.accounts.roles import Role
from apps.history.models import Fact
from tests.factories import OFFICE

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


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


def made(network: Organisation, **fields: Any) -> tuple[ApiKey, str]:
    return create_api_key(
        organisation=network, name="Billing", role=Role.FINANCE, actor=OFFICE, **fields
    )


def test_a_key_that_ends_is_nobodys_from_then_on(network: Organisation) -> None:
    key, secret = made(network, expires_at=NOW)
    assert find_api_key(secret, now=NOW - SECOND) == key
    assert find_api_key(secret, now=NOW) is None
    keys.change_key(key, actor=OFFICE, expires_at=NOW + HOUR)
    assert find_api_key(secret, now=NOW) == key


def test_both_secrets_prove_it_while_it_is_rotated_and_the_new_one_after(
    network: Organisation,
) -> None:
    key, old = made(network)
    new = keys.rotate(key, actor=OFFICE, now=NOW, until=NOW + HOUR)
    assert find_api_key(old, now=NOW + HOUR - SECOND) == key
    assert find_api_key(new, now=NOW) == key
    assert find_api_key(old, now=NOW + HOUR) is None
    assert find_api_key(new, now=NOW + HOUR) == key
    mixed = f"{old.partition('.')[0]}.{new.partition('.')[2]}"
    assert find_api_key(mixed, now=NOW) is None, "each prefix with its own secret"


def test_of_three_secrets_the_first_ends_at_once(network: Organisation) -> None:
    key, first = made(network)
    second = keys.rotate(key, actor=OFFICE, now=NOW, until=NOW + HOUR)
    third = keys.rotate(key, actor=OFFICE, now=NOW, until=NOW + HOUR)
    assert [find_api_key(one, now=NOW) for one in (first, second, third)] == [None, key, key]
    fourth = keys.rotate(key, actor=OFFICE, now=NOW)
    assert [find_api_key(one, now=NOW) for one in (third, fourth)] == [None, key]


@pytest.mark.parametrize("until", [NOW, NOW - HOUR, NOW + timedelta(days=91)])
def test_an_overlap_lies_ahead_and_is_not_for_ever(network: Organisation, until: datetime) -> None:
    key, old = made(network)
    with pytest.raises(ValidationError, match="90 days"):
        keys.rotate(key, actor=OFFICE, now=NOW, until=until)
    assert find_api_key(old, now=NOW) == key


def test_a_revoked_key_has_no_secret_and_stays_as_it_is(network: Organisation) -> None:
    key, old = made(network)
    new = keys.rotate(key, actor=OFFICE, now=NOW, until=NOW + HOUR)
    assert keys.revoke(key, actor=OFFICE, now=NOW)
    assert not keys.revoke(key, actor=OFFICE, now=NOW)
    assert find_api_key(old, now=NOW) is find_api_key(new, now=NOW) is None
    with pytest.raises(ValidationError, match="revoked"):
        keys.rotate(key, actor=OFFICE, now=NOW)
    with pytest.raises(ValidationError, match="revoked"):
        keys.change_key(key, actor=OFFICE, name="x")


def test_what_is_changed_holds_and_is_told_before_and_after(network: Organisation) -> None:
    key, secret = made(network)
    keys.change_key(key, actor=OFFICE, role="viewer", site_ids=[7], name="Billing")
    found = find_api_key(secret, now=NOW)
    assert (found.role, found.site_ids) == ("viewer", [7])
    fact = Fact.objects.get(kind="key changed")
    assert fact.details["changes"] == {"role": ["finance", "viewer"], "site_ids": [None, [7]]}
    assert "secret" not in str(list(Fact.objects.values()))
    assert secret.partition(".")[2] not in str(list(Fact.objects.values()))


@pytest.mark.parametrize(
    "wrong",
    [{"role": "king"}, {"name": ""}, {"name": "x" * 101}, {"prefix": "x"},
     {"role": "admin", "site_ids": [1]}],
)  # fmt: skip
def test_what_a_key_cannot_be_is_refused(network: Organisation, wrong: dict[str, Any]) -> None:
    key, _ = made(network)
    with pytest.raises(ValidationError):
        keys.change_key(key, actor=OFFICE, **wrong)
