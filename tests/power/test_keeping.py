"""Limits that a make forgets are sent again; those that must not outlast their session go."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.batch.items import Item
from apps.commands.models import CommandRow
from apps.domain.events import StationBooted
from apps.domain.profiles import MAX, TX, TX_DEFAULT, ChargingProfile, ChargingSchedule, Period
from apps.ingest.commit import commit
from apps.power import services
from apps.power.models import HeldProfile
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.factories import Cast, cast, station


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def charger(people: Cast, vendor: str, model: str = "One") -> Station:
    found = station(people.location, "A", now=people.now, protocol="ocpp1.6")
    Station.objects.filter(pk=found.pk).update(vendor=vendor, model=model, firmware="1")
    found.refresh_from_db()
    return found


def holds(of: Station, evse_id: int, purpose: str, **more: Any) -> HeldProfile:
    timed = ChargingSchedule("A", (Period(0, 16.0),), datetime(2026, 1, 1, tzinfo=UTC))
    number = HeldProfile.objects.count() + 1
    command_id = more.pop("command_id", 0)
    profile = ChargingProfile(number, purpose, "Absolute", (timed,), id=number, **more)
    return services.keep(of, evse_id, profile, command_id, timezone.now())


def boots(of: Station) -> None:
    ref = find_refs([of.identity])[of.identity]
    now = timezone.now()
    event = StationBooted(of.vendor, of.model, firmware=of.firmware)
    commit([Item(ref, of.protocol, of.connection_id, now, event=event)], now)


def sent(name: str) -> list[dict[str, Any]]:
    rows = CommandRow.objects.filter(name=name, is_unasked=True).order_by("id")
    return [row.parameters for row in rows]


@pytest.mark.parametrize(("vendor", "count"), [("United Chargers", 2), ("Other", 0)])
def test_a_make_that_forgets_its_limits_is_told_again_after_a_boot(
    people: Cast, vendor: str, count: int
) -> None:
    of = charger(people, vendor)
    holds(of, 0, MAX)
    holds(of, 1, TX_DEFAULT)
    holds(of, 1, TX, transaction_id="over")
    boots(of)
    again = sent("set_charging_profile")
    assert [given["profile"]["purpose"] for given in again] == [MAX, TX_DEFAULT][:count]
    boots(of)
    assert len(sent("set_charging_profile")) == count, "what waits is not doubled"


@pytest.mark.parametrize(
    ("vendor", "model", "count"), [("Huawei", "SCharger-22KT", 1), ("Other", "One", 0)]
)
def test_a_make_that_keeps_a_limit_beyond_its_session_has_it_cleared(
    people: Cast, vendor: str, model: str, count: int
) -> None:
    of = charger(people, vendor, model)
    mine = holds(of, 1, TX, transaction_id="T1")
    holds(of, 1, TX_DEFAULT)
    services.end_transactions([(of.pk, "T1", 1)], timezone.now())
    cleared = [given["profile_id"] for given in sent("clear_charging_profile")]
    assert cleared == [mine.number][:count]
    assert HeldProfile.objects.get().purpose == TX_DEFAULT


def test_a_limit_of_one_session_that_was_taken_as_that_of_any_goes_with_its_session(
    people: Cast,
) -> None:
    of, now = charger(people, "Other"), timezone.now()
    row = CommandRow.objects.create(
        organisation_id=of.organisation_id, station_id=of.pk, identity=of.identity,
        name="set_charging_profile", state="confirmed", created_at=now, expires_at=now,
        transaction_id="T1", tries=[{"ways": [], "answer": "Rejected"},
                                    {"ways": ["purpose:TxDefaultProfile"], "answer": "Accepted"}],
    )  # fmt: skip
    put = holds(of, 1, TX_DEFAULT, command_id=row.pk)
    holds(of, 2, TX_DEFAULT)
    services.end_transactions([(of.pk, "T2", 1)], now)
    assert sent("clear_charging_profile") == []
    services.end_transactions([(of.pk, "T1", 1)], now)
    assert [given["profile_id"] for given in sent("clear_charging_profile")] == [put.number]
