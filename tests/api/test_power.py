"""Limits over REST: what lies in a station, what it adds up to, and planned pushes."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.commands.models import CommandRow
from apps.domain.profiles import (
    ABSOLUTE,
    MAX,
    ChargingProfile,
    ChargingSchedule,
    Period,
)
from apps.power import services
from apps.power.tasks import push_due
from apps.stations.models import Station, Variable
from tests.api.conftest import Program

LIMIT = {
    "purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute",
    "schedules": [{"unit": "A", "start_at": "2030-01-01T00:00:00Z",
                   "periods": [{"start_s": 0, "limit": 6}]}],
}  # fmt: skip


def holding(charger: Station, watts: float = 8000) -> None:
    now = timezone.now()
    timed = ChargingSchedule("W", (Period(0, watts),), now - timedelta(hours=1))
    services.keep(charger, 0, ChargingProfile(0, MAX, ABSOLUTE, (timed,), id=3), 0, now)


def test_the_limits_of_a_station_are_listed(admin: Program, charger: Station) -> None:
    holding(charger)
    found = admin.get("stations/NL-001/charging-profiles/").json()
    assert found["external"] == []
    profile = found["profiles"][0]
    assert (profile["evse"], profile["id"], profile["set_by"]) == (0, 3, "CSO")
    assert profile["profile"]["schedules"][0]["periods"] == [{"start_s": 0, "limit": 8000.0}]


def test_the_schedule_is_what_they_add_up_to(admin: Program, charger: Station) -> None:
    holding(charger)
    path = "stations/NL-001/composite-schedule/?evse=1&duration=600&unit=A"
    found = admin.get(path).json()
    assert (found["evse"], found["duration_s"], found["unit"]) == (1, 600, "A")
    assert found["periods"] == [{"start_s": 0, "limit": 11.5, "phases": 3}]
    assert admin.get("stations/NL-001/composite-schedule/?unit=kW").status_code == 400


def test_a_profile_that_the_station_cannot_take_is_refused_whole(
    admin: Program, charger: Station
) -> None:
    told = {"ProfileStackLevel": "0", "RateUnit": "W", "PeriodsPerSchedule": "1"}
    for name, value in told.items():
        Variable.objects.create(
            station=charger, component="SmartChargingCtrlr", variable=name, value=value,
            read_at=timezone.now(),
        )  # fmt: skip
    periods = [{"start_s": 0, "limit": 6}, {"start_s": 60, "limit": 7}]
    timed: Any = LIMIT["schedules"][0] | {"periods": periods}  # type: ignore[operator,index]
    body = {"evse_id": 5, "profile": LIMIT | {"stack_level": 2, "schedules": [timed]}}
    refused = admin.post(
        "stations/NL-001/commands/", {"command": "set_charging_profile", "parameters": body}
    )
    assert refused.status_code == 400
    said = " ".join(refused.json()["error"]["details"])
    for part in ("no EVSE 5", "up to 0", "1 periods", "in W only"):
        assert part in said
    assert CommandRow.objects.count() == 0


def planned(**more: Any) -> dict[str, Any]:
    due_at = (timezone.now() + timedelta(hours=1)).isoformat()
    return {"name": "Peak", "profile": LIMIT, "due_at": due_at, "every": "daily"} | more


def test_a_push_is_planned_carried_out_and_called_off(admin: Program, charger: Station) -> None:
    made = admin.post("pushes/", planned(station="NL-001", timezone="Europe/Amsterdam"))
    assert made.status_code == 201
    address = f"pushes/{made.json()['id']}/"
    assert admin.get(address).json()["deliveries"] == []
    Campaign.objects.update(due_at=timezone.now())
    push_due()
    delivery = admin.get(address).json()["deliveries"][0]
    assert (delivery["station"], delivery["outcome"]) == ("NL-001", "")
    assert delivery["command"] == CommandRow.objects.get().pk
    assert [p["station"] for p in admin.all("pushes/")] == ["NL-001"]
    assert admin.delete(address).status_code == 204
    assert admin.get(address).json()["due_at"] is None


def test_a_push_that_does_not_fit_is_refused(admin: Program, charger: Station) -> None:
    refused = admin.post("pushes/", planned(timezone="Mars", evse=1, profile={"stack_level": 0}))
    assert refused.status_code == 400
    said = " ".join(refused.json()["error"]["details"])
    assert "'Mars' is no time zone" in said
    assert "'purpose' must be one of" in said
    both = planned(station="NL-001", location=charger.location_id)
    assert admin.post("pushes/", both).status_code == 400
    unknown = admin.post("pushes/", planned(stations=["NL-001", "NOBODY"]))
    assert (unknown.status_code, "'NOBODY'" in unknown.content.decode()) == (400, True)
    group = admin.post("pushes/", planned(stations=["NL-001"]))
    assert (group.status_code, group.json()["stations"]) == (201, ["NL-001"])


def test_limits_and_pushes_are_nobody_elses(
    admin: Program, stranger: Program, charger: Station
) -> None:
    holding(charger)
    made = admin.post("pushes/", planned(location=charger.location_id)).json()
    assert made["location"] == charger.location_id
    assert stranger.all("pushes/") == []
    for path in (f"pushes/{made['id']}/", "stations/NL-001/charging-profiles/",
                 "stations/NL-001/composite-schedule/"):  # fmt: skip
        assert stranger.get(path).status_code == 404
    assert stranger.delete(f"pushes/{made['id']}/").status_code == 404
    assert stranger.post("pushes/", planned(station="NL-001")).status_code == 404
