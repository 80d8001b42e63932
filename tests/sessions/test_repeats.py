"""Sessions of 1.6 that are told again in other words: the same one, and no other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec
from apps.sessions.models import Session
from tests import factories
from tests.sessions.story import Teller

BEGAN_AT = datetime(2026, 11, 20, 8, 0, 0, 480_000, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEARD_AT = BEGAN_AT + 3 * HOUR
CARD = "04A1B2C3D4E580"


@pytest.fixture
def charger(network: Organisation, tariff: object) -> Teller:
    factories.token(network, CARD)
    return Teller(network, "AGAIN", Protocol.OCPP16)


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def tell(charger: Teller, began_at: datetime, **told: Any) -> Session:
    """All of a session, long after it: the one that its start was answered with."""
    start = {"connectorId": 1, "idTag": CARD, "meterStart": 51_234, "timestamp": stamp(began_at)}
    begun = codec(Protocol.OCPP16).read("StartTransaction", start | told, HEARD_AT)
    item = Item(charger.ref, Protocol.OCPP16, "socket", HEARD_AT, begun)
    item.write = lambda answer: answer  # type: ignore[assignment,return-value]
    (answer,) = commit([item], HEARD_AT)
    charger.session = Session.objects.get(transaction_id=answer.transaction_id)  # type: ignore[union-attr]
    for number in range(1, 6):
        charger.read(stamp(began_at + number * HOUR / 6), 51_234 + 839 * number, HEARD_AT)
    charger.stop(stamp(began_at + HOUR), 56_267, HEARD_AT)
    charger.session.refresh_from_db()
    return charger.session


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (timedelta(), {"idTag": "04:a1:b2:c3:d4:e5:80"}),
        (timedelta(), {"idTag": CARD.lower()}),
        (timedelta(), {"meterStart": 51_234.0}),
        (timedelta(microseconds=-480_000), {}),
        (timedelta(microseconds=-480_000), {"idTag": "04 A1 B2 C3 D4 E5 80"}),
    ],
)
def test_a_session_that_is_told_again_in_other_words_is_the_same(
    charger: Teller, later: timedelta, told: dict[str, Any]
) -> None:
    first = tell(charger, BEGAN_AT)
    assert tell(charger, BEGAN_AT + later, **told) == first
    session = Session.objects.get()
    assert (session.energy_wh, session.flags) == (5_033, "")
    assert abs((session.ended_at - session.started_at) - HOUR) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (timedelta(), {"idTag": "04A1B2C3D4E581"}),
        (timedelta(), {"connectorId": 2}),
        (timedelta(), {"meterStart": 51_235}),
        (timedelta(seconds=2), {}),
    ],
)
def test_what_differs_in_more_than_words_is_another(
    charger: Teller, later: timedelta, told: dict[str, Any]
) -> None:
    first = tell(charger, BEGAN_AT)
    assert tell(charger, BEGAN_AT + later, **told) != first


def test_looking_for_a_start_told_before_costs_a_batch_one_question(charger: Teller) -> None:
    def started(number: int) -> int:
        read, starts = codec(Protocol.OCPP16).read, []
        for connector in range(1, number + 1):
            at = stamp(BEGAN_AT + number * HOUR)
            start = {"connectorId": connector, "idTag": CARD, "meterStart": 1, "timestamp": at}
            event = read("StartTransaction", start, HEARD_AT + 9 * HOUR)
            starts.append(Item(charger.ref, Protocol.OCPP16, "socket", HEARD_AT, event))
        with CaptureQueriesContext(connection) as asked:
            commit(starts, HEARD_AT + 9 * HOUR)
        return sum("BETWEEN" in one["sql"] and "started_at" in one["sql"] for one in asked)

    assert (started(1), started(6)) == (1, 1)
