"""Only the stop came: a session as far as it tells of one, and never a second one."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import MINUTE, NOW, network, text

__all__ = ["network"]
BEGAN = NOW - 60 * MINUTE


@pytest.fixture
def charger(network: Organisation) -> Teller:
    return Teller(network, "STOP", Protocol.OCPP16)


def stop(transaction: int = 4711, *, data: bool = True, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"transactionId": transaction, "meterStop": 15_000, "idTag": "AB12"}
    told |= {"timestamp": text(NOW), "reason": "Local"}
    if data:
        told["transactionData"] = [
            {"timestamp": text(at), "sampledValue": [{"value": str(wh), "context": context}]}
            for at, wh, context in (
                (BEGAN, 5_000, "Transaction.Begin"),
                (BEGAN + 30 * MINUTE, 10_000, "Sample.Periodic"),
                (NOW, 15_000, "Transaction.End"),
            )
        ]
    return told | more


def starts(charger: Teller, wh: float = 5_000) -> None:
    charger.start(text(BEGAN), wh, NOW + 5 * MINUTE)


def sessions(charger: Teller) -> list[Session]:
    return list(Session.objects.filter(station_id=charger.ref.id).order_by("pk"))


@pytest.mark.parametrize("transaction", [4711, 0, -1, 3_000_000])
def test_what_its_own_readings_show_is_billed(charger: Teller, transaction: int) -> None:
    for later in range(2):
        charger.tell("StopTransaction", stop(transaction), NOW + later * MINUTE)
    (session,) = sessions(charger)
    assert (session.started_at, session.ended_at) == (BEGAN, NOW)
    assert (session.energy_wh, session.token_uid, session.flags) == (10_000, "AB12", "no_start")
    assert session.price_incl_vat == Decimal("6.200")


def test_without_readings_it_costs_nothing_and_is_marked(charger: Teller) -> None:
    charger.tell("StopTransaction", stop(data=False), NOW)
    (session,) = sessions(charger)
    assert (session.energy_wh, session.price_incl_vat) == (0, Decimal(0))
    assert {"no_start", "no_energy"} <= set(session.flags.split())


@pytest.mark.parametrize("data", [True, False])
@pytest.mark.parametrize("transaction", [4711, 0, 3_000_000])
def test_a_start_that_comes_later_joins_it(charger: Teller, transaction: int, data: bool) -> None:
    charger.tell("StopTransaction", stop(transaction, data=data), NOW)
    starts(charger)
    starts(charger)
    (session,) = sessions(charger)
    assert (session.started_at, session.ended_at) == (BEGAN, NOW)
    assert (session.energy_wh, session.flags, session.evse_id) == (10_000, "", 1)
    assert session.price_incl_vat == Decimal("6.200")


@pytest.mark.parametrize("wh", [1_000, 16_000])
def test_a_start_that_its_register_refutes_is_another(charger: Teller, wh: float) -> None:
    charger.tell("StopTransaction", stop(), NOW)
    starts(charger, wh)
    assert [session.has_start for session in sessions(charger)] == [False, True]


def test_a_stop_that_may_be_of_a_session_here_makes_no_second(charger: Teller) -> None:
    charger.start(text(BEGAN), 5_000, BEGAN)
    charger.tell("StopTransaction", stop(99, idTag="OTHER"), NOW)
    charger.stop(text(NOW - MINUTE), 14_900, NOW)
    charger.tell("StopTransaction", stop(77), NOW + timedelta(seconds=9))
    (session,) = sessions(charger)
    assert (session.energy_wh, session.has_start) == (9_900, True)


def test_a_stop_that_tells_nothing_but_an_end_is_parked(charger: Teller) -> None:
    charger.tell("StopTransaction", {"transactionId": -1, "timestamp": text(NOW)}, NOW)
    assert sessions(charger) == []
