"""The verdict on a token, as a table, and who is meant by what was presented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.batch.parts import Batch
from apps.domain.answers import TokenAnswer
from apps.domain.events import Token as Presented
from apps.domain.vocabulary import TokenStatus
from apps.tokens.authorization import KnownToken, decide, limit
from apps.tokens.batch import Tokens
from apps.tokens.models import Attempt
from apps.tokens.services import add_token
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
        (Presented("AB12", "eMAID"), "Unknown"),
    ],
)
def test_the_letter_case_does_not_matter_but_the_type_does(
    network: Organisation, card: Any, presented: Presented, status: str
) -> None:
    assert verdict(network, presented) == TokenStatus(status)


def test_the_card_of_another_network_is_a_stranger(network: Organisation, card: Any) -> None:
    other = Organisation.objects.create(name="Another")
    assert verdict(other, CARD) is TokenStatus.UNKNOWN


def test_two_types_of_one_uid_are_two_tokens(network: Organisation, card: Any) -> None:
    add_token(organisation_id=network.pk, uid="ab12", type="eMAID", status="blocked", actor=OFFICE)
    assert verdict(network, CARD) is TokenStatus.ACCEPTED
    assert verdict(network, Presented("AB12", "eMAID")) is TokenStatus.BLOCKED


def test_a_presentation_is_noted_with_its_verdict(network: Organisation, card: Any) -> None:
    found = tokens(network, CARD)
    found.note(network.pk, 7, CARD, found.decide(network.pk, CARD, NOW), NOW)
    with bulk.writes() as writes:
        found.flush(writes)
    attempt = Attempt.objects.get()
    assert (attempt.uid, attempt.verdict, attempt.token_id) == ("AB12", "Accepted", card.pk)
