"""Cars that plan, through the door: answered at once, and offered what the limits leave."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.domain.events import Event, SessionEnded, SessionStarted
from apps.domain.power import EvNeedsTold, EvScheduleTold, LimitNotified
from apps.domain.profiles import MAX, TX, ChargingProfile, ChargingSchedule, Period
from apps.ingest.commit import commit
from apps.ingest.items import Item, Reply
from apps.power import services
from apps.power.models import EvPlan, HeldProfile
from apps.stations.models import Station, Variable
from apps.stations.refs import find_refs
from tests.factories import cast, station

NEEDS = EvNeedsTold(1, "AC_three_phase", max_tuples=5, most_a=32)


@pytest.fixture
def charger(db: None) -> Station:
    people = cast()
    return station(people.location, "A", now=people.now, statuses=("Occupied", "Available"))


def told(charger: Station, *events: Event) -> list[Any]:
    """The answers' statuses to events of one batch."""
    ref = find_refs([charger.identity])[charger.identity]
    now, said = timezone.now(), []

    def write(answer: Any) -> Reply:
        said.append(getattr(answer, "status", None))
        return Reply("", "")

    items = [
        Item(ref, charger.protocol, charger.connection_id, now, event=event, write=write)
        for event in events
    ]
    commit(items, now)
    return said


def begins(transaction_id: str = "T") -> SessionStarted:
    at = timezone.now() - timedelta(seconds=10)
    return SessionStarted(at=at, transaction_id=transaction_id, seq=0, evse_id=1, connector_id=1)


def offers() -> list[CommandRow]:
    return list(CommandRow.objects.filter(name="set_charging_profile").order_by("id"))


def test_needs_in_the_same_batch_as_the_start_are_met(charger: Station) -> None:
    assert told(charger, begins(), NEEDS)[-1] == "Accepted"
    row = offers()[0]
    profile = row.parameters["profile"]
    assert (profile["purpose"], profile["transaction_id"]) == (TX, "T")
    assert [p["limit"] for p in profile["schedules"][0]["periods"]] == [32.0]
    assert row.expires_at - row.created_at == timedelta(seconds=60)
    assert EvPlan.objects.get().session_id == row.session_id


def test_needs_without_a_session_are_rejected(charger: Station) -> None:
    assert told(charger, NEEDS) == ["Rejected"]
    assert offers() == []


def test_the_station_has_a_say_in_unit_and_size(charger: Station) -> None:
    for name, value in (("RateUnit", "W"), ("PeriodsPerSchedule", "1")):
        Variable.objects.create(
            station=charger, component="SmartChargingCtrlr", variable=name, value=value,
            read_at=timezone.now(),
        )  # fmt: skip
    steps = ChargingSchedule(
        "W", (Period(0, 11_000.0), Period(3600, 9000.0)), timezone.now() - timedelta(minutes=1)
    )
    services.keep(charger, 0, ChargingProfile(0, MAX, "Absolute", (steps,), id=1), 0,
                  timezone.now())  # fmt: skip
    told(charger, begins(), NEEDS)
    sent = offers()[0].parameters["profile"]["schedules"][0]
    assert sent["unit"] == "W"
    assert [p["limit"] for p in sent["periods"]] == [9000.0]


def test_a_limit_of_others_binds_the_car(charger: Station) -> None:
    told(charger, begins())
    imposed = ChargingSchedule("A", (Period(0, 10.0),))
    told(charger, LimitNotified(0, "EMS", None, (imposed,)))
    plan = ChargingSchedule("A", (Period(0, 12.0),), None, 600)
    base_at = timezone.now() + timedelta(seconds=1)
    assert told(charger, EvScheduleTold(1, base_at, plan)) == ["Rejected"]
    assert told(charger, EvScheduleTold(1, base_at, replace(plan, duration_s=60))) == ["Rejected"]
    first, second = (row.parameters["profile"] for row in offers())
    assert [p["limit"] for p in first["schedules"][0]["periods"]] == [10.0]
    assert first["id"] == second["id"]


def test_the_end_of_the_session_ends_its_limits(charger: Station) -> None:
    told(charger, begins(), NEEDS)
    row = offers()[0]
    services.note_answer(charger, row, is_accepted=True, now=timezone.now())
    assert HeldProfile.objects.count() == 1
    told(charger, SessionEnded(at=timezone.now(), transaction_id="T", seq=5, evse_id=1))
    assert HeldProfile.objects.count() == 0
