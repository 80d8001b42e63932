"""Incidents and maintenance over REST."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.incidents.models import Incident
from apps.incidents.services import keep_incidents
from apps.stations.models import Station
from tests import factories as make
from tests.api.conftest import Program
from tests.factories import Cast


@pytest.fixture
def incident(charger: Station) -> Incident:
    now = timezone.now()
    make.case(charger, "offline", at=now)
    keep_incidents(now=now)
    return Incident.objects.get()


def test_an_incident_says_what_where_and_what_to_do(
    admin: Program, incident: Incident, charger: Station
) -> None:
    (found,) = admin.get("incidents/?state=current").json()["results"]
    assert found == admin.get(f"incidents/{incident.pk}/").json()
    assert (found["title"], found["severity"], found["cases"]) == (
        f"A station is offline: {charger.identity}", "major", 1,
    )  # fmt: skip
    assert found["location"] == charger.location.name
    assert found["action"]


def test_it_is_taken_given_put_off_noted_and_closed(
    admin: Program, incident: Incident, cast: Cast
) -> None:
    one = f"incidents/{incident.pk}/"
    assert admin.post(f"{one}acknowledge/", {}).json()["state"] == "acknowledged"
    name = cast.support.username
    assert admin.post(f"{one}assign/", {"to": name}).json()["assignee"] == name
    until = (timezone.now() + timedelta(hours=4)).isoformat()
    assert admin.post(f"{one}snooze/", {"until": until}).json()["snoozed_until"]
    assert admin.post(f"{one}note/", {"text": "Called the site"}).status_code == 200
    closed = admin.post(f"{one}close/", {"reason": "Fuse"}).json()
    assert (closed["state"], closed["reason"]) == ("closed", "Fuse")
    assert admin.post(f"{one}acknowledge/", {}).status_code == 409


@pytest.mark.parametrize(
    ("what", "body"),
    [("assign", {"to": "nobody"}), ("assign", {}), ("snooze", {"until": "2020-01-01T00:00:00Z"}),
     ("snooze", {"until": "soon"}), ("note", {"text": ""}), ("close", {})],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(
    admin: Program, incident: Incident, what: str, body: Any
) -> None:
    assert admin.post(f"incidents/{incident.pk}/{what}/", body).status_code == 400


def test_maintenance_is_planned_listed_and_called_off(admin: Program, charger: Station) -> None:
    now = timezone.now()
    body = {
        "location": charger.location.name, "station": charger.identity, "reason": "Cable",
        "begins_at": now.isoformat(), "ends_at": (now + timedelta(hours=2)).isoformat(),
    }  # fmt: skip
    made = admin.post("maintenance/", body)
    assert (made.status_code, made.json()["station"]) == (201, charger.identity)
    assert [one["id"] for one in admin.get("maintenance/").json()["results"]] == [made.json()["id"]]
    for wrong in ({"location": "nowhere"}, {"station": "nobody"}, {"ends_at": body["begins_at"]}):
        assert admin.post("maintenance/", body | wrong).status_code == 400
    assert admin.delete(f"maintenance/{made.json()['id']}/").status_code == 204
    assert admin.get("maintenance/").json()["results"] == []
