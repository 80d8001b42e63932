"""Silence is asked about before it is taken for an end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.commands.models import CommandRow
from apps.domain.events import ConnectorStatusChanged, Sample, SessionEnded, SessionStarted
from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.ingest.commit import commit
from apps.sessions import services
from apps.sessions.models import Session
from apps.sessions.watchdog import Patience, Quiet, Verdict, judge
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.servers import register
from tests.sessions.strategies import at

PATIENCE = Patience(silence_s=300, grace_s=100, offline_s=10_000)


def quiet(**more: Any) -> Quiet:
    return Quiet(**({"last_received_at": at(0), "asked_at": None, "is_connected": True} | more))


@pytest.mark.parametrize(
    ("known", "second", "verdict"),
    [
        (quiet(), 300, Verdict.LEAVE),
        (quiet(), 301, Verdict.ASK),
        (quiet(is_connected=False), 10_000, Verdict.LEAVE),
        (quiet(is_connected=False), 10_001, Verdict.CLOSE),
        (quiet(asked_at=at(301)), 401, Verdict.LEAVE),
        (quiet(asked_at=at(301)), 402, Verdict.CLOSE),
        (quiet(asked_at=at(-50)), 301, Verdict.ASK),
        (quiet(connector_status="Available", connector_status_at=at(10)), 110, Verdict.LEAVE),
        (quiet(connector_status="Available", connector_status_at=at(10)), 111, Verdict.CLOSE),
        (quiet(connector_status="Available", connector_status_at=at(-1)), 111, Verdict.LEAVE),
        (quiet(connector_status="Occupied", connector_status_at=at(10)), 111, Verdict.LEAVE),
        (quiet(connector_status="Finishing", connector_status_at=at(10)), 111, Verdict.LEAVE),
    ],
)
def test_leave_ask_or_close(known: Quiet, second: float, verdict: Verdict) -> None:
    assert judge(known, PATIENCE, at(second)) is verdict


@pytest.fixture
def running(network: Organisation, card: Any, tariff: Any, settings: Any) -> Session:
    """A session that has taken 1,000 Wh in ten minutes, at a connected station."""
    settings.OCPP_SAMPLE_INTERVAL_S, settings.OCPP_SESSION_SILENCE_FACTOR = 60, 5
    settings.OCPP_SESSION_GRACE_S = 100
    station = register(network, "CP1")
    Station.objects.update(is_connected=True)
    begin, later = Sample(at(0), register_wh=0), Sample(at(600), register_wh=1_000)
    event = SessionStarted(at=at(0), transaction_id="tx", seq=0, evse_id=1, samples=(begin, later))
    tell(station.identity, event, at(600))
    return Session.objects.get()


def tell(identity: str, event: Any, now: datetime) -> None:
    commit([Item(find_refs([identity])[identity], Protocol.OCPP201, "s", now, event)], now)


def test_silence_is_asked_about_then_closed_each_once(running: Session) -> None:
    assert [services.watch_silence(now=at(902)) for _ in range(2)] == [1, 0]
    question = CommandRow.objects.get()
    assert (question.name, question.session_id) == ("get_transaction_status", running.pk)
    assert [services.watch_silence(now=at(1_003)) for _ in range(2)] == [1, 0]
    row = Session.objects.get()
    assert (row.state, row.is_estimated, row.stop_reason) == ("ended", True, "Silent")
    assert row.energy_wh == 1_000
    assert "estimated" in row.flags.split()
    assert row.price_incl_vat is not None


def test_a_word_from_the_station_ends_the_suspicion(running: Session) -> None:
    services.watch_silence(now=at(902))
    tell("CP1", SessionStarted(at=at(0), transaction_id="tx", seq=0, evse_id=1), at(950))
    assert Session.objects.get().asked_at is None
    assert services.watch_silence(now=at(1_003)) == 0


def test_a_true_end_replaces_the_estimate_and_its_price(running: Session) -> None:
    services.watch_silence(now=at(902))
    services.watch_silence(now=at(1_003))
    guess = Session.objects.get()
    stop = SessionEnded(
        at=at(3_600), transaction_id="tx", seq=9, samples=(Sample(at(3_600), register_wh=6_000),)
    )
    tell("CP1", stop, at(4_000))
    row = Session.objects.get()
    assert (row.is_estimated, row.ended_at, row.energy_wh) == (False, at(3_600), 6_000)
    assert row.price_incl_vat > guess.price_incl_vat
    assert services.watch_silence(now=at(99_999)) == 0


def test_what_spoke_meanwhile_is_not_closed(running: Session) -> None:
    seen = running.last_received_at - timedelta(seconds=1)
    assert not services.close_silent(running.pk, seen=seen, now=at(999))
    assert Session.objects.get().ended_at is None


def test_a_connector_that_goes_free_closes_its_own_session(running: Session) -> None:
    tell("CP1", SessionStarted(at=at(0), transaction_id="other", seq=0, evse_id=2), at(600))
    tell("CP1", ConnectorStatusChanged(2, 1, ConnectorStatus.AVAILABLE, at(610)), at(610))
    assert services.watch_silence(now=at(720)) == 1
    still = Session.objects.filter(ended_at=None)
    assert list(still.values_list("transaction_id", flat=True)) == ["tx"]
