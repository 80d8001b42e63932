"""Onboarding and certificates over REST."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.history.models import Fact
from apps.onboarding.models import RecipeStep, Setup
from apps.stations.models import Station
from tests import factories as make
from tests.api.conftest import NOW, Program
from tests.certificates.records import issue
from tests.factories import Cast

SETTING = {
    "name": "set_setting",
    "parameters": {"value": "60", "key": "MeterValueSampleInterval"},
    "must_succeed": False,
}
WHY = {"reason": "it is ours"}
PASSWORD = {"name": "set_password", "parameters": {}, "must_succeed": True}
DEFAULT = {
    "unknown": "refuse", "most_held": 50, "heartbeat_interval_s": None, "retry_interval_s": None,
    "renews_certificates": False, "renew_before_d": None, "steps": [],
}  # fmt: skip


def test_the_policy_is_read_and_changed_in_parts(admin: Program, stranger: Program) -> None:
    assert admin.get("onboarding/").json() == DEFAULT
    given = {"heartbeat_interval_s": 60, "unknown": "hold", "steps": [SETTING, PASSWORD]}
    assert admin.patch("onboarding/", given).json() == {**DEFAULT, **given}
    assert admin.patch("onboarding/", {"steps": [PASSWORD]}).json()["steps"] == [PASSWORD]
    assert admin.patch("onboarding/", {"heartbeat_interval_s": None}).json() == {
        **DEFAULT, "unknown": "hold", "steps": [PASSWORD],
    }  # fmt: skip
    told = Fact.objects.filter(kind="onboarding policy changed").order_by("id")
    assert [sorted(fact.details["changes"]) for fact in told] == [
        ["heartbeat_interval_s", "unknown"], ["steps"], ["steps"], ["heartbeat_interval_s"],
    ]  # fmt: skip
    assert stranger.get("onboarding/").json() == DEFAULT
    refused = stranger.patch("onboarding/", {"unknown": "hold"})
    assert refused.status_code == 400
    assert "Another organisation takes the unknown chargers already." in refused.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"unknown": "maybe"}, "unknown"),
        ({"most_held": -1}, "most_held"),
        ({"heartbeat_interval_s": 0}, "greater than or equal to 1"),
        ({"steps": [{"name": "reset"}]}, "reset"),
        ({"steps": [{"name": "set_setting"}]}, "'value' is required"),
        ({"steps": [{"name": "set_monitors"}]}, "'monitors' is required"),
        ({"steps": [SETTING] * 51}, "steps"),
        ({"steps": {}}, "steps"),
    ],
)
def test_a_bad_policy_is_explained_and_changes_nothing(
    admin: Program, given: dict[str, Any], words: str
) -> None:
    answer = admin.patch("onboarding/", given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert admin.get("onboarding/").json() == DEFAULT
    assert not RecipeStep.objects.exists()


@pytest.fixture
def held(cast: Cast) -> Station:
    return make.station(
        cast.location, "NEW-1", now=NOW, statuses=(), is_stranger=True, boot_policy="pending",
        serial_number="SN-1",
    )  # fmt: skip


def test_one_who_waits_is_accepted_and_set_up(
    admin: Program, stranger: Program, held: Station
) -> None:
    Station.objects.update(boot_status="Pending")
    admin.patch("onboarding/", {"steps": [PASSWORD]})
    (shown,) = admin.all("onboarding/waiting/")
    assert (shown["identity"], shown["serial_number"], shown["has_password"]) == (
        "NEW-1", "SN-1", False,
    )  # fmt: skip
    assert stranger.all("onboarding/waiting/") == []
    assert admin.get("stations/NEW-1/setup/").json()["state"] == "waiting"
    assert stranger.post("stations/NEW-1/accept/", WHY).status_code == 404
    answer = admin.post("stations/NEW-1/accept/", {"location": "Blaak", **WHY}).json()
    assert (answer["state"], [step["state"] for step in answer["steps"]]) == ("running", ["sent"])
    row = CommandRow.objects.get(pk=answer["steps"][0]["command"])
    assert (row.name, row.identity) == ("set_variables", "NEW-1")
    assert admin.all("onboarding/waiting/") == []


def test_one_who_waits_is_rejected_once(admin: Program, held: Station) -> None:
    assert admin.post("stations/NEW-1/reject/", WHY).status_code == 200
    held.refresh_from_db()
    assert held.boot_policy == "rejected"
    assert admin.post("stations/NEW-1/reject/", WHY).status_code == 409


def test_a_set_up_is_run_again(admin: Program, charger: Station) -> None:
    admin.patch("onboarding/", {"steps": [SETTING]})
    assert admin.get("stations/NL-001/setup/").json() == {
        "station": "NL-001", "state": "none", "reason": "", "started_at": None,
        "finished_at": None, "steps": [],
    }  # fmt: skip
    answer = admin.post("stations/NL-001/setup/", WHY)
    assert answer.status_code == 202
    (step,) = answer.json()["steps"]
    assert (step["state"], step["detail"]) == (
        "skipped", "It has no name in the version that the station speaks.",
    )  # fmt: skip
    assert Setup.objects.get().stage == "done"


def test_certificates_are_listed_and_revoked(
    admin: Program, stranger: Program, charger: Station
) -> None:
    now = timezone.now()
    first = issue(charger, issued_at=now - timedelta(days=2))
    second = issue(charger, kind="v2g", not_after=now + timedelta(days=300))
    shown = admin.all("certificates/")
    assert [one["id"] for one in shown] == [second.pk, first.pk]
    assert shown[1]["fingerprint"] == first.fingerprint
    assert [one["id"] for one in admin.all("certificates/", kind="v2g")] == [second.pk]
    soon = (now + timedelta(days=30)).isoformat()
    assert [one["id"] for one in admin.all("certificates/", ends_before=soon)] == [first.pk]
    assert admin.all("certificates/", station="NL-002") == []
    path = f"certificates/{first.pk}/"
    assert stranger.all("certificates/") == []
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}revoke/", {"reason": "x"}).status_code == 404
    assert admin.post(f"{path}revoke/", {}).status_code == 400
    revoked = admin.post(f"{path}revoke/", {"reason": "stolen"}).json()
    assert (revoked["revoked_because"], revoked["id"]) == ("stolen", first.pk)
    assert admin.get(path).json()["revoked_at"] is not None
    assert admin.post(f"{path}revoke/", {"reason": "again"}).status_code == 409
    assert [one["id"] for one in admin.all("certificates/", revoked="true")] == [first.pk]
    assert Fact.objects.filter(kind="certificate revoked").count() == 1
