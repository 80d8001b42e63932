"""Many stations at once, as pages do it: chosen, frozen, reviewed, typed, run, stopped, retried."""

import csv
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.roles import may
from apps.campaigns.models import Target
from apps.commands.models import CommandRow, State
from apps.dashboard.commands import SCREENS
from apps.jobs.models import Job
from apps.jobs.orders import DEEDS
from apps.jobs.services import go_on
from apps.stations.models import Location, Station
from tests import factories
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

NEW = "/jobs/new/"


@pytest.fixture
def operator(log_in: LogIn) -> Client:
    return log_in("operator")


def chosen(client: Client, what: str, **given: Any) -> Any:
    return client.post(NEW, {"what": what, **given})


def listed(address: str) -> set[str]:
    job = int(address.split("/")[2])
    rows = Target.objects.filter(campaign=job)
    return set(rows.values_list("station__identity", flat=True))


def reviewed(client: Client, what: str, *, filled: dict[str, Any], **given: Any) -> str:
    """The address of a job whose order was filled in."""
    order = chosen(client, what, **given)["Location"]
    plan = {"parallel": 5, "deadline_s": 600}
    sent = client.post(order, plan | filled)
    assert sent.status_code == 302, sent.content.decode()
    return str(sent["Location"])


def test_all_that_match_are_frozen_and_a_filter_that_changes_changes_nothing(
    scene: Cast, operator: Client
) -> None:
    address = chosen(operator, "reset?mode=on_idle", all="1", query="q=NL-UTR")["Location"]
    assert address.endswith("/order/?mode=on_idle")
    before = listed(address)
    assert before == {"NL-UTR-010", "NL-UTR-011", "NL-UTR-012"}
    factories.station(scene.location, "NL-UTR-099", now=scene.now)
    form = operator.get(address).content.decode()
    assert "3 stations" in form
    operator.post(address, {"mode": "on_idle", "parallel": 2, "deadline_s": 600})
    assert listed(address) == before


def test_numbers_of_others_are_left_out(scene: Cast, operator: Client) -> None:
    there = Location.objects.create(organisation=scene.stranger.organisation, name="Theirs")
    theirs = factories.station(there, "THEIRS", now=scene.now)
    mine = Station.objects.get(identity="NL-UTR-010")
    sent = chosen(operator, "reset", station=[str(mine.pk), str(theirs.pk), "0", "x", "9" * 30])
    assert listed(sent["Location"]) == {"NL-UTR-010"}
    only = chosen(operator, "reset", station=[str(theirs.pk)])
    assert only.status_code == 422
    assert "No station was chosen" in only.content.decode()
    assert chosen(operator, "reset").status_code == 422


def test_what_is_grave_is_started_once_its_number_is_typed(scene: Cast, operator: Client) -> None:
    address = reviewed(
        operator, "reset?mode=immediate", all="1", query="q=NL-UTR",
        filled={"mode": "immediate", "reason": "Hung"},
    )  # fmt: skip
    page = operator.get(address).content.decode()
    assert "3 of 3 stations" in page
    start = f"{address}start/"
    for wrong in ({}, {"count": "2"}, {"count": "three"}):
        refused = operator.post(start, wrong)
        assert refused.status_code == 422
        assert "Type the number of stations" in refused.content.decode()
    assert operator.post(start, {"count": "3"}).status_code == 302
    assert operator.post(start, {"count": "3"}).status_code == 422, "in another tab"
    go_on(now=scene.now)
    mine = CommandRow.objects.filter(reason__endswith=": Hung", name="reset")
    assert set(mine.values_list("identity", flat=True)) <= {
        "NL-UTR-010",
        "NL-UTR-011",
        "NL-UTR-012",
    }


def test_a_job_is_followed_stopped_and_tried_again(scene: Cast, operator: Client) -> None:
    address = reviewed(operator, "clear_cache", all="1", query="q=NL-EIN", filled={"parallel": 1})
    assert operator.post(f"{address}start/").status_code == 302
    key = int(address.split("/")[2])
    go_on(now=scene.now)
    mine = CommandRow.objects.filter(reason=f"Job {key}")
    mine.update(state=State.REJECTED)
    assert operator.post(f"{address}stop/").status_code == 302
    go_on(now=scene.now)
    page = operator.get(address).content.decode()
    assert "Stopped" in page
    assert "Retry 3 that failed" in page
    assert operator.post(f"{address}stop/").status_code == 422
    assert operator.post(f"{address}nonsense/").status_code == 404
    assert operator.post(f"{address}retry/").status_code == 302
    table = list(
        csv.DictReader(operator.get(f"{address}results.csv").getvalue().decode().splitlines())
    )
    assert [line["station"] for line in table] == ["NL-EIN-001", "NL-EIN-002", "NL-EIN-003"]
    assert {line["state"] for line in table} == {"waiting"}
    renewed = operator.get(address, headers={"HX-Request": "true"}).content.decode()
    assert renewed.strip().startswith('<div id="job"')


def test_one_setting_goes_to_many_by_the_form_of_one(scene: Cast, operator: Client) -> None:
    filled = {"component": "", "variable": "HeartbeatInterval", "value": "60", "reason": "Data"}
    address = reviewed(operator, "set_variables", all="1", query="protocol=ocpp1.6", filled=filled)
    job = Job.objects.latest("pk")
    assert job.parameters == {
        "variables": [{"attributeValue": "60", "variable": {"name": "HeartbeatInterval"}}]
    }
    assert "HeartbeatInterval" in operator.get(address).content.decode()


@pytest.mark.parametrize("role", ["admin", "operator", "support"])
def test_each_offer_for_many_has_its_form_and_none_else_is_taken(
    scene: Cast, log_in: LogIn, role: str
) -> None:
    client = log_in(role)
    page = client.get(reverse("dashboard:stations")).content.decode()
    bar = page[page.index('id="bulk"') :]
    offered = re.findall(r'<option value="([^"]+)"', bar)
    assert offered
    for what in offered:
        sent = chosen(client, what, all="1", query="q=NL-UTR-010")
        assert client.get(sent["Location"]).status_code == 200, what
    names = {what.partition("?")[0] for what in offered}
    for screen in SCREENS.values():
        declared = screen.command.declared
        if screen.form and screen.name not in names:
            wanted = 302 if may(role, declared.permission) else 403
            status = chosen(client, screen.name, all="1", query="").status_code
            assert status == (wanted if declared.is_for_many else 400), screen.name
    assert (names >= DEEDS.keys()) == (role != "support")


def test_a_deed_is_filled_in_and_done(scene: Cast, operator: Client) -> None:
    address = reviewed(operator, "add_tag", all="1", query="q=NL-EIN", filled={"tag": "South"})
    assert operator.post(f"{address}start/").status_code == 302
    go_on(now=scene.now)
    page = operator.get(reverse("dashboard:stations"), {"tag": "south"}).content.decode()
    assert "3 stations match" in page
    order = chosen(operator, "move_to_site", all="1", query="q=NL-EIN")["Location"]
    assert operator.post(order, {"location": "0"}).status_code == 422


def test_a_role_that_may_not_only_looks(scene: Cast, log_in: LogIn) -> None:
    draft = scene.extras["draft"]
    client = log_in("support")
    page = client.get(reverse("dashboard:job", args=[draft.pk]))
    assert page.status_code == 200
    assert "job-start" not in page.content.decode()
    for what in ("start", "stop", "retry", "order"):
        assert client.post(f"/jobs/{draft.pk}/{what}/", {"count": "1"}).status_code == 403
    assert log_in("stranger").post(f"/jobs/{draft.pk}/start/").status_code == 404
