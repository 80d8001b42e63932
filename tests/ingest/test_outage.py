"""A database that is away is nobody's poison: a batch waits for it together, and for so long."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import OperationalError

from apps.accounts.models import Organisation
from apps.batch.items import Frame, Item, Reply
from apps.batch.refs import StationRef
from apps.domain.events import HeartbeatReceived
from apps.domain.vocabulary import Protocol
from apps.gateway import hub as hubs
from apps.gateway.consumers import StationConsumer
from apps.ingest import commit as committing
from apps.ingest.commit import commit
from apps.journal.models import Message
from apps.stations.refs import find_refs
from ocpp_platform import threads
from ocpp_platform.threads import DatabaseAway
from tests.servers import register

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
away = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> Iterator[None]:
    monkeypatch.setattr(threads, "WAITS_S", (0, 0))
    monkeypatch.setattr(threads, "_hopeless", threads.threading.local())
    with caplog.at_level("CRITICAL"):
        yield


@pytest.fixture
def items(network: Organisation) -> list[Item]:
    ref = find_refs([register(network, "CP1").identity])["CP1"]
    return [
        Item(ref, Protocol.OCPP201, "socket", NOW, HeartbeatReceived(),
             Frame("in", "Heartbeat", f"m{n}", "{}"), write=lambda answer: Reply("ok", "{}"))
        for n in range(8)
    ]  # fmt: skip


class Failing:
    """``commit._apply`` that fails with the given errors first; ``sizes`` of what it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *errors: Exception) -> None:
        self.sizes: list[int] = []
        self._errors, self._real = list(errors), committing._apply
        monkeypatch.setattr(committing, "_apply", self)

    def __call__(self, items: list[Item], now: datetime) -> list[Reply | None]:
        self.sizes.append(len(items))
        if self._errors:
            raise self._errors.pop(0)
        return self._real(items, now)


def caused_by(cause: Exception) -> OperationalError:
    error = OperationalError("x")
    error.__cause__ = cause
    return error


@away
def test_a_batch_waits_together_and_is_never_halved(
    items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(monkeypatch, *[OperationalError("gone")] * 99)
    with pytest.raises(DatabaseAway):
        commit(items, NOW)
    assert failing.sizes == [8, 8, 8]
    with pytest.raises(DatabaseAway):
        commit(items, NOW)
    assert failing.sizes == [8] * 4, "after an outage one try is enough until it is back"


@away
def test_a_database_that_returns_in_time_takes_the_whole_batch(
    items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(monkeypatch, OperationalError("gone"), OperationalError("gone"))
    assert len(commit(items, NOW)) == 8
    assert failing.sizes == [8, 8, 8]
    assert Message.objects.count() == 8


@away
def test_a_commit_whose_confirmation_was_lost_keeps_no_frame_twice(
    items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lost = committing._apply, [OperationalError("gone")]

    def commit_and_lose(items: list[Item], now: datetime) -> list[Reply | None]:
        replies = real(items, now)
        if lost:
            raise lost.pop()
        return replies

    monkeypatch.setattr(committing, "_apply", commit_and_lose)
    assert [reply.frame for reply in commit(items, NOW) if reply] == ["ok"] * 8
    assert Message.objects.count() == 8


@away
def test_the_patience_is_bounded_whatever_the_tries_take(
    items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "PATIENCE_S", -1)
    failing = Failing(monkeypatch, OperationalError("gone"), OperationalError("gone"))
    with pytest.raises(DatabaseAway):
        commit(items, NOW)
    assert failing.sizes == [8]


@away
def test_an_error_about_the_rows_is_poison_at_once(
    items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    too_long = psycopg.errors.ProgramLimitExceeded()
    failing = Failing(monkeypatch, caused_by(too_long))
    assert len(commit(items, NOW)) == 8
    assert failing.sizes == [8, 4, 4]


@pytest.mark.parametrize(
    ("cause", "is_away"),
    [
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.ReadOnlySqlTransaction(), True),
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.errors.ProgramLimitExceeded(), False),
    ],
)
def test_the_state_tells_who_is_to_blame(cause: Exception, is_away: bool) -> None:
    assert threads.is_away(caused_by(cause)) is is_away


async def test_a_handshake_that_breaks_off_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = Away(StationRef(1, 1, 1, "CP1"))

    async def fail(link: Any) -> None:
        raise ConnectionError

    hub.add = fail  # type: ignore[method-assign]
    started, _ = await served(hub, monkeypatch)
    assert started["status"] == 503
    assert hub.turned_away == ["unforeseen"]
    assert len(hub.removed) == 1


class Away:
    """A hub, a door and a register behind which no database is."""

    name, is_full, handshakes = "here", False, 0

    def __init__(self, known: StationRef | None) -> None:
        self.register = self.door = self.strangers = self
        self.turned_away: list[str] = []
        self._known = known
        self.removed: list[Any] = []

    async def submit(self, given: Any) -> Any:
        if isinstance(given, tuple) and self._known is not None:
            return self._known
        raise DatabaseAway

    async def tell(self, link: Any, event: Any, at: datetime) -> None:
        if self.removed:
            raise DatabaseAway

    async def add(self, link: Any) -> None: ...

    def may_knock(self, _handshake: Any) -> bool:
        return False

    def note_verdict(self, _handshake: Any, _ref: Any, _verdict: Any) -> None: ...

    async def turn_away(self, refused: Any, _knock: Any, _ref: Any) -> Any:
        self.turned_away.append(refused.reason)
        return refused

    def remove(self, link: Any) -> None:
        self.removed.append(link)


async def served(hub: Away, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a socket of CP1 is sent that says one frame."""
    monkeypatch.setattr(hubs, "current", lambda: hub)
    told = iter([
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": '[2,"m","Heartbeat",{}]'},
    ])  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(told)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "path": "/ocpp/CP1", "headers": [], "subprotocols": ["ocpp2.0.1"],
        "extensions": {"websocket.http.response": {}},
    }  # fmt: skip
    await StationConsumer()(scope, receive, send)
    return sent


async def test_a_station_whose_frame_cannot_be_kept_is_sent_away_unanswered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = Away(StationRef(1, 1, 1, "CP1"))
    accepted, closed = await served(hub, monkeypatch)
    assert accepted["type"] == "websocket.accept"
    assert closed == {"type": "websocket.close", "code": 1013}
    assert len(hub.removed) == 1


async def test_a_station_that_cannot_be_looked_up_shall_come_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started, _ = await served(Away(None), monkeypatch)
    assert started["status"] == 503
    assert b"retry-after" in dict(started["headers"])
