"""The first list of the overview, and what people do about it."""

import re
from datetime import timedelta

from django.utils import timezone

from apps.incidents.models import Incident, Maintenance
from apps.incidents.services import keep_incidents
from apps.reconciliation.models import Case
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


def do(log_in: LogIn, scene: Cast, what: str, **form: str) -> int:
    url = f"/incidents/{scene.extras['incident'].pk}/{what}/"
    return log_in("operator").post(url, form).status_code


def test_the_number_in_the_navigation_is_that_of_the_list(log_in: LogIn, scene: Cast) -> None:
    page = log_in("operator").get("/")
    listed = page.context["attention"]
    assert len(listed.rows) + listed.more == page.context["tiles"].needing
    counts = {item.label: item.count for _, items in page.context["nav"] for item in items}
    assert counts["Overview"].value == counts["Incidents"].value == len(listed.rows)
    shown = log_in("operator").get("/incidents/").content.decode()
    assert shown.count('<li class="need">') == len(listed.rows)


def test_each_says_what_where_since_when_and_what_to_do_next(log_in: LogIn, scene: Cast) -> None:
    line = re.search(
        r'<li class="need">.*?</li>', log_in("support").get("/").content.decode(), re.DOTALL
    )
    assert line
    for word in ("A station is offline", "Blaak", "for", "power and its network"):
        assert word in line[0]


def test_one_shows_its_cases_its_steps_and_its_runbook(log_in: LogIn, scene: Cast) -> None:
    url = f"/incidents/{scene.extras['incident'].pk}/"
    page = log_in("operator").get(url).content.decode()
    case = Case.objects.get(kind="offline")
    assert f"/cases/{case.pk}/" in page
    assert "Incident opened by the clock" in page


def test_it_is_taken_given_noted_and_closed(log_in: LogIn, scene: Cast) -> None:
    assert do(log_in, scene, "acknowledge") == 302
    assert do(log_in, scene, "assign", to=str(scene.support.pk)) == 302
    assert do(log_in, scene, "note", text="Called the site") == 302
    page = log_in("operator").get(f"/incidents/{scene.extras['incident'].pk}/").content.decode()
    for words in ("looks after it", "Called the site", f"to {scene.support.label}"):
        assert words in page
    assert do(log_in, scene, "close", text="Fuse") == 302
    assert Incident.objects.get(pk=scene.extras["incident"].pk).state == "closed"


def test_put_off_it_leaves_the_first_list(log_in: LogIn, scene: Cast) -> None:
    assert do(log_in, scene, "snooze", hours="4") == 302
    client = log_in("operator")
    assert "A station is offline" not in client.get("/").content.decode()
    assert "A station is offline" in client.get("/incidents/?state=snoozed").content.decode()


def test_odd_deeds_are_refused_in_words(log_in: LogIn, scene: Cast) -> None:
    assert do(log_in, scene, "burn") == 404
    assert do(log_in, scene, "snooze", hours="7") == 400
    assert do(log_in, scene, "note", text="") == 400
    assert do(log_in, scene, "assign", to=str(scene.stranger.pk)) == 400


def test_support_reads_and_does_nothing(log_in: LogIn, scene: Cast) -> None:
    url = f"/incidents/{scene.extras['incident'].pk}/"
    assert "I look after it" not in log_in("support").get(url).content.decode()
    assert log_in("support").post(f"{url}acknowledge/").status_code == 403


def plan(log_in: LogIn, scene: Cast, **form: str) -> tuple[int, str]:
    begins_at = timezone.localtime(scene.now)
    given = {
        "location": str(scene.location.pk), "reason": "New contactor 7", "station": "",
        "begins_at": f"{begins_at:%Y-%m-%d %H:%M}",
        "ends_at": f"{begins_at + timedelta(hours=3):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    answer = log_in("operator").post("/incidents/maintenance/", given | form)
    return answer.status_code, answer.content.decode()


def test_maintenance_is_planned_shown_and_ended(log_in: LogIn, scene: Cast) -> None:
    before = Maintenance.objects.count()
    assert plan(log_in, scene)[0] == 302
    assert Maintenance.objects.count() == before + 1
    assert "New contactor 7" in log_in("operator").get("/incidents/").content.decode()
    keep_incidents(now=timezone.now() + timedelta(hours=1))
    assert not Incident.objects.exclude(state="closed").exists()
    work = Maintenance.objects.latest("pk")
    url = f"/incidents/maintenance/{work.pk}/call-off/"
    assert log_in("operator").post(url).status_code == 302
    assert "New contactor 7" not in log_in("operator").get("/incidents/").content.decode()


def test_maintenance_that_cannot_be_is_refused_in_words(log_in: LogIn, scene: Cast) -> None:
    for form, words in (
        ({"station": "nowhere"}, "no station of this identity"),
        ({"ends_at": "2020-01-01 10:00"}, "must end after it begins"),
        ({"ends_at": "2099-01-01 10:00"}, "90 days at most"),
    ):
        status, page = plan(log_in, scene, **form)
        assert status == 422
        assert words in page


def test_a_deed_that_is_not_understood_says_what_is_missing(scene: Cast, log_in: LogIn) -> None:
    incident = Incident.objects.filter(organisation=scene.organisation, closed_at=None).first()
    assert incident is not None
    answer = log_in("operator").post(f"/incidents/{incident.pk}/note/", {"text": ""})
    assert answer.status_code == 400
    assert "Say it in 1 to 200 characters." in answer.content.decode()
