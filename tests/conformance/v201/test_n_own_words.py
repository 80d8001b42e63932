"""N: the same cases through commands of no version, each confirmed by what the station does."""

from typing import Any

import pytest

from apps.device.models import Monitor, Monitoring, Report
from apps.journal.models import Message
from apps.lists.models import StationList
from tests.conformance.play import TOKEN, Play201, confirmed, now
from tests.conformance.v201.test_n import ACCEPTED, BASES, PLUG, STATION, report
from tests.servers import eventually, rows

HASHES = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa" * 32,
    "issuerKeyHash": "bb" * 32,
    "serialNumber": "1f",
}


@pytest.mark.parametrize(
    ("asked", "criteria"),
    [
        ({"criteria": ["threshold"]}, ["ThresholdMonitoring"]),
        ({"variables": [PLUG]}, None),
        ({"variables": [PLUG, STATION], "criteria": ["delta"]}, ["DeltaMonitoring"]),
        ({}, None),
    ],
)
async def test_tc_n_01_02_03_47_60_csms(
    v201: Play201, asked: dict[str, Any], criteria: list[str] | None
) -> None:
    await v201.booted()
    empty = [("GetMonitoringReport", {"status": "EmptyResultSet"})]
    _, outcome = await v201.ordered("get_monitoring_report", empty, **asked)
    await confirmed(v201, outcome, "The station has nothing to report")
    answers = [("GetMonitoringReport", ACCEPTED)]
    heard, outcome = await v201.ordered("get_monitoring_report", answers, **asked)
    assert heard[0]["requestId"] == outcome["id"]
    assert heard[0].get("monitoringCriteria") == criteria
    assert heard[0].get("componentVariable") == asked.get("variables")
    await report(v201, outcome["id"])
    await confirmed(v201, outcome, "Report complete: 2 monitors in 2 parts")


@pytest.mark.parametrize("base", BASES)
async def test_tc_n_05_csms(v201: Play201, base: str) -> None:
    await v201.booted()
    answers = [("SetMonitoringBase", ACCEPTED)]
    heard, outcome = await v201.ordered("set_monitoring_base", answers, base=BASES[base])
    assert heard == [{"monitoringBase": base}]
    assert outcome["state"] == "confirmed"
    assert (await rows(Monitoring.objects.get)).base == BASES[base]


async def test_tc_n_08_09_csms(v201: Play201) -> None:
    """As many as the station takes at once, and no more."""
    await v201.booted()
    limit = {
        "component": {"name": "MonitoringCtrlr"},
        "variable": {"name": "ItemsPerMessage", "instance": "SetVariableMonitoring"},
    }
    known = limit | {"attributeStatus": "Accepted", "attributeValue": "1"}
    answer = {"getVariableResult": [known]}
    await v201.ordered("get_variables", [("GetVariables", answer)], variables=[limit])
    wanted = [place | {"type": "Delta", "value": 1, "severity": 8} for place in (PLUG, STATION)]
    answers = [
        ("SetVariableMonitoring", {"setMonitoringResult": [
            place | {"id": n, "type": "Delta", "severity": 8, "status": "Accepted"}]})
        for n, place in enumerate((PLUG, STATION), 1)
    ]  # fmt: skip
    heard, outcome = await v201.ordered("set_monitors", answers, monitors=wanted)
    assert heard == [{"setMonitoringData": [one]} for one in wanted]
    assert outcome["state"] == "confirmed"
    assert await rows(Monitor.objects.count) == 2


@pytest.mark.parametrize("status", ["Accepted", "Rejected"])
async def test_tc_n_16_17_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    answers = [("SetMonitoringLevel", {"status": status})]
    heard, outcome = await v201.ordered("set_monitoring_level", answers, severity=4)
    assert heard == [{"severity": 4}]
    assert outcome["status"] == status.lower()


@pytest.mark.parametrize(
    ("whom", "said"),
    [
        ({"token": "AB12"}, {"idToken": TOKEN}),
        ({"customer": "OpenChargeAlliance"}, {"customerIdentifier": "OpenChargeAlliance"}),
        (
            {
                "certificate": {
                    "hash_algorithm": "SHA256",
                    "issuer_name_hash": "aa" * 32,
                    "issuer_key_hash": "bb" * 32,
                    "serial_number": "1f",
                }
            },
            {"customerCertificate": HASHES},
        ),
    ],
    ids=["token", "identifier", "certificate"],
)
@pytest.mark.parametrize("clear", [False, True], ids=["report", "clear_too"])
async def test_tc_n_27_28_30_31_62_63_csms(
    v201: Play201, whom: dict[str, Any], said: dict[str, Any], clear: bool
) -> None:
    await v201.booted()
    answers = [("CustomerInformation", ACCEPTED)]
    heard, outcome = await v201.ordered("customer_information", answers, clear=clear, **whom)
    request_id = outcome["id"]
    assert heard == [{"requestId": request_id, "report": True, "clear": clear} | said]
    for seq_no, text in ((1, " twice"), (0, "AB12 charged")):
        part = {"data": text, "seqNo": seq_no, "generatedAt": now(), "requestId": request_id}
        assert await v201.ask("NotifyCustomerInformation", part | {"tbc": seq_no == 0}) == {}
    erased = " and said that it erased it" if clear else ""
    await confirmed(v201, outcome, f"The station told what it knows{erased}: 2 parts")
    assert (await rows(Report.objects.get)).text == "AB12 charged twice"
    told = await rows(lambda: Message.objects.filter(action="NotifyCustomerInformation").first())
    assert told is not None
    assert "AB12" not in told.payload


async def test_tc_n_29_csms(v201: Play201) -> None:
    await v201.booted()
    refused = [("CustomerInformation", {"status": "Rejected"})]
    _, outcome = await v201.ordered("customer_information", refused, token="AB12")
    assert outcome["state"] == "rejected"


async def test_tc_n_32_46_csms(v201: Play201) -> None:
    """Erased only; and the local list forgets the card too."""
    await v201.booted()
    await v201.ordered("send_local_list", [("SendLocalList", ACCEPTED)])
    answers = [("CustomerInformation", ACCEPTED)]
    heard, outcome = await v201.ordered(
        "customer_information", answers, token="AB12", report=False, clear=True
    )
    assert (heard[0]["report"], heard[0]["clear"]) == (False, True)
    await confirmed(v201, outcome, "The station said that it erased what it knew")
    pushed = await v201.answered("SendLocalList", ACCEPTED)
    assert pushed["localAuthorizationList"] == [{"idToken": TOKEN}]
    await eventually(lambda: StationList.objects.filter(held={}).exists())
    part = {"data": "", "seqNo": 0, "generatedAt": now(), "requestId": outcome["id"]}
    assert await v201.ask("NotifyCustomerInformation", part) == {}
    assert (await rows(Report.objects.get)).state == "complete"
