"""What stations of a make take: the card, the greyed-out actions, the tries of a command."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.habits.models import Habit
from apps.history.models import Fact
from apps.stations.models import Station, Variable
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


@pytest.fixture
def station(scene: Cast) -> Station:
    found: Station = scene.extras["busy"]
    Station.objects.filter(pk=found.pk).update(vendor="ABB", model="Terra", firmware="1.8")
    found.refresh_from_db()
    return found


def learned(station: Station, way: str, works: bool | None, **more: Any) -> Habit:
    found: Habit = Habit.objects.create(
        organisation=station.organisation, vendor="ABB", model="Terra", firmware="1.8", way=way,
        works=works, identity="CP9", last_at=timezone.now(), **more,
    )  # fmt: skip
    return found


def page(log_in: LogIn, station: Station, tab: str = "", role: str = "operator") -> str:
    address = reverse("dashboard:station", args=[station.identity])
    return log_in(role).get(f"{address}?tab={tab}").content.decode()


def test_the_card_says_what_works_why_and_what_its_maker_is_known_for(
    station: Station, log_in: LogIn
) -> None:
    learned(station, "unit:W", True)
    learned(station, "unit:A", False, answer="Rejected", refusals=1)
    learned(station, "trigger:one", None, answer="Rejected", refusals=2)
    shown = page(log_in, station, "maintenance")
    for words in (
        "What ABB Terra 1.8 takes", "Limits in watts", "CP9 took it", "Limits in amperes",
        "Triggers that name a connector", "2 of 3 refusals: Rejected",
        "Stack levels above 0", "Its maker is known for it",
    ):  # fmt: skip
        assert words in shown


def test_what_is_refused_by_habit_is_greyed_out_with_the_reason(
    station: Station, log_in: LogIn
) -> None:
    address = reverse("dashboard:action", args=[station.identity, "change_availability"])
    assert address in page(log_in, station)
    learned(station, "call:change_availability", False, answer="Rejected", refusals=3)
    shown = page(log_in, station)
    assert address not in shown
    assert "CP9 refused it again and again: Rejected" in shown


def test_a_habit_is_forgotten_by_who_may_and_offered_again(
    station: Station, log_in: LogIn, scene: Cast
) -> None:
    habit = learned(station, "call:change_availability", False, answer="NotSupported", refusals=1)
    address = reverse("dashboard:habit-forget", args=[station.identity, habit.pk])
    assert log_in("finance").post(address).status_code == 403
    assert log_in("stranger").post(address).status_code == 404
    assert Habit.objects.filter(pk=habit.pk).exists()
    assert log_in("operator").post(address).status_code == 302
    assert not Habit.objects.filter(pk=habit.pk).exists()
    assert Fact.objects.get(kind="habit of its make forgotten").reason == "change availability"
    assert log_in("operator").post(address).status_code == 302, "somebody was faster"


def test_what_another_organisation_saw_is_its_own(
    station: Station, log_in: LogIn, scene: Cast
) -> None:
    habit = learned(station, "unit:A", False)
    Habit.objects.filter(pk=habit.pk).update(organisation=scene.person("stranger").organisation)
    assert "Limits in amperes" not in page(log_in, station, "maintenance")


def test_a_command_tells_each_try_and_its_answer(station: Station, log_in: LogIn) -> None:
    now = timezone.now()
    row = CommandRow.objects.create(
        organisation_id=station.organisation_id, station_id=station.pk, state="confirmed",
        identity=station.identity, name="set_charging_profile", created_at=now, expires_at=now,
        parameters={}, tries=[{"ways": [], "answer": "Rejected"},
                              {"ways": ["unit:W"], "answer": "Accepted"}],
    )  # fmt: skip
    shown = log_in("operator").get(reverse("dashboard:command", args=[row.pk])).content.decode()
    assert "As it was given: Rejected" in shown
    assert "With limits in watts: Accepted" in shown


def test_a_station_that_goes_by_the_schema_of_another_version_is_said_so(
    station: Station, log_in: LogIn
) -> None:
    now = timezone.now()
    row = CommandRow.objects.create(
        organisation_id=station.organisation_id, station_id=station.pk, state="error",
        identity=station.identity, name="set_charging_profile", created_at=now, expires_at=now,
        error_code="FormationViolation", error_description="csChargingProfiles validation failed",
        request={"evseId": 1, "chargingProfile": {}},
    )  # fmt: skip
    address = reverse("dashboard:command", args=[row.pk])
    assert "Set it to OCPP 1.6J" in log_in("operator").get(address).content.decode()
    CommandRow.objects.filter(pk=row.pk).update(request={"csChargingProfiles": {}})
    assert "Set it to OCPP 1.6J" not in log_in("operator").get(address).content.decode()


def test_a_makers_own_setting_says_what_its_number_counts(station: Station, log_in: LogIn) -> None:
    Station.objects.filter(pk=station.pk).update(vendor="KEBA")
    Variable.objects.create(
        station=station, variable="MaxAvailableCurrent", value="16000", read_at=timezone.now()
    )
    shown = page(log_in, station, "configuration")
    assert shown.index("16000") < shown.index(">mA<")
