"""One transaction for many events; the poison is found, refused and kept, the rest is applied."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from apps.accounts.models import Organisation
from apps.batch.items import Frame, Item, Reply
from apps.batch.refs import StationRef
from apps.domain.answers import Answer, Refusal, SessionAnswer, TokenAnswer
from apps.domain.events import (
    HeartbeatReceived,
    SessionEnded,
    SessionStarted,
    SessionUpdated,
    Token,
    TokenPresented,
)
from apps.domain.vocabulary import Protocol, TokenStatus
from apps.ingest import commit as committing
from apps.ingest.commit import commit
from apps.journal.models import Message
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.servers import register

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
BEGAN_AT = NOW - timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ref(network: Organisation) -> StationRef:
    return find_refs([register(network, "CP1").identity])["CP1"]


@pytest.fixture
def gone(network: Organisation) -> StationRef:
    """A station whose row was removed while its socket was open."""
    ref = find_refs([register(network, "GONE").identity])["GONE"]
    Station.objects.filter(pk=ref.id).delete()
    return ref


def write(answer: Answer) -> Reply:
    if isinstance(answer, Refusal):
        return Reply("refused", answer.code, "error", answer.code)
    return Reply("accepted", repr(answer))


def item(ref: StationRef, event: Any, message_id: str = "m") -> Item:
    frame = Frame("in", type(event).__name__, message_id, "{}")
    return Item(ref, Protocol.OCPP201, "socket", NOW, event, frame, write=write)


def started(transaction_id: str, **more: Any) -> SessionStarted:
    return SessionStarted(at=BEGAN_AT, transaction_id=transaction_id, seq=0, evse_id=1, **more)


def test_replies_come_in_the_order_of_the_items(ref: StationRef) -> None:
    answers: list[Answer] = []
    tokens = [TokenPresented(Token(f"T{n}", "Central")) for n in range(5)]
    items = [item(ref, event) for event in tokens]
    for one in items:
        one.write = lambda answer: (answers.append(answer), Reply("", ""))[1]
    replies = commit(items, NOW)
    assert len(replies) == 5
    assert answers == [TokenAnswer(TokenStatus.UNKNOWN)] * 5


def test_a_poison_event_is_refused_alone_and_kept(ref: StationRef, gone: StationRef) -> None:
    items = [item(ref, started(f"tx-{n}"), f"m{n}") for n in range(7)]
    items.insert(4, item(gone, started("poison"), "poison"))
    replies = commit(items, NOW)
    assert [reply.frame for reply in replies if reply] == [
        *["accepted"] * 4, "refused", *["accepted"] * 3,
    ]  # fmt: skip
    assert replies[4] is not None
    assert replies[4].error_code == "InternalError"
    assert Session.objects.count() == 7
    kept = Message.objects.get(message_id="poison")
    assert (kept.result, kept.error_code, kept.station_id) == ("error", "InternalError", gone.id)
    assert "IntegrityError" in kept.notes
    assert Message.objects.count() == 8


def test_a_poison_event_that_cannot_be_kept_takes_nobody_with_it(
    ref: StationRef, gone: StationRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise DatabaseError("not even this")

    monkeypatch.setattr(Message.objects, "create", fail)
    items = [item(ref, started("tx"), "m0"), item(gone, started("poison"), "poison")]
    assert [reply.frame for reply in commit(items, NOW) if reply] == ["accepted", "refused"]


def test_a_name_that_no_database_can_hold_is_kept_without_it(ref: StationRef) -> None:
    odd = item(ref, HeartbeatReceived())
    odd.frame = Frame("in", "Heart\x00beat", "m\x00", "{}", notes="odd \x00")
    commit([odd, item(ref, HeartbeatReceived(), "plain")], NOW)
    assert {m.result for m in Message.objects.all()} == {"ok"}
    assert Message.objects.filter(action="Heart\ufffdbeat").exists()


def test_nothing_of_a_failed_batch_is_written_twice(ref: StationRef, gone: StationRef) -> None:
    items = [item(ref, HeartbeatReceived(), f"m{n}") for n in range(5)]
    commit([*items, item(gone, started("poison"), "poison")], NOW)
    assert sorted(Message.objects.values_list("message_id", flat=True)) == [
        "m0", "m1", "m2", "m3", "m4", "poison",
    ]  # fmt: skip


def test_a_row_that_another_gateway_wrote_first_is_found_at_the_second_try(
    ref: StationRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = committing._apply, iter([DatabaseError("unique"), DatabaseError("unique")])

    def once_taken(items: list[Item], now: datetime) -> list[Reply | None]:
        for failure in failures:
            raise failure
        return real(items, now)

    monkeypatch.setattr(committing, "_apply", once_taken)
    (reply,) = commit([item(ref, started("tx-1"))], NOW)
    assert reply is not None
    assert reply.frame == "accepted"
    assert Session.objects.count() == 1


def test_the_whole_life_of_a_session_may_come_in_one_batch(ref: StationRef) -> None:
    token = Token("AB12", "Central")
    events = [
        started("tx-1", token=token),
        SessionUpdated(at=BEGAN_AT + timedelta(minutes=1), transaction_id="tx-1", seq=1),
        started("tx-1", token=token),
        SessionEnded(at=NOW, transaction_id="tx-1", seq=2, stop_reason="Remote"),
    ]
    commit([item(ref, event) for event in events], NOW)
    row = Session.objects.get()
    assert (row.state, row.seqs, row.stop_reason) == ("ended", "0-2", "Remote")
    assert set(Message.objects.values_list("session_id", flat=True)) == {row.pk}


def test_two_1_6_starts_of_one_batch_with_one_key_are_one_session(ref: StationRef) -> None:
    told: list[str | None] = []

    def note(answer: Answer) -> Reply:
        assert isinstance(answer, SessionAnswer)
        told.append(answer.transaction_id)
        return Reply("", "")

    start = SessionStarted(at=BEGAN_AT, evse_id=1, token=Token("AB12"), natural_key="1|ab12|t|0")
    items = [Item(ref, Protocol.OCPP16, "s", NOW, start, write=note) for _ in range(2)]
    commit(items, NOW)
    assert len(set(told)) == 1
    assert Session.objects.get().transaction_id == told[0]


def test_an_unheard_of_event_is_acknowledged(ref: StationRef) -> None:
    from apps.domain.events import Noted

    (reply,) = commit([item(ref, Noted("NotifyChargingLimit"))], NOW)
    assert reply is not None
    assert reply.frame == "accepted"


@pytest.fixture(autouse=True)
def _quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A poison event is logged with its trace; here it is expected."""
    with caplog.at_level("CRITICAL", logger="apps.ingest.commit"):
        yield
