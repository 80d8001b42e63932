"""A bill that is made anew of all that is stored is the one that was made as it came."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.checking import bills_anew
from apps.sessions.models import Session
from tests import factories as make
from tests.sessions.story import Teller

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card", "tariff")]


def stamp(number: float) -> str:
    return (NOW - number * MINUTE).isoformat().replace("+00:00", "Z")


def differing() -> list[int]:
    """Which sessions would be billed otherwise now."""
    anew = bills_anew(list(Session.objects.values_list("pk", flat=True)), now=NOW + 60 * MINUTE)
    return [pk for pk, one in anew.items() if one.before != one.after]


def told(charger: Teller, order: tuple[str, ...]) -> None:
    """Two sessions on one connector at once, of two cards, in a replay."""
    ids: dict[str, int] = {}

    def start(name: str, at: float, wh: int, card: str, heard_at: datetime) -> None:
        body = {"connectorId": 1, "idTag": card, "meterStart": wh, "timestamp": stamp(at)}
        charger.tell("StartTransaction", body, heard_at)
        ids[name] = int(charger.session.transaction_id)

    def stop(name: str, at: float, wh: int, heard_at: datetime) -> None:
        body = {"transactionId": ids[name], "meterStop": wh, "timestamp": stamp(at)}
        charger.tell("StopTransaction", body, heard_at)

    steps: dict[str, Callable[[datetime], None]] = {
        "start 1": lambda at: start("1", 60, 1_000, "AB12", at),
        "start 2": lambda at: start("2", 30, 4_000, "CD34", at),
        "stop 1": lambda at: stop("1", 2, 6_500, at),
        "stop 2": lambda at: stop("2", 5, 6_000, at),
    }
    for number, name in enumerate(order):
        steps[name](NOW + number * SECOND)


STEPS = ("start 1", "start 2", "stop 1", "stop 2")
ORDERS = [
    order
    for order in permutations(STEPS)
    if order.index("start 1") < order.index("stop 1")
    and order.index("start 2") < order.index("stop 2")
]


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_two_sessions_at_once_are_billed_alike_as_they_come_and_anew(
    network: Organisation, order: tuple[str, ...]
) -> None:
    make.token(network, "CD34")
    told(Teller(network, "CP1", Protocol.OCPP16), order)
    assert Session.objects.count() == 2
    assert differing() == []


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize("order", list(permutations([(10, 6_000), (5, 9_000), (20, 3_000)])))
def test_of_stops_that_differ_one_counts_as_a_whole(
    network: Organisation, protocol: Protocol, order: tuple[tuple[int, int], ...]
) -> None:
    charger = Teller(network, "CP1", protocol)
    charger.start(stamp(60), 1_000, NOW - 60 * MINUTE)
    for number, (at, wh) in enumerate(order):
        charger.stop(stamp(at), wh, NOW + number * SECOND)
    session = charger.session
    assert (session.ended_at, session.meter_stop_wh) == (NOW - 20 * MINUTE, 3_000)
    assert (session.energy_wh, session.flags) == (2_000, "two_stops")
    assert differing() == []
