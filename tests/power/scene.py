"""A station with limits of every kind, for pages and pictures."""

from datetime import timedelta

from apps.campaigns.audience import Audience
from apps.campaigns.services import Time
from apps.domain.power import LimitNotified
from apps.domain.profiles import (
    MAX,
    TX_DEFAULT,
    ChargingProfile,
    ChargingSchedule,
    CompositeSchedule,
    Period,
)
from apps.power import services
from apps.power.models import EvPlan
from apps.power.planned import Limit, plan_limit
from apps.sessions.models import Session
from apps.stations.models import Station
from tests.factories import OFFICE, Cast


def limited(scene: Cast) -> Station:
    """The busy station: a maximum, a daily default, a limit by an EMS, a car, a plan."""
    station, running = scene.extras["busy"], scene.extras["running"]
    now = scene.now.replace(microsecond=0)
    most = ChargingSchedule("W", (Period(0, 44_000.0),), now - timedelta(hours=1))
    night = ChargingSchedule(
        "A", (Period(0, 32.0), Period(7200, 16.0), Period(36_000, 32.0, 1)),
        now + timedelta(hours=2), 50_400,
    )  # fmt: skip
    maximum = ChargingProfile(0, MAX, "Absolute", (most,), id=1)
    default = ChargingProfile(1, TX_DEFAULT, "Recurring", (night,), id=2, recurrency="Daily")
    services.keep(station, 0, maximum, 0, now - timedelta(hours=1))
    services.keep(station, 1, default, 0, now - timedelta(minutes=5))
    ems = ChargingSchedule("A", (Period(0, 40.0), Period(10_800, 20.0)), now)
    services.note_limit(station, LimitNotified(0, "EMS", True, (ems,)), now)
    told = CompositeSchedule(0, now, 80_000, "A", (Period(0, 40.0), Period(10_800, 20.0)))
    services.note_schedule(station, told, now)
    Session.objects.filter(pk=running.pk).update(evse_id=1)
    EvPlan.objects.create(
        station=station, evse_id=1, transaction_id=running.transaction_id, answer="Accepted",
        energy_wh=31_000, departure_at=now + timedelta(hours=5), is_within=True,
    )  # fmt: skip
    peak = {
        "purpose": MAX, "stack_level": 3, "kind": "Absolute",
        "schedules": [{"unit": "W", "periods": [{"start_s": 0, "limit": 20_000}]}],
    }  # fmt: skip
    time = Time(now + timedelta(hours=3), "daily", "Europe/Amsterdam", 3600)
    plan_limit(
        organisation_id=station.organisation_id, name="Evening peak", limit=Limit(0, peak, time),
        audience=Audience(location=station.location), actor=OFFICE, now=now,
    )  # fmt: skip
    return station
