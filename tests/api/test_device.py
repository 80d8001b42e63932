"""The device model, monitors, events and reports over REST."""

from datetime import timedelta
from typing import Any

import pytest

from apps.commands.models import CommandRow
from apps.device.models import DeviceEvent, Monitor, Report
from apps.stations.models import Station
from tests import factories
from tests.api.conftest import NOW, Program

HASHES = {
    "hash_algorithm": "SHA256", "issuer_name_hash": "aa", "issuer_key_hash": "bb",
    "serial_number": "1f",
}  # fmt: skip


def test_a_variable_shows_its_traits_and_who_changed_it(admin: Program, charger: Station) -> None:
    factories.variable(
        charger, "HeartbeatInterval", "300", now=NOW, data_type="integer", unit="s", min_limit=1,
        max_limit=3600, supports_monitoring=True, changed_at=NOW, changed_by="Anna",
        changed_command_id=5, needs_reboot=True,
    )  # fmt: skip
    (shown,) = admin.all("stations/NL-001/variables/")
    wanted = {
        "component": "OCPPCommCtrlr", "variable": "HeartbeatInterval", "evse_id": None,
        "connector_id": None, "attribute": "Actual", "value": "300", "mutability": "ReadWrite",
        "data_type": "integer", "unit": "s", "min_limit": 1.0, "max_limit": 3600.0,
        "values_list": "", "supports_monitoring": True, "needs_reboot": True,
        "changed_by": "Anna", "changed_command": 5, "is_persistent": None, "is_constant": None,
    }  # fmt: skip
    assert shown | wanted == shown


def test_monitors_are_listed_gravest_first(admin: Program, charger: Station) -> None:
    for number, severity in ((1, 8), (2, 4)):
        Monitor.objects.create(
            station=charger, number=number, component="EVSE", variable="Power", evse_id=1,
            kind="UpperThreshold", value=11000, severity=severity, seen_at=NOW, origin="custom",
        )  # fmt: skip
    first, second = admin.all("stations/NL-001/monitors/", limit=1)
    assert (first["id"], second["id"]) == (2, 1)
    assert (first["type"], first["value"], first["evse_id"]) == ("UpperThreshold", 11000.0, 1)
    assert (first["origin"], first["connector_id"]) == ("custom", None)


def test_events_are_listed_newest_first(admin: Program, charger: Station) -> None:
    for number in range(3):
        at = NOW + timedelta(minutes=number)
        DeviceEvent.objects.create(
            station=charger, event_id=number, component="EVSE", variable="Power", value="12",
            trigger="Alerting", kind="CustomMonitor", at=at, generated_at=at, received_at=at,
        )  # fmt: skip
    found = admin.all("stations/NL-001/events/", limit=2)
    assert [event["event_id"] for event in found] == [2, 1, 0]
    assert (found[0]["type"], found[0]["trigger"]) == ("CustomMonitor", "Alerting")


def test_a_report_says_how_far_it_is(admin: Program, charger: Station) -> None:
    facts: dict[str, Any] = {"station": charger, "begun_at": NOW, "last_at": NOW}
    Report.objects.create(
        kind="variables", request_id=9, state="receiving", seqs="0,2", items=5, **facts
    )
    Report.objects.create(
        kind="customer", asked={"token": "AB12"}, texts={"1": " twice", "0": "AB12"},
        state="complete", seqs="0-1", last_seq=1, **facts,
    )  # fmt: skip
    (model,) = admin.all("stations/NL-001/reports/", kind="variables")
    assert (model["parts"], model["missing"], model["is_end_known"]) == (2, "1", False)
    (customer,) = admin.all("stations/NL-001/reports/", kind="customer")
    assert (customer["text"], customer["asked"]) == ("AB12 twice", {"token": "AB12"})
    assert len(admin.all("stations/NL-001/reports/")) == 2
    assert admin.get("stations/NL-001/reports/", kind="lost").status_code == 400


def order(program: Program, name: str, **parameters: Any) -> Any:
    body = {"command": name, "parameters": parameters}
    return program.post("stations/NL-001/commands/", body)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("read_device_model", {"base": "some"}, "'base' must be one of full"),
        ("get_report", {}, "Name 'criteria' or 'variables'"),
        ("get_report", {"criteria": ["broken"]}, "'criteria' must be a list of active"),
        ("get_report", {"criteria": ["problem", "problem"]}, "names one twice"),
        ("get_report", {"variables": [{}]}, "must name a 'component' or a 'variable'"),
        ("get_monitoring_report", {"criteria": "delta"}, "'criteria' must be a list"),
        ("set_monitoring_base", {"base": "none"}, "'base' must be one of all"),
        ("set_monitoring_level", {"severity": 10}, "from 0 to 9"),
        ("customer_information", {}, "exactly one of"),
        ("customer_information", {"token": "A", "customer": "B"}, "exactly one of"),
        ("customer_information", {"token": "A", "report": False}, "Ask for a 'report'"),
        ("customer_information", {"customer": "C" * 65}, "at most 64"),
        ("customer_information", {"certificate": HASHES | {"serial_number": ""}}, "serial_number"),
        ("customer_information", {"certificate": HASHES | {"more": 1}}, "unknown member 'more'"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    admin: Program, charger: Station, name: str, given: dict[str, Any], words: str
) -> None:
    answer = order(admin, name, **given)
    assert answer.status_code == 400
    assert any(words in problem for problem in answer.json()["error"]["details"])
    assert not CommandRow.objects.exists()


def test_a_component_as_a_whole_may_be_asked_for(admin: Program, charger: Station) -> None:
    answer = order(admin, "get_report", variables=[{"component": {"name": "EVSE"}}])
    assert answer.status_code == 202, answer.json()


def test_a_version_that_does_not_know_it_says_so(admin: Program, charger: Station) -> None:
    Station.objects.filter(pk=charger.pk).update(protocol="ocpp1.6")
    answer = order(admin, "set_monitoring_level", severity=4)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == [
        "OCPP 1.6 has no monitors; a station with OCPP 2.0.1 has"
    ]


def test_a_wrong_value_is_refused(admin: Program, charger: Station) -> None:
    factories.variable(charger, "HeartbeatInterval", "300", now=NOW)
    item = {
        "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"},
        "attributeValue": "often",
    }  # fmt: skip
    answer = order(admin, "set_variables", variables=[item])
    assert answer.status_code == 400
    assert "HeartbeatInterval is a whole number" in answer.json()["error"]["details"][0]
