"""What nobody asked for waits behind what people want, once, and can be switched off."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.batch.items import Item, Reply
from apps.batch.refs import StationRef
from apps.commands.models import CommandRow
from apps.commands.services import queue
from apps.costs import services as costs
from apps.domain.commands import ResetStation
from apps.domain.events import SessionEnded, SessionStarted, StationBooted, StationConnected
from apps.domain.vocabulary import Protocol
from apps.gateway.delivery import deliver
from apps.gateway.link import Link
from apps.ingest.commit import commit
from apps.protocol.frames import CallResult
from apps.sessions import services as sessions
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests import factories as make
from tests.servers import rows

NOW = datetime.now(UTC)
AGO = NOW - timedelta(hours=2)
CONNECTED = StationConnected("c", "gateway", "ocpp2.0.1", "192.0.2.7", ("ocpp2.0.1",))


@pytest.fixture
def ref(station: Station) -> StationRef:
    Station.objects.update(is_connected=True, protocol="ocpp2.0.1", boot_policy="accepted")
    return find_refs([station.identity])[station.identity]


def tell(ref: StationRef, *events: Any, at: datetime = NOW) -> None:
    for event in events:
        commit([Item(ref, "ocpp2.0.1", "c", at, event=event)], at)


def begun(number: int = 0) -> SessionStarted:
    return SessionStarted(at=AGO, transaction_id="tx", seq=number, evse_id=1)


def asked() -> list[tuple[str, str]]:
    return list(CommandRow.objects.order_by("id").values_list("name", "reason"))


def test_a_station_that_comes_back_a_dozen_times_is_asked_once(ref: StationRef, card: Any) -> None:
    tell(ref, begun(), *[CONNECTED] * 12)
    assert asked() == [
        ("get_transaction_status", "The station reconnected while this session was open")
    ]


def test_a_question_that_expired_unsent_is_asked_again(ref: StationRef, card: Any) -> None:
    tell(ref, begun(), CONNECTED)
    tell(ref, CONNECTED, at=NOW + timedelta(hours=1))
    assert len(asked()) == 2


def test_an_end_that_leaves_a_gap_is_asked_about_once(ref: StationRef, card: Any) -> None:
    end = SessionEnded(at=AGO + timedelta(hours=1), transaction_id="tx", seq=5)
    tell(ref, begun(), end, end)
    assert asked() == [("get_transaction_status", "Messages are missing before its end")]


def test_an_end_that_follows_at_once_is_nothing_to_ask_about(ref: StationRef, card: Any) -> None:
    tell(ref, begun(), SessionEnded(at=AGO + timedelta(hours=1), transaction_id="tx", seq=1))
    assert asked() == []


def test_an_end_that_comes_alone_opens_its_session_and_closes_it(ref: StationRef) -> None:
    tell(ref, SessionEnded(at=AGO, transaction_id="tx", seq=5, evse_id=1))
    assert Session.objects.get().ended_at == AGO
    assert asked() == [("get_transaction_status", "Messages are missing before its end")]


def everything_that_makes_us_ask(ref: StationRef) -> None:
    """A boot of new firmware, a reconnect, silence, a gap, and a display that shows costs."""
    tell(ref, StationBooted("Maker", "Model", firmware="2"), begun(), CONNECTED)
    Session.objects.update(last_received_at=AGO, tariff_version_id=make_tariff(ref).pk)
    sessions.watch_silence(now=NOW)
    shows = {"component": "", "now": NOW}
    make.variable(Station.objects.get(), "CustomDisplayCostAndPrice", "true", **shows)
    costs.tell(now=NOW)
    tell(ref, SessionEnded(at=AGO + timedelta(hours=1), transaction_id="tx", seq=5))


def make_tariff(ref: StationRef) -> Any:
    return make.tariff(Station.objects.get(pk=ref.id).organisation, NOW)


def test_a_laboratory_hears_nothing_that_nobody_asked_for(
    ref: StationRef, card: Any, settings: Any
) -> None:
    settings.OCPP_READ_ON_BOOT = False
    everything_that_makes_us_ask(ref)
    assert asked() == []


def test_elsewhere_all_of_it_is_asked_and_told(ref: StationRef, card: Any) -> None:
    everything_that_makes_us_ask(ref)
    actors = set(CommandRow.objects.values_list("actor", "is_unasked"))
    assert actors == {
        ("onboarding", True), ("reconciliation", True), ("watchdog", True), ("pricing", True),
    }  # fmt: skip


class Door:
    """Commits each item at once."""

    async def submit(self, given: Item) -> Reply | None:
        return (await rows(lambda: commit([given], given.received_at)))[0]


async def test_what_a_person_wants_goes_before_what_nobody_asked_for(
    transactional_db: None, station: Station, card: Any
) -> None:
    ref = (await rows(lambda: find_refs([station.identity])))[station.identity]

    def prepare() -> None:
        now = datetime.now(UTC)  # a question of ours does not wait for long
        tell(ref, begun(), CONNECTED, at=now)
        queue(
            organisation_id=ref.organisation_id, station_id=ref.id, identity=ref.identity,
            command=ResetStation(), now=now,
        )  # fmt: skip

    await rows(prepare)
    sent: list[str] = []

    async def take(text: str) -> None:
        _, message_id, action, _ = json.loads(text)
        sent.append(action)
        answer = {"messagesInQueue": False} if action != "Reset" else {"status": "Accepted"}
        link.pending.settle(CallResult(message_id, answer))

    async def close(_code: int) -> None:
        """Nothing to close."""

    link = Link(ref, Protocol.OCPP201, "c", take, close)
    await deliver(link, Door())
    assert sent == ["Reset", "GetTransactionStatus"]
