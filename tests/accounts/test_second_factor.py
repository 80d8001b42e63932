"""The second factor: a code once, half a minute early or late; recovery codes, each once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from apps.accounts import sealing, second_factor
from apps.accounts.models import SecondFactor, User
from apps.history.models import Fact
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, 0, 15, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture
def person() -> User:
    return factories.cast(NOW).support


def turned_on(person: User) -> tuple[pyotp.TOTP, list[str]]:
    """An hour ago."""
    secret, then = second_factor.new_secret(), NOW - timedelta(hours=1)
    app = pyotp.TOTP(secret)
    codes = second_factor.turn_on(person, secret, app.at(then), actor=person, now=then)
    return app, codes


@pytest.mark.parametrize(
    ("late", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_may_be_half_a_minute_early_or_late(person: User, late: int, is_taken: bool) -> None:
    app, _ = turned_on(person)
    assert second_factor.prove(person, app.at(NOW + late * STEP), now=NOW) == is_taken


def test_no_code_is_taken_twice_nor_one_from_before_it(person: User) -> None:
    app, _ = turned_on(person)
    assert second_factor.prove(person, app.at(NOW), now=NOW)
    assert not second_factor.prove(person, app.at(NOW), now=NOW)
    assert not second_factor.prove(person, app.at(NOW - STEP), now=NOW)
    assert second_factor.prove(person, app.at(NOW + STEP), now=NOW)


def test_the_code_that_turned_it_on_is_used(person: User) -> None:
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    second_factor.turn_on(person, secret, code, actor=person, now=NOW)
    assert not second_factor.prove(person, code, now=NOW)


def test_a_recovery_code_is_taken_once_however_it_is_typed(person: User) -> None:
    _, codes = turned_on(person)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert second_factor.prove(person, f" {codes[0].upper().replace('-', ' ')} ", now=NOW)
    assert not second_factor.prove(person, codes[0], now=NOW)
    assert second_factor.prove(person, codes[1], now=NOW)
    used = Fact.objects.filter(kind="recovery code used").order_by("pk")
    assert [fact.details["left"] for fact in used] == [9, 8]


def test_other_recovery_codes_replace_those_before(person: User) -> None:
    _, before = turned_on(person)
    after = second_factor.renew_codes(person, actor=person)
    assert not second_factor.prove(person, before[0], now=NOW)
    assert second_factor.prove(person, after[0], now=NOW)


@pytest.mark.parametrize(
    "given", ["", "000000", "12345", "1234567", "١٢٣٤٥٦", "x" * 5000, "aaaa-aaaa-aaaa-aaaa", "\0"]
)
def test_nothing_else_proves_anybody(person: User, given: str) -> None:
    app, _ = turned_on(person)
    assert given != app.at(NOW)
    assert not second_factor.prove(person, given, now=NOW)


def test_it_is_turned_on_with_a_right_code_only(person: User) -> None:
    secret = second_factor.new_secret()
    for code in ("", "123", pyotp.TOTP(secret).at(NOW - 9 * STEP)):
        with pytest.raises(ValidationError):
            second_factor.turn_on(person, secret, code, actor=person, now=NOW)
    assert not SecondFactor.objects.exists()


def test_neither_secret_nor_codes_are_kept_as_they_are(person: User, settings: Any) -> None:
    app, codes = turned_on(person)
    kept = str([*SecondFactor.objects.values(), *Fact.objects.values()])
    assert app.secret not in kept
    assert [code for code in codes if code in kept or code.replace("-", "") in kept] == []
    settings.SECRET_KEY = "another one"
    assert sealing.unseal(SecondFactor.objects.get().sealed) is None
    assert not second_factor.prove(person, app.at(NOW), now=NOW)
    assert second_factor.prove(person, codes[0], now=NOW), "these do not hang on it"


def test_the_command_line_resets_it_for_who_has_lost_everything(person: User) -> None:
    turned_on(person)
    call_command("person", "reset-factor", person.username)
    assert not SecondFactor.objects.exists()
    assert Fact.objects.get(kind="second factor turned off").actor_label == "manage.py person"
    for name in (person.username, "nobody"):
        with pytest.raises(CommandError):
            call_command("person", "reset-factor", name)


def test_without_it_nothing_is_proved_and_nothing_turned_off(person: User) -> None:
    assert not second_factor.prove(person, "123456", now=NOW)
    assert not second_factor.turn_off(person, actor=person)
    app, _ = turned_on(person)
    assert second_factor.turn_off(person, actor=person)
    assert not second_factor.prove(person, app.at(NOW), now=NOW)
