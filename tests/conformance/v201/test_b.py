"""B: provisioning."""

from tests.conformance.play import Play201

OFFLINE = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}}


async def test_tc_b_01_csms(v201: Play201) -> None:
    answer = await v201.boot()
    assert answer["status"] == "Accepted"
    assert answer["interval"] > 0
    await v201.status("Available")


async def test_tc_b_06_csms(v201: Play201) -> None:
    await v201.booted()
    result = {"getVariableResult": [OFFLINE | {"attributeStatus": "Accepted"}]}
    heard, outcome = await v201.told("GetVariables", {"getVariableData": [OFFLINE]}, result)
    assert heard == {"getVariableData": [OFFLINE]}
    assert outcome["status"] == "accepted"
    assert outcome["response"] == result
