"""The Onboarding page, the inbox of those who wait, and the set-up of a station."""

from typing import Any

import pytest

from apps.commands.models import CommandRow
from apps.history.models import Fact
from apps.onboarding import services
from apps.onboarding.models import Policy, RecipeStep, Setup
from apps.onboarding.selectors import count_needing
from apps.stations.models import Station
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import OFFICE, Cast
from tests.onboarding.records import on_the_way

SETTING = {
    "value": "60", "key": "MeterValueSampleInterval", "component": "SampledDataCtrlr",
    "variable": "TxUpdatedInterval", "instance": "", "must_succeed": "on",
}  # fmt: skip
POLICY = {"unknown": "hold", "most_held": "5", "heartbeat_interval_s": "60",
          "retry_interval_s": ""}  # fmt: skip


@pytest.fixture
def stations(scene: Cast) -> tuple[Station, Station]:
    return on_the_way(scene)


def test_the_policy_is_kept_and_only_one_organisation_takes_the_unknown(
    scene: Cast, log_in: LogIn
) -> None:
    assert log_in("operator").post("/onboarding/", POLICY).status_code == 302
    policy = Policy.objects.get(organisation=scene.organisation)
    assert (policy.unknown, policy.most_held) == ("hold", 5)
    assert (policy.heartbeat_interval_s, policy.retry_interval_s) == (60, None)
    assert log_in("operator").post("/onboarding/", POLICY).status_code == 302
    other = log_in("stranger").post("/onboarding/", POLICY)
    assert other.status_code == 422
    assert "Another organisation takes the unknown chargers" in other.content.decode()
    assert log_in("operator").post(
        "/onboarding/", {**POLICY, "heartbeat_interval_s": "0"}
    ).status_code == 422  # fmt: skip
    assert log_in("support").post("/onboarding/", POLICY).status_code == 403


def test_steps_are_added_changed_ordered_and_removed(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    assert client.post("/onboarding/add/setting/", SETTING).status_code == 302
    assert client.post("/onboarding/add/password/", {}).status_code == 302
    other = {"command": "set_monitors", "given": '{"monitors": [{}]}', "must_succeed": "on"}
    assert client.post("/onboarding/add/other/", other).status_code == 302
    first, second, third = RecipeStep.objects.all()
    assert (first.name, second.name, third.name) == (
        "set_setting", "set_password", "set_monitors",
    )  # fmt: skip
    assert [first.must_succeed, second.must_succeed] == [True, False]
    page = client.get("/onboarding/").content.decode()
    assert "Set SampledDataCtrlr.TxUpdatedInterval / MeterValueSampleInterval to 60" in page
    client.post(f"/onboarding/steps/{third.pk}/up/")
    client.post(f"/onboarding/steps/{first.pk}/up/")
    assert [s.pk for s in RecipeStep.objects.all()] == [first.pk, third.pk, second.pk]
    changed = {**SETTING, "value": "30"}
    assert client.post(f"/onboarding/steps/{first.pk}/", changed).status_code == 302
    client.post(f"/onboarding/steps/{third.pk}/remove/")
    assert list(RecipeStep.objects.values_list("position", flat=True)) == [1, 2]
    first.refresh_from_db()
    assert first.parameters["value"] == "30"
    assert Fact.objects.filter(kind__startswith="set-up step").count() == 6
    stranger = log_in("stranger")
    assert stranger.post(f"/onboarding/steps/{first.pk}/remove/").status_code == 404
    assert stranger.post(f"/onboarding/steps/{first.pk}/", changed).status_code == 404


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("setting", {"value": "1"}, "Give &#x27;key&#x27; (OCPP 1.6)"),
        ("setting", {"value": "x", "key": "AuthorizationKey"}, "A secret is not kept in a step"),
        ("root", {"kind": "csms_root", "certificate": "x"}, "must be PEM text"),
        ("other", {"command": "set_monitors", "given": "["}, "not JSON"),
        ("other", {"command": "set_monitors", "given": "{}"}, "is required"),
    ],
)
def test_a_bad_step_is_explained(
    log_in: LogIn, kind: str, given: dict[str, Any], words: str
) -> None:
    page = log_in("admin").post(f"/onboarding/add/{kind}/", given)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not RecipeStep.objects.exists()


def test_who_waits_is_in_the_inbox_and_in_the_list(
    stations: tuple[Station, Station], log_in: LogIn
) -> None:
    page = log_in("operator").get("/stations/", {"connection": "waiting"})
    shown = {row.station.identity for row in page.context["rows"]}
    assert shown == {"NL-NEW-003", "NL-NEW-004"}
    words = page.content.decode()
    assert "Chargers waiting to be accepted" in words
    assert "/stations/NL-NEW-004/onboarding/accept/" in words
    assert "onboarding/accept" not in log_in("support").get("/stations/").content.decode()


def test_the_navigation_counts_who_needs_a_person(
    stations: tuple[Station, Station], scene: Cast, log_in: LogIn
) -> None:
    page = log_in("operator").get("/sessions/").content.decode()
    counted = page.partition('id="nav-count-onboarding"')[2].partition("</span>")[0]
    assert counted.endswith(">2")
    failed, held = stations
    services.reject(held, now=scene.now, actor=OFFICE)
    services.accept(failed, now=scene.now, actor=OFFICE)
    assert "nav-count-onboarding" not in log_in("support").get("/sessions/").content.decode()
    assert count_needing(scene.admin) == 0
    assert count_needing(scene.stranger) == 0


def test_one_who_waits_is_accepted_or_rejected(
    stations: tuple[Station, Station], scene: Cast, log_in: LogIn
) -> None:
    _, held = stations
    url = f"/stations/{held.identity}/onboarding/"
    place = {"location": scene.location.pk}
    assert log_in("support").post(f"{url}accept/", place).status_code == 403
    assert log_in("stranger").post(f"{url}accept/", place).status_code == 404
    assert log_in("operator").post(f"{url}reject/").status_code == 302
    held.refresh_from_db()
    assert held.boot_policy == "rejected"
    assert log_in("operator").post(f"{url}accept/", place).status_code == 302
    held.refresh_from_db()
    assert (held.boot_policy, held.is_stranger) == ("accepted", False)
    assert Setup.objects.get(station=held).stage == "running"
    waiting = CommandRow.objects.filter(station_id=held.pk).values_list("name", flat=True)
    assert set(waiting) == {"trigger_message", "get_variables"}


def test_the_page_says_why_a_set_up_failed_and_what_can_be_done(
    stations: tuple[Station, Station], log_in: LogIn
) -> None:
    url = "/stations/NL-NEW-003/"
    page = log_in("operator").get(url).content.decode()
    assert "Step 2, Set MeterValueSampleInterval to 60: Rejected: UnknownVariable" in page
    assert all(f"{url}onboarding/{what}/" in page for what in ("again", "accept", "restart"))
    assert "onboarding/again" not in log_in("support").get(url).content.decode()
    assert log_in("operator").post(f"{url}onboarding/again/").status_code == 302
    row = CommandRow.objects.get(station_id=stations[0].pk)
    assert (row.name, row.actor, row.reason) == ("set_variables", "set-up", "Step 2 of its set-up")


def test_the_panel_follows_the_set_up(
    stations: tuple[Station, Station],
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    failed, _ = stations
    changed = obey(
        log_in("admin"), scene.admin, "/stations/NL-NEW-003/",
        lambda: services.try_again(failed, now=scene.now, actor=OFFICE),
        monkeypatch, django_capture_on_commit_callbacks,
    )  # fmt: skip
    assert f"station-setup:{failed.pk}" in changed


def test_the_overview_says_that_new_chargers_wait(
    stations: tuple[Station, Station], log_in: LogIn
) -> None:
    page = log_in("operator").get("/").content.decode()
    assert "2 new chargers wait to be accepted or set up" in page
    assert "new chargers wait" not in log_in("support").get("/").content.decode()
