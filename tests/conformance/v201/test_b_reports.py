"""B: reports of the device model."""

import pytest

from apps.device.models import Report
from apps.stations.models import Variable
from tests.conformance.play import Play201, confirmed, now
from tests.conformance.shown import tab
from tests.conformance.v201.variables import ACCEPTED, GONE, OFFLINE, REMOTE, read, stored
from tests.servers import rows


async def told_in_two_parts(play: Play201, request_id: int) -> None:
    attribute = {"value": "300", "mutability": "ReadWrite"}
    traits = {"dataType": "integer", "unit": "s", "supportsMonitoring": False}
    for seq_no, variable in enumerate((OFFLINE, REMOTE)):
        told = {"variableAttribute": [attribute], "variableCharacteristics": traits}
        part = {
            "requestId": request_id,
            "generatedAt": now(),
            "seqNo": seq_no,
            "tbc": seq_no == 0,
            "reportData": [variable | told],
        }
        assert await play.ask("NotifyReport", part) == {}


BASES = {
    "ConfigurationInventory": "configuration",
    "FullInventory": "full",
    "SummaryInventory": "summary",
}


@pytest.mark.parametrize("base", BASES)
async def test_tc_b_12_13_14_csms(v201: Play201, base: str) -> None:
    """The report comes in parts, and is put together; what a full one does not name goes."""
    await v201.booted()
    await v201.ordered("get_variables", [("GetVariables", read(GONE))], variables=[GONE])
    heard, _ = await v201.told("GetBaseReport", {"requestId": 7, "reportBase": base}, ACCEPTED)
    assert heard == {"requestId": 7, "reportBase": base}
    await told_in_two_parts(v201, 7)
    offline = await stored(OFFLINE)
    assert (offline.value, offline.data_type, offline.unit) == ("300", "integer", "s")
    assert (await stored(REMOTE)).mutability == "ReadWrite"
    page = await tab("configuration")
    assert all(word in page for word in ("OfflineThreshold", "AuthorizeRemoteStart"))
    report = await rows(Report.objects.get)
    assert (report.request_id, report.kind, report.state) == (7, "variables", "complete")
    assert (report.seqs, report.last_seq, report.items) == ("0-1", 1, 2)
    assert report.asked == {"base": BASES[base]}
    is_kept = await rows(Variable.objects.filter(variable="Gone").exists)
    assert is_kept is (base != "FullInventory")


@pytest.mark.parametrize("base", BASES)
async def test_tc_b_12_13_14_csms_in_our_own_words(v201: Play201, base: str) -> None:
    """The command is confirmed by the whole report, and shown."""
    await v201.booted()
    heard, outcome = await v201.ordered(
        "read_device_model", [("GetBaseReport", ACCEPTED)], base=BASES[base]
    )
    assert heard == [{"requestId": outcome["id"], "reportBase": base}]
    assert outcome["state"] == "accepted"
    await told_in_two_parts(v201, outcome["id"])
    await confirmed(v201, outcome, "Report complete: 2 variables in 2 parts")
    _, page = await v201.operator.request("GET", f"stations/{v201.identity}/reports/")
    shown = page["results"][0]
    assert (shown["state"], shown["parts"], shown["actor"]) == ("complete", 2, "key suite")


async def test_a_summary_that_is_not_supported_is_told(v201: Play201) -> None:
    await v201.booted()
    answer = [("GetBaseReport", {"status": "NotSupported"})]
    _, outcome = await v201.ordered("read_device_model", answer, base="summary")
    assert (outcome["state"], outcome["detail"]) == ("rejected", "NotSupported")


async def test_tc_b_18_csms(v201: Play201) -> None:
    await v201.booted()
    plug = {
        "component": {"name": "EVSE", "evse": {"id": 1}},
        "variable": {"name": "AvailabilityState"},
    }
    problem = {"requestId": 1, "componentCriteria": ["Problem"], "componentVariable": [plug]}
    _, outcome = await v201.told("GetReport", problem, {"status": "EmptyResultSet"})
    assert outcome["response"] == {"status": "EmptyResultSet"}
    available = {"requestId": 2, "componentCriteria": ["Available"], "componentVariable": [plug]}
    _, outcome = await v201.told("GetReport", available, ACCEPTED)
    assert outcome["status"] == "accepted"
    data = plug | {"variableAttribute": [{"value": "Available"}]}
    part = {"requestId": 2, "generatedAt": now(), "seqNo": 0, "reportData": [data]}
    assert await v201.ask("NotifyReport", part) == {}
    assert (await stored(plug)).evse_id == 1
    states = await rows(lambda: list(Report.objects.order_by("id").values_list("state", flat=True)))
    assert states == ["empty", "complete"]
    assert "AvailabilityState" in await tab("configuration")


async def test_tc_b_18_csms_in_our_own_words(v201: Play201) -> None:
    """Nothing to report is a result; a report of some variables is one of its own."""
    await v201.booted()
    plug = {"component": {"name": "EVSE", "evse": {"id": 1}}}
    empty = [("GetReport", {"status": "EmptyResultSet"})]
    heard, outcome = await v201.ordered("get_report", empty, criteria=["problem"], variables=[plug])
    assert heard[0]["componentCriteria"] == ["Problem"]
    assert heard[0]["componentVariable"] == [plug]
    await confirmed(v201, outcome, "The station has nothing to report")
    _, outcome = await v201.ordered("get_report", [("GetReport", ACCEPTED)], variables=[plug])
    data = plug | {
        "variable": {"name": "AvailabilityState"},
        "variableAttribute": [{"value": "Available"}],
    }
    part = {"requestId": outcome["id"], "generatedAt": now(), "seqNo": 0, "reportData": [data]}
    assert await v201.ask("NotifyReport", part) == {}
    await confirmed(v201, outcome, "Report complete: 1 variable in 1 part")


async def test_a_report_of_more_variables_than_fit_is_split(v201: Play201) -> None:
    """Each part under a number of its own: their seqNo both begin with 0 (L-01)."""
    await v201.booted()
    limit = {
        "component": {"name": "DeviceDataCtrlr"},
        "variable": {"name": "ItemsPerMessage", "instance": "GetReport"},
    }
    await v201.ordered(
        "get_variables", [("GetVariables", read(limit, value="2"))], variables=[limit]
    )
    three = [OFFLINE | {"variable": {"name": f"Variable{n}"}} for n in range(3)]
    answers = [("GetReport", ACCEPTED), ("GetReport", ACCEPTED)]
    heard, outcome = await v201.ordered("get_report", answers, variables=three)
    assert [part["componentVariable"] for part in heard] == [three[:2], three[2:]]
    numbers = [part["requestId"] for part in heard]
    assert len(set(numbers)) == 2
    for number, variables in zip(numbers, (three[:2], three[2:]), strict=True):
        data = [variable | {"variableAttribute": [{"value": "1"}]} for variable in variables]
        part = {"requestId": number, "generatedAt": now(), "seqNo": 0, "reportData": data}
        assert await v201.ask("NotifyReport", part) == {}
    await confirmed(v201, outcome, "Report complete: 3 variables in 2 parts")
