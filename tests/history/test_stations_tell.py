"""What stations and the clock make happen is told once, however often a station repeats itself."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.commands import answers, expiry, questions, services
from apps.commands.models import CommandRow
from apps.domain.commands import ResetStation
from apps.domain.events import (
    CommandAnswered,
    ConnectorStatusChanged,
    HeartbeatReceived,
    Sample,
    SessionEnded,
    SessionStarted,
    SessionUpdated,
    StationBooted,
)
from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.history.models import Fact
from apps.ingest.commit import commit
from apps.sessions.models import Session
from apps.sessions.services import close_silent
from apps.stations.refs import find_refs
from apps.tariffs.models import Tariff
from tests.servers import register

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEGAN_AT = NOW - timedelta(hours=1)
FULL = Sample(at=NOW, context="Transaction.End", register_wh=11_000.0)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ref(network: Organisation, tariff: Tariff) -> StationRef:
    return find_refs([register(network, "CP1").identity])["CP1"]


def tell(ref: StationRef, *events: Any) -> None:
    commit([Item(ref, Protocol.OCPP201, "socket", NOW, event) for event in events], NOW)


def started(**more: Any) -> SessionStarted:
    began = Sample(at=BEGAN_AT, context="Transaction.Begin", register_wh=1_000.0)
    given = {"transaction_id": "tx", "seq": 0, "evse_id": 1, "samples": (began,)}
    return SessionStarted(at=BEGAN_AT, **given | more)


def ended(**more: Any) -> SessionEnded:
    given = {"transaction_id": "tx", "seq": 2, "evse_id": 1}
    return SessionEnded(at=NOW, **given | {"samples": (FULL,)} | more)


def status(word: ConnectorStatus, error_code: str = "") -> ConnectorStatusChanged:
    return ConnectorStatusChanged(1, 1, word, NOW, error_code)


def told(*about: str) -> list[str]:
    kinds = Fact.objects.filter(subject_kind__in=about).order_by("id")
    return list(kinds.values_list("kind", flat=True))


def test_a_session_begins_and_ends_once(ref: StationRef) -> None:
    tell(ref, started(), started())
    tell(ref, started(), ended())
    tell(ref, ended())
    assert told("session") == ["session started", "session ended"]
    begun, over = Fact.objects.filter(subject_kind="session").order_by("id")
    number = Session.objects.get().pk
    assert (begun.session_id, begun.station_id, begun.actor_kind, begun.actor_label) == (
        number, ref.id, "station", "CP1",
    )  # fmt: skip
    assert (over.reason, over.details["energy_wh"], over.at) == ("Local", 10_000, NOW)


def test_a_reading_that_changes_a_price_corrects_it(ref: StationRef) -> None:
    tell(ref, started(), ended(samples=()))
    before = Session.objects.get().price_incl_vat
    tell(ref, SessionUpdated(at=NOW, transaction_id="tx", seq=1, samples=(FULL,)))
    after = Session.objects.get().price_incl_vat
    fact = Fact.objects.get(kind="price corrected")
    assert before != after
    prices = {name: Decimal(price) for name, price in fact.details.items()}
    assert prices == {"from": before, "to": after}


def test_the_clock_closes_what_fell_silent(ref: StationRef) -> None:
    tell(ref, started())
    session = Session.objects.get()
    close_silent(session.pk, seen=session.last_received_at, now=NOW)
    fact = Fact.objects.get(kind="session ended")
    assert (fact.actor_kind, fact.reason, fact.details["is_estimated"]) == ("clock", "Silent", True)


def test_a_boot_is_told_and_a_heartbeat_is_not(ref: StationRef) -> None:
    tell(ref, StationBooted("Maker", "M1", firmware="2.4", reason="PowerUp"), HeartbeatReceived())
    fact = Fact.objects.get(station_id=ref.id, actor_kind="station")
    assert (fact.kind, fact.reason, fact.details["firmware"]) == (
        "station booted",
        "PowerUp",
        "2.4",
    )


def test_a_fault_is_told_when_it_comes_and_when_it_goes(ref: StationRef) -> None:
    for word in (ConnectorStatus.AVAILABLE, ConnectorStatus.CHARGING):
        tell(ref, status(word))
    tell(ref, status(ConnectorStatus.FAULTED, "GroundFailure"))
    tell(ref, status(ConnectorStatus.FAULTED, "GroundFailure"), status(ConnectorStatus.AVAILABLE))
    facts = Fact.objects.filter(kind__startswith="connector").order_by("id")
    assert [(fact.kind, fact.reason) for fact in facts] == [
        ("connector faulted", "GroundFailure"), ("connector recovered", ""),
    ]  # fmt: skip
    assert facts[0].details == {"evse_id": 1, "connector_id": 1}


def put(ref: StationRef) -> CommandRow:
    return services.queue(
        organisation_id=ref.organisation_id, station_id=ref.id, identity=ref.identity,
        command=ResetStation(), now=NOW, actor="Ada",
    )  # fmt: skip


def answer(row: CommandRow, status: str) -> None:
    services.claim(row, connection_id="socket", now=NOW)
    with transaction.atomic():
        answers.answer(CommandAnswered(row.pk, status), now=NOW)


def test_what_became_of_a_command_is_told_by_its_station(ref: StationRef) -> None:
    answer(put(ref), "rejected")
    good = put(ref)
    answer(good, "accepted")
    assert told("command") == ["command failed"]
    good.refresh_from_db()
    for _ in range(2):
        with transaction.atomic():
            answers.confirm(good, observed="It has booted", now=NOW)
    assert told("command") == ["command failed", "command confirmed"]
    fact = Fact.objects.latest("id")
    assert (fact.actor_kind, fact.subject_id, fact.reason) == ("station", good.pk, "It has booted")


def test_what_waits_too_long_is_told_by_the_clock(ref: StationRef) -> None:
    row = put(ref)
    for _ in range(2):
        expiry.expire(now=row.expires_at)
    fact = Fact.objects.get(kind="command failed")
    assert (fact.actor_kind, fact.details["state"], fact.subject_id) == ("clock", "expired", row.pk)


def test_of_what_nobody_asked_for_nothing_is_told(ref: StationRef) -> None:
    whom = ref.organisation_id, ref.id, ref.identity
    row = questions.ask(whom, ResetStation(), now=NOW, actor="watchdog", reason="why")
    answer(row, "rejected")
    assert told("command") == []
