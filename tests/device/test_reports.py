"""Reports on their way: asked for, put together, complete, empty or silent."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.commands.models import CommandRow
from apps.device import reports
from apps.device.models import Report
from apps.domain.commands import GetVariables, RawCall, SetVariables
from apps.domain.device import CustomerInformation, GetReport, ReadDeviceModel
from apps.lists.models import StationList
from apps.stations.models import Variable
from tests.device.conftest import NOW, Mouth, part

pytestmark = pytest.mark.django_db(transaction=True)
ACCEPTED = {"status": "Accepted"}


def names() -> list[str]:
    return sorted(Variable.objects.values_list("variable", flat=True))


def test_a_reading_is_confirmed_once_its_report_is_whole(mouth: Mouth) -> None:
    row = mouth.is_sent(ReadDeviceModel())
    assert mouth.answers(row, ACCEPTED).state == "accepted"
    assert Report.objects.get().state == "asked"
    mouth.tells("NotifyReport", part(row.pk, 0, "A", "B", more=True))
    row.refresh_from_db()
    assert (row.state, row.progress) == ("accepted", "1 part so far")
    mouth.tells("NotifyReport", part(row.pk, 1, "C"))
    row.refresh_from_db()
    assert (row.state, row.observed) == ("confirmed", "Report complete: 3 variables in 2 parts")
    report = Report.objects.get()
    assert (report.state, report.kind, report.request_id) == ("complete", "variables", row.pk)
    assert (report.items, report.seqs, report.last_seq) == (3, "0-1", 1)
    assert (report.asked, report.actor) == ({"base": "full"}, "Anna")
    assert report.completed_at == NOW
    assert names() == ["A", "B", "C"]


def test_parts_may_come_before_the_answer(mouth: Mouth) -> None:
    row = mouth.is_sent(ReadDeviceModel())
    mouth.tells("NotifyReport", part(row.pk, 0, "A"))
    assert mouth.answers(row, ACCEPTED).state == "confirmed"
    assert Report.objects.get().command_id == row.pk


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.integers(1, 6), st.randoms())
def test_any_order_and_any_repetition_store_the_same(
    mouth: Mouth, length: int, random: Random
) -> None:
    row = mouth.is_sent(ReadDeviceModel())
    mouth.answers(row, ACCEPTED)
    parts = [part(row.pk, n, f"V{n}", more=n < length - 1) for n in range(length)]
    told = parts + random.choices(parts, k=random.randint(0, length))
    random.shuffle(told)
    for one in told:
        mouth.tells("NotifyReport", one)
    row.refresh_from_db()
    report = Report.objects.get(command_id=row.pk)
    assert (row.state, report.state, report.items) == ("confirmed", "complete", length)
    assert names() == sorted(f"V{n}" for n in range(length))


def test_a_report_of_everything_drops_what_is_no_more(mouth: Mouth) -> None:
    first = mouth.is_sent(GetVariables())
    mouth.answers(first, ACCEPTED)
    mouth.tells("NotifyReport", part(first.pk, 0, "Old", "Kept"))
    some = mouth.is_sent(ReadDeviceModel("configuration"))
    mouth.answers(some, ACCEPTED)
    mouth.tells("NotifyReport", part(some.pk, 0, "Kept"))
    assert names() == ["Kept", "Old"]
    second = mouth.is_sent(ReadDeviceModel())
    mouth.answers(second, ACCEPTED)
    mouth.tells("NotifyReport", part(second.pk, 1, "New"))
    assert names() == ["Kept", "New", "Old"]
    mouth.tells("NotifyReport", part(second.pk, 0, "Kept", more=True))
    assert names() == ["Kept", "New"]


def test_a_new_station_that_watches_is_asked_for_its_monitors_too(mouth: Mouth) -> None:
    first = mouth.is_sent(GetVariables(), "onboarding")
    mouth.answers(first, ACCEPTED)
    mouth.tells("NotifyReport", part(first.pk, 0, "A"))
    assert not CommandRow.objects.filter(name="get_monitoring_report").exists()
    told = part(0, 0, "A")
    told["reportData"][0]["component"]["name"] = "MonitoringCtrlr"
    for actor in ("Anna", "onboarding"):
        row = mouth.is_sent(GetVariables(), actor)
        mouth.answers(row, ACCEPTED)
        mouth.tells("NotifyReport", told | {"requestId": row.pk})
    asked = CommandRow.objects.get(name="get_monitoring_report")
    assert (asked.actor, asked.state) == ("onboarding", "queued")


def test_nothing_to_report_is_a_result(mouth: Mouth) -> None:
    row = mouth.is_sent(GetReport(("problem",)))
    mouth.answers(row, {"status": "EmptyResultSet"})
    assert (row.state, row.observed) == ("confirmed", "The station has nothing to report")
    assert Report.objects.get().state == "empty"


def test_what_is_not_supported_is_refused(mouth: Mouth) -> None:
    row = mouth.is_sent(ReadDeviceModel("summary"))
    assert mouth.answers(row, {"status": "NotSupported"}).state == "rejected"
    assert not Report.objects.exists()


def test_a_report_that_falls_silent_says_what_is_missing(mouth: Mouth) -> None:
    row = mouth.is_sent(ReadDeviceModel())
    mouth.answers(row, ACCEPTED)
    mouth.tells("NotifyReport", part(row.pk, 0, "A", more=True))
    mouth.tells("NotifyReport", part(row.pk, 2, "C"))
    assert reports.watch(now=NOW + timedelta(seconds=reports.SILENCE_S - 1)) == 0
    late = NOW + timedelta(seconds=reports.SILENCE_S)
    assert (reports.watch(now=late), reports.watch(now=late)) == (1, 0)
    row.refresh_from_db()
    assert (row.state, row.progress) == ("failed", "Part 1 missing")
    assert Report.objects.get().state == "incomplete"
    mouth.tells("NotifyReport", part(row.pk, 1, "B", more=True))
    assert Report.objects.get().state == "complete"
    row.refresh_from_db()
    assert row.state == "confirmed", "a later truth replaces the verdict"


def test_a_raw_call_is_followed_by_its_own_number(mouth: Mouth) -> None:
    asked = {"requestId": 7, "reportBase": "ConfigurationInventory"}
    row = mouth.is_sent(RawCall("GetBaseReport", asked))
    mouth.answers(row, ACCEPTED)
    mouth.tells("NotifyReport", part(7, 0, "A"))
    row.refresh_from_db()
    assert (row.state, row.observed) == ("confirmed", "Report complete: 1 variable in 1 part")
    report = Report.objects.get()
    assert (report.state, report.asked) == ("complete", {"base": "configuration"})
    again = mouth.is_sent(RawCall("GetBaseReport", asked))
    mouth.tells("NotifyReport", part(7, 0, "A"))
    mouth.answers(again, ACCEPTED)
    assert list(Report.objects.order_by("id").values_list("command_id", "state")) == [
        (row.pk, "complete"), (again.pk, "complete"),
    ]  # fmt: skip


def test_a_report_that_nobody_asked_for_is_kept(mouth: Mouth) -> None:
    mouth.tells("NotifyReport", part(99, 0, "A"))
    report = Report.objects.get()
    assert (report.command_id, report.asked, report.state) == (None, {}, "complete")


def test_keys_of_1_6_are_a_report_at_once(mouth16: Mouth) -> None:
    row = mouth16.is_sent(ReadDeviceModel())
    keys = [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
    mouth16.answers(row, {"configurationKey": keys})
    assert (row.state, row.observed) == ("confirmed", "Report complete: 1 variable in 1 part")
    some = mouth16.is_sent(GetReport(variables=({"variable": {"name": "HeartbeatInterval"}},)))
    assert some.request == {"key": ["HeartbeatInterval"]}
    mouth16.answers(some, {"configurationKey": keys})
    assert some.state == "confirmed"
    assert [r.state for r in Report.objects.all()] == ["complete", "complete"]


def told(request_id: int, seq: int, text: str, *, more: bool = False) -> dict[str, Any]:
    return {
        "requestId": request_id, "seqNo": seq, "data": text, "tbc": more,
        "generatedAt": "2026-03-01T12:00:00Z",
    }  # fmt: skip


def test_customer_information_is_put_together_and_let_go_after_a_month(mouth: Mouth) -> None:
    row = mouth.is_sent(CustomerInformation(token="AB12"))
    mouth.answers(row, ACCEPTED)
    mouth.tells("NotifyCustomerInformation", told(row.pk, 1, " twice"))
    mouth.tells("NotifyCustomerInformation", told(row.pk, 0, "AB12 charged", more=True))
    row.refresh_from_db()
    assert (row.state, row.observed) == ("confirmed", "The station told what it knows: 2 parts")
    report = Report.objects.get()
    assert (report.text, report.asked["token"]) == ("AB12 charged twice", "AB12")
    assert reports.let_go(now=NOW + reports.KEPT_FOR - timedelta(seconds=1)) == 0
    assert reports.let_go(now=NOW + reports.KEPT_FOR) == 1
    report.refresh_from_db()
    assert (report.text, report.asked, report.state) == ("", {}, "complete")


def test_what_is_erased_leaves_the_local_list_too(mouth: Mouth) -> None:
    StationList.objects.create(station=mouth.station, version=3, held={"ISO14443|AB12": "x"})
    row = mouth.is_sent(CustomerInformation(report=False, clear=True, token="AB12"))
    mouth.answers(row, ACCEPTED)
    assert (row.state, row.observed) == (
        "confirmed", "The station said that it erased what it knew",
    )  # fmt: skip
    push = CommandRow.objects.get(name="send_local_list")
    assert [entry["uid"] for entry in push.parameters["entries"]] == ["AB12"]
    assert StationList.objects.get().forgotten == ["ISO14443|AB12"]


def test_who_changed_a_value_is_known(mouth: Mouth) -> None:
    mouth.tells("NotifyReport", part(99, 0, "A", "B", A="1", B="1"))
    item = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "A"}}
    row = mouth.is_sent(SetVariables((item | {"attributeValue": "2"},)))
    mouth.later(1)
    result = item | {"attributeStatus": "RebootRequired"}
    mouth.answers(row, {"setVariableResult": [result]})
    first = Variable.objects.get(variable="A")
    assert (first.changed_by, first.changed_command_id, first.needs_reboot) == (
        "Anna", row.pk, True,
    )  # fmt: skip
    mouth.later(1)
    mouth.tells("NotifyReport", part(100, 0, "A", "B", A="2", B="7"))
    first, second = Variable.objects.order_by("variable")
    assert (first.value, first.changed_by) == ("2", "Anna")
    assert (second.value, second.changed_by, second.changed_at) == ("7", "", mouth.now)
    boot = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}
    mouth.tells("BootNotification", boot)
    assert not Variable.objects.get(variable="A").needs_reboot


def test_characteristics_are_kept(mouth: Mouth) -> None:
    told = part(1, 0, "Interval")
    told["reportData"][0] |= {
        "variableCharacteristics": {
            "dataType": "integer", "unit": "s", "minLimit": 1, "maxLimit": 900,
            "supportsMonitoring": True,
        },
        "variableAttribute": [
            {"value": "60", "persistent": True, "constant": False},
            {"type": "MaxSet", "value": "900", "mutability": "ReadOnly"},
        ],
    }  # fmt: skip
    mouth.tells("NotifyReport", told)
    most, actual = Variable.objects.order_by("-attribute")
    assert (most.attribute, most.value, most.mutability) == ("MaxSet", "900", "ReadOnly")
    assert (actual.data_type, actual.unit, actual.min_limit, actual.max_limit) == (
        "integer", "s", 1.0, 900.0,
    )  # fmt: skip
    assert (actual.supports_monitoring, actual.is_persistent, actual.is_constant) == (
        True, True, False,
    )  # fmt: skip
    assert Report.objects.get().items == 1
