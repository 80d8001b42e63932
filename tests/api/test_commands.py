"""Commands and raw calls over REST, and waiting for their answers."""

from typing import Any

import pytest
from django.utils import timezone

from apps.api import waiting
from apps.api.views import commands as views
from apps.commands import services
from apps.commands.answers import answer
from apps.commands.models import CommandRow, State
from apps.domain.events import CommandAnswered
from apps.history.models import Fact
from apps.stations.models import Station
from tests import factories
from tests.api.conftest import NOW, Program
from tests.factories import Cast

COMMANDS = "stations/NL-001/commands/"
CALLS = "stations/NL-001/calls/"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the station does while a program waits: one entry for each look at the clock."""
    script: list[Any] = []
    time_s = [0.0]

    def sleep(pause_s: float) -> None:
        time_s[0] += pause_s
        if script:
            row = CommandRow.objects.latest("id")
            services.claim(row, connection_id="c", now=timezone.now())
            answer(CommandAnswered(row.pk, **script.pop(0)), now=timezone.now())

    def wait(row: CommandRow, wait_s: float) -> CommandRow:
        return waiting.wait_for_answer(row, wait_s, sleep=sleep, clock=lambda: time_s[0])

    monkeypatch.setattr(views, "wait_for_answer", wait)
    return script


def test_a_command_is_queued_and_can_be_looked_up(admin: Program, charger: Station) -> None:
    body = {
        "command": "start_session",
        "parameters": {"token": "04A2", "evse_id": 2},
        "reason": "The app does not work",
    }
    queued = admin.post(COMMANDS, body)
    assert queued.status_code == 202
    told = queued.json()
    assert (told["station"], told["command"], told["state"]) == (
        "NL-001", "start_session", "queued",
    )  # fmt: skip
    assert told["parameters"]["token"] == "04A2"
    assert told["reason"] == "The app does not work"
    for name in ("request", "response", "sent_at", "answered_at", "confirmed_at", "error"):
        assert told[name] is None
    assert admin.get(queued["Location"]).json() == told
    assert admin.all("commands/") == [told]
    entry = Fact.objects.get(subject_label="start_session")
    assert (entry.actor_label, entry.details["station"]) == ("key admin", "NL-001")


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        ({"status": "accepted", "response": {"status": "Accepted"}}, "accepted", None),
        ({"status": "rejected", "response": {"status": "Rejected"}}, "rejected", None),
        (
            {"status": "error", "error_code": "NotSupported", "error_description": "no"},
            "error",
            {"code": "NotSupported", "description": "no"},
        ),
        ({"status": "timed_out"}, "timed_out", None),
    ],
)
def test_who_waits_is_told_the_answer(
    admin: Program, charger: Station, answers: list[Any], answer: dict[str, Any],
    status: str, error: dict[str, str] | None,
) -> None:  # fmt: skip
    answers.append(answer)
    told = admin.post(f"{COMMANDS}?wait=30", {"command": "reset"})
    assert told.status_code == 200
    assert told.json()["status"] == status
    assert told.json()["response"] == answer.get("response")
    assert told.json()["error"] == error
    assert told.json()["command"] == "reset"


def test_who_waits_in_vain_is_told_the_command(
    admin: Program, charger: Station, answers: list[Any]
) -> None:
    told = admin.post(f"{COMMANDS}?wait=5", {"command": "reset"})
    assert told.status_code == 202
    assert told.json()["state"] == "queued"
    assert "status" not in told.json()


@pytest.mark.parametrize("wait", ["-1", "61", "soon", "nan", "inf", "1e999"])
def test_an_impossible_wait_is_refused_before_anything_is_queued(
    admin: Program, charger: Station, wait: str
) -> None:
    assert admin.post(f"{COMMANDS}?wait={wait}", {"command": "reset"}).status_code == 400
    assert not CommandRow.objects.exists()


@pytest.mark.parametrize(
    ("command", "parameters", "problem"),
    [
        ("dance", {}, "unknown command 'dance'"),
        ("start_session", {}, "'token' is required"),
        ("start_session", {"token": 5}, "'token' must be a string"),
        ("start_session", {"token": "A", "remote_start_id": 7}, "given by the system"),
        ("stop_session", {"transaction_id": "x" * 37}, "at most 36 characters"),
        ("reset", {"mode": "hard"}, "'mode' must be one of immediate, on_idle"),
        ("set_variables", {"variables": [{"variable": {"name": "A"}}]}, "'attributeValue'"),
        ("get_variables", {"variables": [{"component": {"name": "A"}}]}, "variables[0]"),
        ("get_variables", {"variables": [7]}, "variables[0]: must be an object"),
        ("raw_call", {"action": "Reset", "payload": {}}, "calls/"),
    ],
)
def test_a_command_that_does_not_fit_is_refused_with_its_problems(
    admin: Program, charger: Station, command: str, parameters: dict[str, Any], problem: str
) -> None:
    refused = admin.post(COMMANDS, {"command": command, "parameters": parameters})
    assert refused.status_code == 400
    assert any(problem in said for said in refused.json()["error"]["details"])
    assert not CommandRow.objects.exists()


def test_keys_of_ocpp_16_may_be_written_as_there(admin: Program, charger: Station) -> None:
    body = {"command": "set_variables", "parameters": {"variables": [{"key": "K", "value": "1"}]}}
    refused = admin.post(COMMANDS, body)
    assert (refused.status_code, "component" in refused.content.decode()) == (400, True)
    Station.objects.update(protocol="ocpp1.6")
    assert admin.post(COMMANDS, body).status_code == 202
    kept = CommandRow.objects.get().parameters["variables"]
    assert kept == [{"variable": {"name": "K"}, "attributeValue": "1"}]


def test_a_secret_that_is_set_is_shown_to_nobody(admin: Program, charger: Station) -> None:
    item = {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "attributeValue": "open-sesame-1234",
    }
    body = {"command": "set_variables", "parameters": {"variables": [item]}}
    told = admin.post(COMMANDS, body)
    shown = told.content + admin.get(told["Location"]).content
    assert b"open-sesame" not in shown
    assert "open-sesame" not in str(list(Fact.objects.values()))
    assert "open-sesame" in str(CommandRow.objects.get().parameters)


def test_stopping_is_linked_to_the_session(admin: Program, charger: Station) -> None:
    session = factories.session(charger, started_at=NOW, ended_at=None)
    body = {"command": "stop_session", "parameters": {"transaction_id": session.transaction_id}}
    assert admin.post(COMMANDS, body).json()["session"] == session.pk


def test_support_helps_drivers_and_does_not_reset(program_of: Any, charger: Station) -> None:
    support = program_of("support")
    start = {"command": "start_session", "parameters": {"token": "A"}}
    assert support.post(COMMANDS, start).status_code == 202
    assert support.post(COMMANDS, {"command": "reset"}).status_code == 403
    assert support.post(CALLS, {"action": "ClearCache", "payload": {}}).status_code == 403
    assert program_of("finance").post(COMMANDS, start).status_code == 403
    assert CommandRow.objects.count() == 1


def test_a_valid_call_is_queued_as_it_is(
    admin: Program, charger: Station, answers: list[Any]
) -> None:
    answers.append({"status": "accepted", "response": {"status": "Accepted"}})
    payload = {"reportBase": "FullInventory", "requestId": 7}
    told = admin.post(f"{CALLS}?wait=9", {"action": "GetBaseReport", "payload": payload})
    assert told.status_code == 200
    assert told.json()["response"] == {"status": "Accepted"}
    assert (told.json()["action"], told.json()["request"]) == ("GetBaseReport", payload)
    assert (told.json()["command"], told.json()["parameters"]) == (
        "read_device_model", {"base": "full"},
    )  # fmt: skip
    assert CommandRow.objects.get().state == State.ACCEPTED


@pytest.mark.parametrize(
    ("action", "payload", "path", "message"),
    [
        ("Dance", {}, "", "has no action 'Dance'"),
        ("BootNotification", {}, "", "is a message of stations"),
        ("RemoteStartTransaction", {"idTag": "A"}, "", "has no action"),
        ("GetBaseReport", {"requestId": 1}, "", "reportBase"),
        ("GetBaseReport", {"requestId": "x", "reportBase": "All"}, "/requestId", "integer"),
        ("Reset", {"type": "Immediate", "extra": 1}, "/extra", "does not belong"),
    ],
)
def test_a_call_that_breaks_its_schema_is_refused_with_each_problem(
    admin: Program, charger: Station, action: str, payload: Any, path: str, message: str
) -> None:
    refused = admin.post(CALLS, {"action": action, "payload": payload})
    assert refused.status_code == 400
    found = refused.json()["error"]["details"]
    assert any(said["path"] == path and message in said["message"] for said in found)
    assert not CommandRow.objects.exists()


def test_the_version_of_the_station_decides_what_is_a_call(admin: Program, cast: Cast) -> None:
    factories.station(cast.location, "NL-001", now=NOW, protocol="ocpp1.6")
    body = {"action": "GetConfiguration", "payload": {"key": ["HeartbeatInterval"]}}
    assert admin.post(CALLS, body).status_code == 202
    assert admin.post(CALLS, {"action": "GetVariables", "payload": {}}).status_code == 400


def test_nothing_can_be_called_before_the_version_is_known(admin: Program, cast: Cast) -> None:
    factories.station(cast.location, "NL-001", now=NOW, protocol="", connected=False)
    refused = admin.post(CALLS, {"action": "Reset", "payload": {}})
    assert refused.status_code == 409
    assert "never connected" in refused.json()["error"]["message"]
    assert admin.post(COMMANDS, {"command": "reset"}).status_code == 202


def test_commands_are_narrowed_by_what_is_asked(admin: Program, cast: Cast) -> None:
    first = factories.station(cast.location, "NL-001", now=NOW)
    other = factories.station(cast.location, "NL-002", now=NOW)
    factories.command(first, "reset", at=NOW, state=State.REJECTED)
    factories.command(other, "unlock_connector", at=NOW)

    def found(**query: str) -> list[str]:
        return [row["command"] for row in admin.all("commands/", **query)]

    assert found() == ["unlock_connector", "reset"]
    assert found(station="NL-001") == ["reset"]
    assert found(state="failed") == ["reset"]
    assert found(state="queued", command="unlock_connector") == ["unlock_connector"]
    assert found(station="nowhere") == []
    assert admin.get("commands/", state="lost").status_code == 400
