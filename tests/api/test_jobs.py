"""Jobs over REST: made and started at once on a frozen list, stopped, tried again."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.commands.models import CommandRow, State
from apps.jobs.services import go_on
from apps.stations.models import Station
from tests import factories
from tests.api.conftest import NOW, Program
from tests.factories import Cast

RESET: dict[str, Any] = {"action": "reset", "parameters": {"mode": "on_idle"}}


@pytest.fixture
def operator(program_of: Callable[[str], Program]) -> Program:
    return program_of("operator")


@pytest.fixture
def engineer(program_of: Callable[[str], Program]) -> Program:
    return program_of("engineer")


@pytest.fixture
def support(program_of: Callable[[str], Program]) -> Program:
    return program_of("support")


@pytest.fixture
def fleet(cast: Cast) -> list[Station]:
    made = [factories.station(cast.location, f"S{n}", now=NOW) for n in range(3)]
    made.append(factories.station(cast.location, "OLD", now=NOW, protocol="ocpp1.6"))
    return made


def test_a_job_is_started_on_the_list_of_its_filter(
    operator: Program, fleet: list[Station]
) -> None:
    made = operator.post("jobs/", RESET | {"filter": {"q": "S"}, "parallel": 2, "reason": "Hung"})
    assert made.status_code == 202
    told = made.json()
    assert (told["state"], told["parallel"], told["deadline_s"]) == ("running", 2, 3600)
    assert told["counts"]["eligible"] == told["counts"]["total"] == told["counts"]["waiting"]
    assert operator.get(made["Location"]).json() == told
    go_on(now=NOW)
    assert CommandRow.objects.count() == 2
    items = operator.all(f"jobs/{told['id']}/items/", limit=1)
    assert [item["state"] for item in items if item["station"].startswith("S")] == [
        "sent", "sent", "waiting",
    ]  # fmt: skip
    again = operator.post("jobs/", RESET | {"filter": {}}).json()
    assert [job["id"] for job in operator.all("jobs/", limit=1)] == [again["id"], told["id"]]


def test_who_is_left_out_is_told_with_the_reason(engineer: Program, fleet: list[Station]) -> None:
    body = {"action": "set_monitoring_base", "parameters": {"base": "all"}}
    names = [station.identity for station in fleet]
    job = engineer.post("jobs/", body | {"stations": names}).json()
    assert (job["counts"]["eligible"], job["counts"]["skipped"]) == (3, 1)
    [left_out] = engineer.get(f"jobs/{job['id']}/items/", state="skipped").json()["results"]
    assert left_out["station"] == "OLD"
    assert left_out["problem"]
    none = engineer.post("jobs/", body | {"stations": ["OLD"]})
    assert none.status_code == 409
    assert engineer.get("jobs/").json()["results"][1:] == []


def test_it_is_stopped_and_what_went_wrong_tried_again(
    operator: Program, support: Program, fleet: list[Station]
) -> None:
    job = operator.post("jobs/", RESET | {"filter": {"q": "S"}, "parallel": 1}).json()
    path = f"jobs/{job['id']}"
    assert operator.post(f"{path}/retry/", {}).status_code == 409
    go_on(now=NOW)
    CommandRow.objects.update(state=State.REJECTED)
    assert support.post(f"{path}/stop/", {}).status_code == 403
    stopped = operator.post(f"{path}/stop/", {}).json()
    assert stopped["state"] == "stopped"
    assert stopped["counts"]["spared"] == 2
    go_on(now=NOW)
    assert operator.post(f"{path}/stop/", {}).status_code == 409
    again = operator.post(f"{path}/retry/", {}).json()
    assert (again["state"], again["counts"]["waiting"]) == ("running", 3)


def test_a_deed_is_a_job_too(operator: Program, fleet: list[Station]) -> None:
    body = {"action": "add_tag", "parameters": {"tag": "Depot"}, "filter": {"protocol": "ocpp1.6"}}
    assert operator.post("jobs/", body).status_code == 202
    go_on(now=NOW)
    assert operator.get("stations/OLD/").json()["tags"] == ["Depot"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (RESET, 400),
        (RESET | {"filter": {}, "stations": ["S0"]}, 400),
        (RESET | {"stations": ["S0", "NOBODY"]}, 400),
        (RESET | {"stations": []}, 400),
        (RESET | {"filter": {"nonsense": "x"}}, 400),
        (RESET | {"filter": {"q": "nobody"}}, 400),
        (RESET | {"filter": {}, "parallel": 0}, 400),
        (RESET | {"filter": {}, "deadline_s": 5}, 400),
        ({"action": "reset", "parameters": {"mode": "loud"}, "filter": {}}, 400),
        ({"action": "raw_call", "parameters": {}, "filter": {}}, 400),
        ({"action": "stop_session", "parameters": {"transaction_id": "1"}, "filter": {}}, 400),
        ({"action": "nonsense", "filter": {}}, 400),
        ({"action": "add_tag", "parameters": {"tag": ""}, "filter": {}}, 400),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_made(
    engineer: Program, fleet: list[Station], body: dict[str, Any], status: int
) -> None:
    assert engineer.post("jobs/", body).status_code == status
    assert engineer.get("jobs/").json()["results"] == []


def test_others_see_and_reach_nothing(
    operator: Program, stranger: Program, support: Program, fleet: list[Station]
) -> None:
    job = operator.post("jobs/", RESET | {"filter": {"q": "S"}}).json()
    for path in (f"jobs/{job['id']}/", f"jobs/{job['id']}/items/"):
        assert stranger.get(path).status_code == 404
    for deed in ("stop", "retry"):
        assert stranger.post(f"jobs/{job['id']}/{deed}/", {}).status_code == 404
    assert stranger.post("jobs/", RESET | {"stations": ["S0"]}).status_code == 400
    assert support.post("jobs/", RESET | {"filter": {}}).status_code == 403
    tag = {"action": "add_tag", "parameters": {"tag": "x"}, "filter": {}}
    assert support.post("jobs/", tag).status_code == 403
