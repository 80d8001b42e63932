"""Sessions that ended long ago are thinned once, and what comes late makes none of them wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.batch.items import Item
from apps.domain import events
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.sessions.models import Sample, Session
from apps.sessions.prices import price_of
from apps.sessions.upkeep import thin_samples
from apps.stations.models import Station
from apps.stations.refs import find_refs
from apps.tariffs.models import TariffVersion
from tests import factories

NOW = datetime.now(UTC)
BEGAN_AT = datetime(2025, 5, 31, 22, 0, tzinfo=UTC)
ENDED_AT = BEGAN_AT + timedelta(hours=3)
pytestmark = pytest.mark.django_db


def at(minutes: float) -> datetime:
    return BEGAN_AT + timedelta(minutes=minutes)


def read(minutes: float, wh: float, context: str = "Sample.Periodic") -> events.Sample:
    return events.Sample(at(minutes), context, wh, 7_200.0)


def say(station: Station, *told: events.Event, now: datetime = ENDED_AT) -> None:
    ref = find_refs([station.identity])[station.identity]
    commit([Item(ref, Protocol.OCPP201, "socket", now, event) for event in told], now)


@pytest.fixture
def priced(station: Station) -> TariffVersion:
    return factories.tariff(station.organisation, BEGAN_AT - timedelta(days=1))


@pytest.fixture
def old(station: Station, priced: TariffVersion) -> Session:
    """Three hours at 7.2 kW over the turn of a month, a reading a minute, all of it told."""
    middle = [
        events.SessionUpdated(
            at=at(minute), transaction_id="T1", seq=minute, samples=(read(minute, 120.0 * minute),)
        )
        for minute in range(1, 180)
    ]
    start = events.SessionStarted(
        at=at(0), transaction_id="T1", seq=0, evse_id=1,
        samples=(read(0, 0.0, "Transaction.Begin"),),
    )  # fmt: skip
    end = events.SessionEnded(
        at=at(180), transaction_id="T1", seq=180, samples=(read(180, 21_600.0, "Transaction.End"),)
    )
    say(station, start, *middle, end)
    return Session.objects.get()


def shown(session: Session) -> tuple[Any, ...]:
    """What a bill says."""
    found = Session.objects.get(pk=session.pk)
    return (
        found.energy_wh, found.started_at, found.ended_at, found.meter_stop_wh,
        found.price_excl_vat, found.price_incl_vat, price_of(found, NOW),
    )  # fmt: skip


def test_an_old_session_is_thinned_once_and_its_bill_stays(old: Session) -> None:
    before = shown(old)
    assert before[0] == 21_600.0
    assert before[-2]
    assert Sample.objects.count() == 181
    assert thin_samples(now=NOW) == 1
    left = Sample.objects.count()
    assert left < 40
    assert Session.objects.get().is_thinned
    assert shown(old) == before
    assert thin_samples(now=NOW) == 0
    assert Sample.objects.count() == left


def test_a_young_one_and_one_that_was_heard_of_lately_are_left_alone(
    old: Session, settings: Any
) -> None:
    settings.OCPP_SAMPLES_WHOLE_D = (NOW - ENDED_AT).days + 1
    assert thin_samples(now=NOW) == 0
    settings.OCPP_SAMPLES_WHOLE_D = 90
    Session.objects.update(last_received_at=NOW)
    assert thin_samples(now=NOW) == 0
    assert Sample.objects.count() == 181


@pytest.mark.parametrize(
    "lacks", [{"has_start": False}, {"is_estimated": True}, {"seqs": "0-7,9-180"}]
)
def test_one_of_which_something_is_missing_stays_whole(old: Session, lacks: Any) -> None:
    Session.objects.update(**lacks)
    assert thin_samples(now=NOW) == 1
    assert Session.objects.get().is_thinned is False
    assert Sample.objects.count() == 181


LATE = (
    events.SamplesTaken(evse_id=1, samples=(read(94, 94 * 120.0),), transaction_id="T1"),
    events.SamplesTaken(evse_id=1, samples=(read(94.5, 180_000.0),), transaction_id="T1"),
    events.SamplesTaken(evse_id=1, samples=(read(94.5, 0.0),), transaction_id="T1"),
    events.SessionUpdated(
        at=at(94), transaction_id="T1", seq=94, samples=(read(94, 94 * 120.0),)
    ),
    events.SessionEnded(at=at(100), transaction_id="T1", seq=180),
    events.SessionStarted(at=at(50), transaction_id="T1", seq=0, evse_id=1),
    events.SessionStarted(at=at(-600), transaction_id="T1", seq=0, evse_id=1),
)  # fmt: skip


@pytest.mark.parametrize("late", LATE)
def test_what_comes_late_leaves_its_energy_and_its_price(
    station: Station, old: Session, late: events.Event
) -> None:
    before = shown(old)
    thin_samples(now=NOW)
    left = Sample.objects.count()
    say(station, late, late, now=NOW)
    say(station, late, now=NOW)
    assert shown(old) == before
    assert Sample.objects.count() == left


def test_a_late_reading_after_its_last_one_counts_as_it_always_did(
    station: Station, old: Session
) -> None:
    Sample.objects.filter(context="Transaction.End").delete()
    thin_samples(now=NOW)
    assert Session.objects.get().is_thinned
    late = events.SamplesTaken(evse_id=1, samples=(read(180.05, 21_700.0),), transaction_id="T1")
    say(station, late, now=NOW)
    assert Session.objects.get().energy_wh == 21_700.0


def test_a_session_whose_clock_was_wrong_stays_whole(old: Session) -> None:
    """Some of its readings lie at other dates, and are what its energy is made of."""
    Session.objects.update(flags="clock")
    before = Sample.objects.count()
    thin_samples(now=NOW)
    assert (Sample.objects.count(), Session.objects.get().is_thinned) == (before, False)
