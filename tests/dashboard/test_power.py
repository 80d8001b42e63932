"""The Power tab: what limits the station, and setting it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.commands.models import CommandRow
from apps.domain.events import CommandAnswered
from apps.domain.power import LimitCleared, SetChargingProfile
from apps.domain.profiles import TX, TX_DEFAULT
from apps.power import services
from apps.power.answers import ANSWERED
from apps.power.models import HeldProfile
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import Cast
from tests.power.scene import limited

FORM = {
    "evse_id": "1", "purpose": TX_DEFAULT, "kind": "Absolute", "start_at": "2030-07-01T17:00",
    "duration": "120", "unit": "A", "periods": "0 16\n90 10 1", "stack_level": "2",
    "valid_to": "", "reason": "Peak",
}  # fmt: skip


def address(scene: Cast, name: str) -> str:
    return f"/stations/{scene.extras['busy'].identity}/actions/{name}/"


def test_the_tab_says_what_limits_the_station_in_the_time_of_the_site(
    scene: Cast, log_in: LogIn
) -> None:
    station = limited(scene)
    page = log_in("support").get(f"/stations/{station.identity}/", {"tab": "power"})
    text = page.content.decode()
    assert "44 kW" in text
    assert "32 A, after 120 min 16 A, after 600 min 32 A on 1 phase" in text
    assert "critical to the grid" in text
    assert "wants 31.0 kWh" in text
    assert "Evening peak" in text
    default = next(r for r in page.context["sheet"].profiles if r.held.number == 2)
    local = default.start_at.astimezone(ZoneInfo("Europe/Amsterdam"))
    assert f"{local:%H:%M}" in text
    assert "Set a limit" not in text  # support may look, an operator may set


def test_the_chart_shows_both_from_the_same_table(scene: Cast, log_in: LogIn) -> None:
    station = limited(scene)
    sheet = log_in("support").get(f"/stations/{station.identity}/", {"tab": "power"})
    steps = sheet.context["sheet"].steps
    later = [s for s in steps if s.at < timezone.now() + timedelta(hours=4)]
    assert later[-1].ours_w == 20 * 230 * 3
    assert later[-1].theirs_w == 20 * 230 * 3
    assert steps[-1].at - steps[0].at == timedelta(days=1)


def test_a_limit_is_typed_in_the_time_of_the_site(scene: Cast, log_in: LogIn) -> None:
    answer = log_in("operator").post(address(scene, "set_charging_profile"), FORM)
    assert answer.status_code == 302
    row = CommandRow.objects.filter(name="set_charging_profile").latest("pk")
    assert row.parameters == {
        "evse_id": 1,
        "profile": {
            "id": 1, "purpose": TX_DEFAULT, "kind": "Absolute", "stack_level": 2,
            "schedules": [{
                "id": 1, "unit": "A", "start_at": "2030-07-01T15:00:00+00:00", "duration_s": 7200,
                "periods": [{"start_s": 0, "limit": 16.0},
                            {"start_s": 5400, "limit": 10.0, "phases": 1}],
            }],
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"purpose": "ChargingStationMaxProfile"}, "choose EVSE 0"),
        ({"periods": "0 16\n200 10"}, "never applies"),
        ({"periods": "soon 16"}, "is not a minute and a limit"),
        ({"purpose": TX, "evse_id": "0"}, "No session runs there now"),
        ({"kind": "Daily", "duration": "2000"}, "at most 86400 s"),
    ],
)
def test_the_form_knows_the_rules(
    scene: Cast, log_in: LogIn, wrong: dict[str, Any], said: str
) -> None:
    answer = log_in("operator").post(address(scene, "set_charging_profile"), FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CommandRow.objects.filter(name="set_charging_profile").exists()


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("get_charging_profiles", {}, {"profile_ids": [], "sources": []}),
        ("clear_charging_profile", {"profile_id": "2", "reason": "Over"}, {"profile_id": 2}),
        ("get_composite_schedule", {"evse_id": "1"}, {"evse_id": 1, "duration_s": 86_400}),
    ],
)
def test_the_other_buttons_do_what_they_say(
    scene: Cast, log_in: LogIn, name: str, given: Any, expected: Any
) -> None:
    assert log_in("operator").post(address(scene, name), given).status_code == 302
    assert CommandRow.objects.get(name=name).parameters == expected


def test_the_tab_follows_what_happens(
    scene: Cast, log_in: LogIn, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    station = limited(scene)
    changed = obey(
        log_in("operator"), scene.operator, f"/stations/{station.identity}/?tab=power",
        lambda: services.drop_limit(station, LimitCleared("EMS")), monkeypatch,
        django_capture_on_commit_callbacks,
    )  # fmt: skip
    assert f"power-sheet:{station.pk}-0" in changed


def test_a_limit_of_a_session_goes_with_it(scene: Cast, log_in: LogIn) -> None:
    station, running = limited(scene), scene.extras["running"]
    answer = log_in("operator").post(
        address(scene, "set_charging_profile"),
        FORM | {"purpose": TX, "kind": "Relative", "start_at": ""},
    )
    assert answer.status_code == 302
    row = CommandRow.objects.filter(name="set_charging_profile").latest("pk")
    assert row.parameters["profile"]["transaction_id"] == running.transaction_id
    ANSWERED[SetChargingProfile](row, CommandAnswered(row.pk, "accepted"), now=timezone.now())
    assert HeldProfile.objects.filter(purpose=TX).count() == 1
    services.end_transactions([(station.pk, running.transaction_id, 1)], timezone.now())
    assert HeldProfile.objects.filter(purpose=TX).count() == 0


PLAN = {
    "name": "Evening peak", "reach": "location", "evse_id": "0", "due_at": "2030-07-01T17:00",
    "every": "daily", "purpose": "ChargingStationMaxProfile", "kind": "Absolute", "unit": "W",
    "duration": "180", "periods": "0 20000", "stack_level": "0", "expires_h": "2",
}  # fmt: skip


def test_a_limit_is_planned_and_called_off(scene: Cast, log_in: LogIn) -> None:
    station, operator = scene.extras["busy"], log_in("operator")
    answer = operator.post(f"/stations/{station.identity}/plan/", PLAN)
    assert answer.status_code == 302
    push = Campaign.objects.filter(kind="planned_limit").get()
    assert (push.location_id, push.every, push.expires_s) == (station.location_id, "daily", 7200)
    assert f"{push.due_at:%H:%M}" == "15:00"  # five o'clock in Amsterdam
    assert push.timezone == "Europe/Amsterdam"
    assert "start_at" not in push.parameters["profile"]["schedules"][0]
    assert "Evening peak" in operator.get(answer["Location"]).content.decode()
    assert operator.post(f"/pushes/{push.pk}/cancel/").status_code == 302
    push.refresh_from_db()
    assert push.due_at is None


def test_a_limit_is_planned_for_a_group(scene: Cast, log_in: LogIn) -> None:
    station, operator = scene.extras["busy"], log_in("operator")
    url = f"/stations/{station.identity}/plan/"
    group = PLAN | {"reach": "group", "stations": f"{station.identity}\nNL-RTM-004"}
    answer = operator.post(url, group)
    assert answer.status_code == 302
    assert Campaign.objects.filter(kind="planned_limit").get().group.count() == 2
    assert "to a group of 2" in operator.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reach": "group"}, "Name the stations of the group"),
        ({"reach": "group", "stations": "NOBODY"}, "There is no station"),
        ({"evse_id": "1"}, "choose EVSE 0"),
        ({"due_at": "2020-01-01T00:00"}, "has passed"),
        ({"periods": "5 16"}, "must start at 0 s"),
    ],
)
def test_a_plan_keeps_the_rules_too(
    scene: Cast, log_in: LogIn, wrong: dict[str, Any], said: str
) -> None:
    address = f"/stations/{scene.extras['busy'].identity}/plan/"
    answer = log_in("operator").post(address, PLAN | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Campaign.objects.filter(kind="planned_limit").exists()
