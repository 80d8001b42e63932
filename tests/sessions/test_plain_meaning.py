"""Messages about money in odd words: what is plain is billed, and what is not leaves a mark."""

from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_odd_readings import MINUTE, T0
from tests.sessions.test_wrong_clocks import text

HOUR = 60


@pytest.fixture
def charge(network: Organisation, card: Token, tariff: object) -> Any:
    def told(protocol: Protocol, **more: Any) -> Session:
        """An hour and 6 kWh; ``more``: what its readings (2.0.1), or start and stop (1.6) tell."""
        charger = Teller(network, "ODD", protocol)
        for number in range(7):
            minute = 10 * number
            _tell(charger, number, text(T0 + minute * MINUTE), 100_000 + 1_000 * number, more)
        return charger.session

    return told


def _tell(charger: Teller, number: int, at: str, wh: int, more: dict[str, Any]) -> None:
    heard_at = T0 + 10 * number * MINUTE
    if charger.protocol is Protocol.OCPP201:
        kind = {0: "Started", 6: "Ended"}.get(number, "Updated")
        sampled = {"value": wh, "measurand": "Energy.Active.Import.Register"} | more
        charger.tell("TransactionEvent", {
            "eventType": kind, "timestamp": at, "seqNo": number, "triggerReason": "Trigger",
            "transactionInfo": {"transactionId": "tx-1"}, "evse": {"id": 1, "connectorId": 1},
            "meterValue": [{"timestamp": at, "sampledValue": [sampled]}],
            "idToken": {"idToken": "AB12", "type": "ISO14443"},
        }, heard_at)  # fmt: skip
    elif number == 0:
        charger.start(at, more.get("meterStart", wh), heard_at)
    elif number == 6:
        charger.stop(at, more.get("meterStop", wh), heard_at)
    else:
        charger.read(at, wh, heard_at)


@pytest.mark.parametrize(
    "more",
    [
        {"meterStop": "106 kWh"}, {"meterStop": "106000Wh"}, {"meterStart": "100 kWh"},
        {"meterStart": "100000 Wh", "meterStop": "106.000 kWh"},
    ],
)  # fmt: skip
def test_a_register_with_its_unit_is_billed(charge: Any, more: dict[str, Any]) -> None:
    session = charge(Protocol.OCPP16, **more)
    assert (session.energy_wh, session.flags) == (6_000, "")


def test_readings_of_an_unknown_context_are_billed(charge: Any) -> None:
    session = charge(Protocol.OCPP201, context="Sample.Foo")
    assert session.energy_wh == 6_000
    assert (session.ended_at - session.started_at) == HOUR * MINUTE


@pytest.mark.parametrize("more", [{"format": "SignedData"}, {"measurand": "Energy.Active.Net"}])
def test_what_nobody_reads_leaves_a_mark_where_it_is_all_that_is_told(
    charge: Any, more: dict[str, Any]
) -> None:
    session = charge(Protocol.OCPP201, **more)
    assert session.energy_wh == 0
    assert "unread_reading" in session.flags
