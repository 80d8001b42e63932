"""The verdict on a token, as a table, and who is meant by what was presented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.models import Organisation
from apps.batch.parts import Batch
from apps.domain.answers import TokenAnswer
from apps.domain.events import Token as Presented
from apps.domain.vocabulary import TokenStatus
from apps.tokens import selectors
from apps.tokens.authorization import KnownToken, decide, limit
from apps.tokens.batch import Tokens
from apps.tokens.models import Attempt, Token
from apps.tokens.services import add_token, change_token
from ocpp_platform import bulk
from tests.factories import OFFICE

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
KNOWN = KnownToken(1, "AB12", "ISO14443", "accepted", "", False, None, "", "")
CARD = Presented("AB12", "ISO14443")


@pytest.mark.parametrize(
    ("presented", "known", "starts", "status"),
    [
        (CARD, KNOWN, True, "Accepted"),
        (CARD, None, True, "Unknown"),
        (Presented("AB12"), None, True, "Invalid"),
        (Presented("", "NoAuthorization"), None, True, "Accepted"),
        (CARD, {"status": "blocked"}, False, "Blocked"),
        (CARD, {"status": "invalid"}, False, "Invalid"),
        (CARD, {"status": "expired"}, False, "Expired"),
        (CARD, {"status": "nocredit"}, False, "NoCredit"),
        (CARD, {"status": "of another age"}, False, "Invalid"),
        (CARD, {"expires_at": NOW}, False, "Expired"),
        (CARD, {"expires_at": NOW + timedelta(seconds=1)}, False, "Accepted"),
        (CARD, {"expires_at": NOW, "status": "blocked"}, False, "Blocked"),
        (CARD, {"is_master_pass": True}, True, "Invalid"),
        (CARD, {"is_master_pass": True}, False, "Accepted"),
    ],
)
def test_may_it_charge(presented: Presented, known: Any, starts: bool, status: str) -> None:
    given = replace(KNOWN, **known) if isinstance(known, dict) else known
    assert decide(presented, given, NOW, starts=starts).status == TokenStatus(status)


@pytest.mark.parametrize(
    ("status", "most", "running", "expected"),
    [
        (TokenStatus.ACCEPTED, None, 9, "Accepted"),
        (TokenStatus.ACCEPTED, 1, 0, "Accepted"),
        (TokenStatus.ACCEPTED, 1, 1, "ConcurrentTx"),
        (TokenStatus.ACCEPTED, 2, 1, "Accepted"),
        (TokenStatus.BLOCKED, 1, 1, "Blocked"),
    ],
)
def test_how_many_sessions_at_once(
    status: TokenStatus, most: int | None, running: int, expected: str
) -> None:
    assert limit(TokenAnswer(status), most, running).status == TokenStatus(expected)


def test_what_the_card_holder_is_told() -> None:
    known = replace(KNOWN, group="FLEET", language="de", personal_message="Hallo")
    answer = decide(CARD, known, NOW)
    assert (answer.group, answer.group_kind) == ("FLEET", "Central")
    assert (answer.language, answer.personal_message) == ("de", "Hallo")


def tokens(network: Organisation, presented: Presented) -> Tokens:
    part = Batch([], NOW).part(Tokens)
    part.fetch([(network.pk, presented)])
    return part


def verdict(network: Organisation, presented: Presented) -> TokenStatus:
    return tokens(network, presented).decide(network.pk, presented, NOW).answer.status


@pytest.mark.parametrize(
    ("presented", "status"),
    [
        (Presented("ab12", "ISO14443"), "Accepted"),
        (Presented("ab12"), "Accepted"),
        (Presented("AB12", "Central"), "Accepted"),
        (Presented("AB12", "eMAID"), "Accepted"),
        (Presented("AB 12", "ISO15693"), "Accepted"),
        (Presented("AB:12"), "Accepted"),
        (Presented("AB123"), "Invalid"),
    ],
)
def test_the_uid_decides_whatever_the_case_the_type_and_the_print(
    network: Organisation, card: Any, presented: Presented, status: str
) -> None:
    assert verdict(network, presented) == TokenStatus(status)


@pytest.mark.parametrize("uid", ["VID:AA:BB:CC:00:11:22", "DirectWorkUser"])
def test_what_a_station_presents_for_a_car_or_by_itself_is_a_token_like_any_other(
    network: Organisation, uid: str
) -> None:
    assert verdict(network, Presented(uid)) is TokenStatus.INVALID
    add_token(organisation_id=network.pk, uid=uid, actor=OFFICE)
    assert verdict(network, Presented(uid.lower())) is TokenStatus.ACCEPTED


def test_the_card_of_another_network_is_a_stranger(network: Organisation, card: Any) -> None:
    other = Organisation.objects.create(name="Another")
    assert verdict(other, CARD) is TokenStatus.UNKNOWN


@pytest.mark.parametrize(
    ("presented", "status"),
    [(CARD, "Accepted"), (Presented("AB12", "eMAID"), "Blocked"),
     (Presented("AB12"), "Blocked"), (Presented("AB12", "KeyCode"), "Blocked")],
)  # fmt: skip
def test_of_two_tokens_of_one_uid_the_type_decides_and_else_the_one_that_grants_least(
    network: Organisation, card: Any, presented: Presented, status: str
) -> None:
    Token.objects.create(organisation=network, uid="ab12", type="eMAID", status="blocked")
    assert verdict(network, presented) == TokenStatus(status)


def test_two_cards_that_are_printed_alike_are_told_apart_as_they_are_written(
    network: Organisation, card: Any
) -> None:
    Token.objects.create(organisation=network, uid="AB:12", status="blocked")
    assert verdict(network, Presented("ab:12")) is TokenStatus.BLOCKED
    assert verdict(network, CARD) is TokenStatus.ACCEPTED
    assert verdict(network, Presented("AB 12")) is TokenStatus.INVALID, "it may be either"


@pytest.mark.parametrize("uid", ["ab12", "AB:12", "ab 12", "AB-12"])
@pytest.mark.parametrize("kind", ["ISO14443", "eMAID"])
def test_a_uid_is_registered_once(network: Organisation, card: Any, uid: str, kind: str) -> None:
    with pytest.raises(ValidationError, match=r"AB12 is registered already, as ISO14443"):
        add_token(organisation_id=network.pk, uid=uid, type=kind, actor=OFFICE)


def test_a_token_does_not_become_the_twin_of_another(network: Organisation, card: Any) -> None:
    other = add_token(organisation_id=network.pk, uid="CD34", actor=OFFICE)
    with pytest.raises(ValidationError, match="registered already"):
        change_token(other, uid="ab:12", actor=OFFICE)
    card.refresh_from_db()
    change_token(card, uid="AB:12", actor=OFFICE)


def test_twins_of_before_can_still_be_blocked(network: Organisation, card: Any) -> None:
    twin = Token.objects.create(organisation=network, uid="ab12", type="eMAID")
    assert change_token(twin, status="blocked", actor=OFFICE).status == "blocked"


@pytest.mark.parametrize(("kind", "note"), [
    ("KeyCode", "Presented as KeyCode, registered as ISO14443"), ("ISO14443", ""), ("", ""),
])  # fmt: skip
def test_another_type_is_noted(network: Organisation, card: Any, kind: str, note: str) -> None:
    presented = Presented("ab12", kind)
    found = tokens(network, presented).decide(network.pk, presented, NOW)
    assert (found.note, found.token_id) == (note, card.pk)


@pytest.mark.parametrize(
    ("registered", "shown"),
    [("04:A1 b2 C3:99", "04A1B2C399"), ("04A1B2C399", "04:A1 b2 C3:99"),
     ("DE-ABC-C12345678", "DEABCC12345678"), ("DEABCC12345678", "de-abc-c12345678")],
)  # fmt: skip
def test_a_number_is_one_however_its_parts_are_set_apart(
    network: Organisation, registered: str, shown: str
) -> None:
    add_token(organisation_id=network.pk, uid=registered, actor=OFFICE)
    assert verdict(network, Presented(shown)) is TokenStatus.ACCEPTED
    with pytest.raises(ValidationError, match="registered already"):
        add_token(organisation_id=network.pk, uid=shown, actor=OFFICE)


@pytest.mark.parametrize("typed", ["04:A1 b2", "04a1b2", "04-A1-B2", "04:a1:b2"])
@pytest.mark.parametrize("registered", ["04A1B2", "04:A1:B2"])
def test_a_card_is_found_as_it_is_printed(
    network: Organisation, registered: str, typed: str
) -> None:
    token = add_token(organisation_id=network.pk, uid=registered, actor=OFFICE)
    assert selectors.list_of_uid(network_actor(network), typed).get() == token


def network_actor(network: Organisation) -> Any:
    return SimpleNamespace(organisation_id=network.pk, site_ids=None)


def test_a_presentation_is_noted_with_its_verdict(network: Organisation, card: Any) -> None:
    found = tokens(network, CARD)
    found.note(network.pk, 7, CARD, found.decide(network.pk, CARD, NOW), NOW)
    with bulk.writes() as writes:
        found.flush(writes)
    attempt = Attempt.objects.get()
    assert (attempt.uid, attempt.verdict, attempt.token_id) == ("AB12", "Accepted", card.pk)
