"""Plugs of which no card was let charge: nothing is billed, and each is one attempt."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.attempts.attempt import Attempt, Outcome, Wanted
from apps.attempts.selectors import list_attempts
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.telling.selectors import tell
from apps.tokens.models import Token
from tests import factories as make
from tests.attempts.test_attempts import MINUTE, NOW
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import text

pytestmark = pytest.mark.usefixtures("card", "tariff")
LATER = NOW + timedelta(minutes=60)


def attempts(network: Organisation, **wanted: Any) -> list[Attempt]:
    owner = make.user(network, f"owner-{len(wanted)}", Role.ADMIN)
    return list_attempts(owner, Wanted(**wanted), now=LATER, limit=50)[0]


def plugged(network: Organisation, *, card: str = "", wh: float = 1_000) -> Session:
    """For twenty minutes at a 2.0.1 station; ``card``: shown after one of them."""
    charger = Teller(network, "CP1", Protocol.OCPP201)
    story = [
        ("Started", "CablePluggedIn", 0, 1_000), ("Updated", "Authorized", 1, 1_000),
        ("Ended", "EVCommunicationLost", 20, wh),
    ]  # fmt: skip
    for number, (kind, trigger, minutes, register) in enumerate(story):
        at = NOW + minutes * MINUTE
        if kind == "Updated" and not card:
            continue
        shown = {"idToken": {"idToken": card, "type": "ISO14443"}} if kind == "Updated" else {}
        sampled = [{"value": register, "measurand": "Energy.Active.Import.Register"}]
        charger.tell("TransactionEvent", {
            "eventType": kind, "triggerReason": trigger, "seqNo": number, "timestamp": text(at),
            "evse": {"id": 1, "connectorId": 1}, "transactionInfo": {
                "transactionId": "tx-1", "chargingState": "EVConnected"},
            "meterValue": [{"timestamp": text(at), "sampledValue": sampled}], **shown,
        }, at)  # fmt: skip
    return charger.session


def test_a_plug_without_a_card_never_started_and_costs_nothing(network: Organisation) -> None:
    session = plugged(network)
    assert session.price_incl_vat == Decimal(0)
    (one,) = attempts(network)
    assert (one.outcome, one.session_id, one.evse_id) == (Outcome.NOT_STARTED, session.pk, 1)
    assert attempts(network, outcome="not_started") == [one]
    assert attempts(network, outcome="no_energy", token="") == []
    told = tell(make.user(network, "support", Role.SUPPORT), session, now=LATER)
    assert told.findings[0].advice == (
        "No card was told for it: it may never have been let charge."
    )


def test_a_plug_whose_card_was_refused_costs_nothing(network: Organisation) -> None:
    session = plugged(network, card="FFFF")
    assert (session.price_incl_vat, "unauthorised" in session.flags) == (Decimal(0), True)


@pytest.mark.parametrize(("shown", "wh"), [("AB12", 1_000), ("FFFF", 3_000), ("", 3_000)])
def test_who_was_let_in_or_took_energy_is_billed(
    network: Organisation, shown: str, wh: float
) -> None:
    price = plugged(network, card=shown, wh=wh).price_incl_vat
    assert price is not None
    assert price > 0


@pytest.mark.parametrize("gain_wh", [0, 900])
@pytest.mark.parametrize("late", [0, 100])
def test_a_card_that_a_1_6_start_was_refused_with_is_one_attempt_where_and_when_it_was(
    network: Organisation, card: Token, late: float, gain_wh: float
) -> None:
    charger, heard_at = Teller(network, "CP1", Protocol.OCPP16), NOW + late * MINUTE
    start = {"connectorId": 2, "idTag": "FFFF", "meterStart": 1_000, "timestamp": text(NOW)}
    charger.tell("StartTransaction", start, heard_at)
    charger.stop(text(NOW + MINUTE), 1_000 + gain_wh, heard_at + timedelta(seconds=1))
    (one,) = attempts(network)
    assert (one.outcome, one.at) == (Outcome.REFUSED, NOW)
    assert (one.evse_id, one.session_id) == (2, charger.session.pk)
