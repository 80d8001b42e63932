"""Events that fit nowhere are kept once; a stop that was told before is no news."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Frame, Item, Reply
from apps.batch.refs import StationRef
from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec
from apps.sessions.models import ParkedEvent, Session
from apps.stations.refs import find_refs
from tests.servers import register

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ref(network: Organisation) -> StationRef:
    return find_refs([register(network, "CP1").identity])["CP1"]


def clock(minutes: float, year: int = 2025) -> str:
    at = NOW.replace(year=year, hour=8) + timedelta(minutes=minutes)
    return at.isoformat().replace("+00:00", "Z")


def say(ref: StationRef, *calls: tuple[str, dict[str, Any]], at: datetime = NOW) -> list[Answer]:
    """Commit what a 1.6 station says, all in one batch."""
    told: list[Answer] = []

    def write(answer: Answer) -> Reply:
        told.append(answer)
        return Reply("ok", "{}")

    commit([_item(ref, action, payload, at, write) for action, payload in calls], at)
    return told


def _item(ref: StationRef, action: str, payload: Any, at: datetime, write: Any) -> Item:
    event: Event = codec(Protocol.OCPP16).read(action, payload, at)
    frame = Frame("in", action, "m", repr(payload))
    return Item(ref, Protocol.OCPP16, "socket", at, event, frame, write=write)


def start(minutes: float, connector: int = 1, wh: int = 0, **more: Any) -> tuple[str, Any]:
    payload = {"connectorId": connector, "idTag": "AB12", "meterStart": wh}
    return "StartTransaction", {**payload, "timestamp": clock(minutes, **more)}


def stop(minutes: float, wh: int, transaction: int = 0, **more: Any) -> tuple[str, Any]:
    payload = {"transactionId": transaction, "meterStop": wh}
    return "StopTransaction", {**payload, "timestamp": clock(minutes, **more)}


def test_a_stop_that_fits_nowhere_is_kept_once_however_often_it_comes(ref: StationRef) -> None:
    say(ref, stop(10, 500), stop(10, 500))
    say(ref, stop(10, 500), at=NOW + timedelta(minutes=5))
    assert ParkedEvent.objects.count() == 1
    say(ref, stop(11, 500))
    assert ParkedEvent.objects.count() == 2


@pytest.mark.parametrize("sentinel", [0, -1])
def test_the_stop_that_ended_a_session_may_be_repeated(ref: StationRef, sentinel: int) -> None:
    say(ref, start(0))
    say(ref, stop(10, 500, sentinel))
    say(ref, stop(10, 500, sentinel), at=NOW + timedelta(minutes=5))
    assert Session.objects.get().energy_wh == 500
    assert not ParkedEvent.objects.exists()


def test_a_repeated_stop_ends_no_other_session(ref: StationRef) -> None:
    say(ref, start(0, connector=1))
    say(ref, stop(10, 500))
    say(ref, start(5, connector=2))
    say(ref, stop(10, 500), at=NOW + timedelta(minutes=5))
    assert Session.objects.get(evse_id=2).ended_at is None
    assert not ParkedEvent.objects.exists()


def test_start_stop_and_the_stop_again_in_one_batch_are_one_session(ref: StationRef) -> None:
    say(ref, start(0), stop(10, 500), stop(10, 500))
    assert Session.objects.get().ended_at is not None
    assert not ParkedEvent.objects.exists()


def test_a_replay_by_a_wrong_clock_keeps_its_energy_and_says_so(ref: StationRef) -> None:
    values = [
        ("MeterValues", {
            "connectorId": 1, "meterValue": [
                {"timestamp": clock(minute, 1970), "sampledValue": [{"value": str(wh)}]}
            ],
        })
        for minute, wh in ((10, 4_000), (20, 8_000))
    ]  # fmt: skip
    replay = [start(0, year=1970), *values, stop(30, 12_000, year=1970)]
    for second, call in enumerate(replay):
        say(ref, call, at=NOW + timedelta(seconds=second))
    row = Session.objects.get()
    assert row.energy_wh == 12_000
    assert "clock" in row.flags.split()
    say(ref, replay[-1], at=NOW + timedelta(minutes=9))
    assert not ParkedEvent.objects.exists()


def test_a_true_clock_carries_no_mark(ref: StationRef) -> None:
    say(ref, start(0), stop(10, 500))
    assert "clock" not in Session.objects.get().flags.split()
