"""2.0.1 sessions that are named late, or never; and ends that do not say what they are."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import Organisation, User
from apps.domain.vocabulary import Protocol
from apps.protocol.examination import examine
from apps.protocol.frames import Call
from apps.sessions.models import ParkedEvent, Session
from apps.sessions.selectors import SessionFilter, find_session_id, list_sessions
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_odd_readings import MINUTE, T0
from tests.sessions.test_wrong_clocks import text

TX = {"transactionInfo": {"transactionId": "tx-1"}}


@pytest.fixture
def charger(network: Organisation, card: Token) -> Teller:
    return Teller(network, "NAMES", Protocol.OCPP201)


def event(kind: str, minute: int, wh: float, **more: Any) -> dict[str, Any]:
    sampled = {"value": wh, "context": "Sample.Periodic"}
    at = text(T0 + minute * MINUTE)
    return {
        "eventType": kind, "timestamp": at, "seqNo": minute, "triggerReason": "Trigger",
        "transactionInfo": {}, "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "AB12", "type": "ISO14443"},
        "meterValue": [{"timestamp": at, "sampledValue": [sampled]}], **more,
    }  # fmt: skip


def tell(charger: Teller, *events: dict[str, Any]) -> list[Session]:
    for payload in events:
        charger.tell("TransactionEvent", payload, T0 + payload["seqNo"] * MINUTE)
    return list(Session.objects.filter(station_id=charger.ref.id).order_by("pk"))


@pytest.mark.parametrize("named_from", [1, 2, 3, 9])
def test_a_start_without_a_name_is_one_session_with_what_follows(
    charger: Teller, named_from: int
) -> None:
    story = [event("Started", 0, 1_000), event("Started", 0, 1_000)]
    story += [event("Updated", minute, 1_000 + 100 * minute) for minute in (1, 2)]
    story += [event("Ended", 3, 1_300)]
    named = [one | TX if one["seqNo"] >= named_from else one for one in story]
    (session,) = tell(charger, *named)
    assert session.ended_at == T0 + 3 * MINUTE
    assert (session.energy_wh, session.flags) == (300, "")
    assert (session.transaction_id == "tx-1") is (named_from <= 3)
    assert not ParkedEvent.objects.exists()


def test_two_starts_without_a_name_are_two(charger: Teller) -> None:
    first, second = tell(charger, event("Started", 0, 1_000), event("Started", 9, 1_500))
    assert (first.is_estimated, second.ended_at) == (True, None)


@pytest.mark.parametrize(
    "shown",
    [
        {"transactionInfo": {"transactionId": "tx-1", "stoppedReason": "Local"}},
        TX | {"triggerReason": "EVDeparted"},
    ],
)
def test_an_end_that_does_not_say_what_it_is_ends_its_session(
    charger: Teller, shown: dict[str, Any]
) -> None:
    end = event("", 3, 1_300) | shown
    (session,) = tell(charger, event("Started", 0, 1_000) | TX, end)
    assert session.ended_at == T0 + 3 * MINUTE
    assert session.energy_wh == 300


SPELLINGS = [str.lower, str.upper, str.swapcase, lambda name: f" {name}  "]


@pytest.mark.parametrize("respell", SPELLINGS)
def test_a_name_in_other_letters_or_with_blanks_is_the_same(
    charger: Teller, respell: Callable[[str], str]
) -> None:
    name = "3f2504E0-Tx"
    again = {"transactionInfo": {"transactionId": respell(name)}}
    story = [event("Started", 0, 1_000) | {"transactionInfo": {"transactionId": name}}]
    story += [event("Updated", minute, 1_000 + 100 * minute) | again for minute in (1, 2)]
    (session,) = tell(charger, *story, event("Ended", 3, 1_300) | again, story[1], story[0] | again)
    assert session.ended_at == T0 + 3 * MINUTE
    assert (session.energy_wh, session.flags) == (300, "")
    assert session.transaction_id == name, "as its station named it first"


def test_a_name_that_is_used_again_in_other_letters_is_used_again(charger: Teller) -> None:
    upper = {"transactionInfo": {"transactionId": "TX-1"}}
    first = [event("Started", 0, 1_000) | TX, event("Ended", 3, 1_300) | TX]
    second = [event("Started", 60, 1_300) | upper, event("Ended", 63, 1_700) | upper]
    for seq, payload in enumerate((*first, *second, first[1])):
        heard_at = T0 + payload["seqNo"] * MINUTE
        charger.tell("TransactionEvent", payload | {"seqNo": seq % 2}, heard_at)
    one, other = Session.objects.order_by("pk")
    assert (one.energy_wh, other.energy_wh) == (300, 400)
    assert other.transaction_id == "TX-1"


def test_a_session_is_found_by_its_name_in_other_letters(charger: Teller) -> None:
    (session,) = tell(charger, event("Started", 0, 1_000) | TX)
    whose = charger.ref.organisation_id
    person = User.objects.create(organisation_id=whose, username="ada", role="admin")
    assert find_session_id(person, charger.ref.id, "TX-1") == session.pk
    assert list(list_sessions(person, SessionFilter(q="Tx-1"))) == [session]


UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
LONG = f"CP-17/{UUID}"
CUTS = [
    (UUID, f" {UUID} "),
    (UUID, f"{{{UUID}}}"),
    (f"{{{UUID}}}", f"{{{UUID}}}"[:36]),
    (f"{{{UUID}}}"[:36], f"{{{UUID}}}"),
    (UUID, f" {UUID}"[:36]),
    (LONG, LONG[:36]),
    (LONG[:36], LONG),
]


def called(name: str) -> dict[str, Any]:
    """In a message, as the door reads it."""
    sent = {"transactionInfo": {"transactionId": name}}
    call = Call("m", "TransactionEvent", event("Updated", 0, 0) | sent)
    return {"transactionInfo": examine(call, Protocol.OCPP201).call.payload["transactionInfo"]}


@pytest.mark.parametrize(("begun", "goes_on"), CUTS)
def test_a_name_with_something_around_it_or_cut_short_is_the_same(
    charger: Teller, begun: str, goes_on: str
) -> None:
    story = [event("Started", 0, 1_000) | called(begun)]
    story += [event("Updated", minute, 1_000 + 100 * minute) | called(goes_on) for minute in (1, 2)]
    (session,) = tell(charger, *story, event("Ended", 3, 1_300) | called(goes_on))
    assert session.ended_at == T0 + 3 * MINUTE
    assert (session.energy_wh, session.flags) == (300, "")


def test_a_name_that_may_be_cut_is_no_session_that_has_ended_or_has_told_that_number(
    charger: Teller,
) -> None:
    told = [event("Started", 0, 1_000) | called(LONG), event("Updated", 1, 1_100) | called(LONG)]
    first, second = tell(charger, *told, event("Updated", 1, 9_100) | called(LONG[:36]))
    assert (first.energy_wh, second.has_start) == (100, False)


def test_two_long_names_that_begin_alike_are_two(charger: Teller) -> None:
    other = called(f"{LONG[:-1]}2")
    first, second = tell(
        charger, event("Started", 0, 1_000) | called(LONG), event("Updated", 3, 1_300) | other
    )
    assert first.transaction_id != second.transaction_id


@pytest.mark.parametrize("name", ["tx-1", UUID, UUID.upper()])
def test_what_comes_late_of_a_name_used_again_is_of_the_session_before(
    charger: Teller, name: str
) -> None:
    first = [event("Started", 0, 1_000) | called(name), event("Ended", 3, 1_300) | called(name)]
    second = [event("Started", 60, 1_300), event("Ended", 63, 1_700)]
    late = event("Updated", 2, 1_200) | called(name)
    story = [*first, *(one | called(name) for one in second), late]
    for seq, payload in zip((0, 2, 0, 1, 1), story, strict=True):
        charger.tell("TransactionEvent", payload | {"seqNo": seq}, T0 + 70 * MINUTE)
    one, other = Session.objects.order_by("pk")
    assert (one.seqs, other.seqs) == ("0-2", "0-1")
    assert (one.energy_wh, other.energy_wh) == (300, 400)
