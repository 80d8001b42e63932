"""Cars that plan, through the door: answered at once, and offered what the limits leave."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.batch.items import Item, Reply
from apps.commands.models import CommandRow
from apps.domain.events import CommandAnswered, Event, SessionEnded, SessionStarted
from apps.domain.power import EvNeedsTold, EvScheduleTold, LimitNotified, SetChargingProfile
from apps.domain.profiles import MAX, TX, ChargingProfile, ChargingSchedule, Period
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.power import services
from apps.power.answers import ANSWERED
from apps.power.models import EvPlan, HeldProfile
from apps.protocol import codec
from apps.stations.models import Connector, Station, Variable
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
    ANSWERED[SetChargingProfile](row, CommandAnswered(row.pk, "accepted"), now=timezone.now())
    assert HeldProfile.objects.count() == 1
    told(charger, SessionEnded(at=timezone.now(), transaction_id="T", seq=5, evse_id=1))
    assert HeldProfile.objects.count() == 0


def limit(row: CommandRow) -> tuple[str, list[float]]:
    schedule = row.parameters["profile"]["schedules"][0]
    return schedule["unit"], [period["limit"] for period in schedule["periods"]]


def dc_needs(**more: Any) -> Event:
    dc = {"evMaxCurrent": 400, "evMaxVoltage": 800, **more}
    wish = {"requestedEnergyTransfer": "DC", "dcChargingParameters": dc}
    payload = {"evseId": 1, "chargingNeeds": wish}
    return codec(Protocol.OCPP201).read("NotifyEVChargingNeeds", payload, timezone.now())


@pytest.mark.parametrize(
    ("more", "most_w"), [({}, 320_000.0), ({"evMaxPower": 150_000}, 150_000.0)]
)
def test_a_dc_car_is_offered_what_it_takes_at_its_own_voltage(
    charger: Station, more: dict[str, Any], most_w: float
) -> None:
    told(charger, begins(), dc_needs(**more))
    assert limit(offers()[0]) == ("W", [most_w])


@pytest.mark.parametrize(
    ("mode", "unit", "most"),
    [("AC_three_phase", "A", 80.0), ("AC_single_phase", "A", 80.0), ("DC", "W", 500_000.0)],
)
def test_a_car_that_tells_no_limit_charges_at_a_station_of_unknown_power(
    charger: Station, mode: str, unit: str, most: float
) -> None:
    Connector.objects.update(max_power_w=None)
    assert told(charger, begins(), EvNeedsTold(1, mode))[-1] == "Accepted"
    assert limit(offers()[0]) == (unit, [most])


def accepted(charger: Station, row: CommandRow) -> None:
    CommandRow.objects.filter(pk=row.pk).update(state="confirmed")
    ANSWERED[SetChargingProfile](row, CommandAnswered(row.pk, "accepted"), now=timezone.now())


def test_needs_in_quick_succession_leave_one_offer(charger: Station) -> None:
    told(charger, begins(), NEEDS)
    told(charger, replace(NEEDS, most_a=20))
    accepted(charger, offers()[0])
    told(charger, replace(NEEDS, most_a=16))
    for row in offers()[1:]:
        accepted(charger, row)
    held = HeldProfile.objects.get()
    assert (held.stack_level, held.command_id) == (0, offers()[-1].pk)
    assert len({row.parameters["profile"]["id"] for row in offers()}) == 1


def test_an_offer_leaves_alone_what_somebody_set_under_its_number(charger: Station) -> None:
    told(charger, begins(), NEEDS)
    first = offers()[0]
    accepted(charger, first)
    HeldProfile.objects.update(command_id=first.pk + 1000)
    told(charger, replace(NEEDS, most_a=16))
    assert offers()[-1].parameters["profile"]["id"] != first.parameters["profile"]["id"]
