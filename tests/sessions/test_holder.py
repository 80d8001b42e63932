"""Whose a session is: of a card that was refused and one that was accepted it is the second's."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_odd_readings import T0
from tests.sessions.test_wrong_clocks import text

REFUSED, ACCEPTED = "FFFF", "AB12"


def event(seq: int, kind: str, uid: str = "", trigger: str = "Authorized") -> dict[str, Any]:
    payload: dict[str, Any] = {
        "eventType": kind, "timestamp": text(T0 + seq * timedelta(seconds=20)), "seqNo": seq,
        "triggerReason": trigger, "transactionInfo": {"transactionId": "tx-1"},
        "evse": {"id": 1, "connectorId": 1},
    }  # fmt: skip
    return payload | ({"idToken": {"idToken": uid, "type": "ISO14443"}} if uid else {})


def told(network: Organisation, identity: str, events: list[dict[str, Any]]) -> Session:
    charger = Teller(network, identity, Protocol.OCPP201)
    for number, payload in enumerate(events):
        charger.tell("TransactionEvent", payload, T0 + timedelta(minutes=1, seconds=number))
    return charger.session


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_card_that_was_accepted_wins_in_any_order(
    network: Organisation, card: Token, order: tuple[int, ...]
) -> None:
    story = [
        event(0, "Started", trigger="CablePluggedIn"),
        event(1, "Updated", REFUSED),
        event(2, "Updated", ACCEPTED),
        event(3, "Ended", trigger="EVDeparted"),
    ]
    session = told(network, "ORDER", [story[number] for number in (*order, 1)])
    assert (session.token_uid, session.token_id) == (ACCEPTED, card.pk)
    assert "unauthorised" not in session.flags.split()


@pytest.mark.parametrize(
    ("cards", "holder", "is_refused"),
    [
        ([REFUSED, "EEEE"], REFUSED, True),
        ([ACCEPTED, REFUSED], ACCEPTED, False),
        ([ACCEPTED, "CD34"], ACCEPTED, False),
        ([REFUSED, "CD34", ACCEPTED], "CD34", False),
    ],
)
def test_of_cards_that_are_worth_the_same_it_is_the_first(
    network: Organisation, card: Token, cards: list[str], holder: str, is_refused: bool
) -> None:
    Token.objects.create(organisation=network, uid="CD34", type="ISO14443", status="accepted")
    story = [event(0, "Started", trigger="CablePluggedIn")]
    story += [event(number + 1, "Updated", uid) for number, uid in enumerate(cards)]
    session = told(network, "FIRST", story)
    assert session.token_uid == holder
    assert ("unauthorised" in session.flags.split()) is is_refused


def test_a_card_that_only_stops_it_does_not_take_it_over(
    network: Organisation, card: Token
) -> None:
    story = [
        event(0, "Started", REFUSED),
        event(1, "Updated", ACCEPTED, trigger="StopAuthorized"),
        event(2, "Ended", ACCEPTED, trigger="StopAuthorized"),
    ]
    session = told(network, "STOP", story)
    assert session.token_uid == REFUSED
    assert "unauthorised" in session.flags.split()
