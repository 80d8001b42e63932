"""J: meter values of every context, signed ones too."""

from typing import Any

import pytest

from apps.journal.models import Message
from apps.sessions.models import Sample, Session
from tests.conformance.play import TOKEN, Play201, meter_value
from tests.servers import rows

SIGNED = {
    "signedMeterValue": {
        "signedMeterData": "TWV0ZXI=" * 300,
        "signingMethod": "ECDSAP256SHA256",
        "encodingMethod": "OCMF",
        "publicKey": "a2V5",
    }
}


async def contexts() -> list[str]:
    """Of the stored samples, in the order of time."""
    return await rows(lambda: list(Sample.objects.order_by("at").values_list("context", flat=True)))


async def test_tc_j_01_csms(v201: Play201) -> None:
    await v201.booted()
    told: dict[str, Any]
    for evse_id in (0, 1):
        told = {"evseId": evse_id, "meterValue": [meter_value(1000, "Sample.Clock")]}
        assert await v201.ask("MeterValues", told) == {}
    event = {
        "eventId": 1,
        "timestamp": v201.later(),
        "trigger": "Periodic",
        "actualValue": "1000",
        "component": {"name": "FiscalMetering"},
        "variable": {"name": "EnergyImport"},
        "eventNotificationType": "CustomMonitor",
    }
    told = {"generatedAt": v201.later(), "seqNo": 0, "eventData": [event]}
    assert await v201.ask("NotifyEvent", told) == {}
    kept = await rows(lambda: list(Message.objects.filter(direction="in", result="ok")))
    assert [message.action for message in kept].count("MeterValues") == 2


async def test_tc_j_02_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    idle = {"evseId": 0, "meterValue": [meter_value(9000, "Sample.Clock")]}
    assert await v201.ask("MeterValues", idle) == {}
    assert await v201.event("Updated", "MeterValueClock", wh=800, context="Sample.Clock") == {}
    assert await contexts() == ["Transaction.Begin", "Sample.Clock"]
    assert (await rows(Session.objects.get)).energy_wh == 800


@pytest.mark.parametrize("signed", [False, True], ids=["plain", "signed"])
@pytest.mark.parametrize("context", ["Sample.Clock", "Sample.Periodic"])
async def test_tc_j_03_04_10_11_csms(v201: Play201, context: str, signed: bool) -> None:
    """The end brings all readings of the transaction."""
    await v201.booted()
    await v201.charging()
    more: dict[str, Any] = SIGNED if signed else {}
    readings = [meter_value(wh, context, v201.later(), **more) for wh in (500, 1000, 1500)]
    readings.append(meter_value(2000, "Transaction.End", v201.later(), **more))
    info = {"stoppedReason": "Local"}
    answer = await v201.event(
        "Ended", "StopAuthorized", token=TOKEN, meterValue=readings, info=info
    )
    assert answer["idTokenInfo"]["status"] == "Accepted"
    assert (await contexts())[1:] == [context] * 3 + ["Transaction.End"]
    assert (await rows(Session.objects.get)).energy_wh == 2000
    if signed:
        kept = await rows(lambda: Message.objects.filter(action="TransactionEvent").last())
        assert SIGNED["signedMeterValue"]["signedMeterData"] in kept.payload


async def test_tc_j_07_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.event("Started", "CablePluggedIn", evse=1, wh=700, context="Transaction.Begin")
    assert await contexts() == ["Transaction.Begin"]
    assert (await rows(Session.objects.get)).meter_start_wh == 700


async def test_tc_j_08_csms(v201: Play201) -> None:
    """The token comes first; the register is read when the EVSE is known."""
    await v201.booted()
    await v201.event("Started", "Authorized", token=TOKEN)
    await v201.event("Updated", "CablePluggedIn", evse=1, wh=700, context="Transaction.Begin")
    await v201.event("Updated", "MeterValuePeriodic", wh=900)
    session = await rows(Session.objects.get)
    assert (session.meter_start_wh, session.energy_wh) == (700, 200)


async def test_tc_j_09_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    for register in (500, 1000):
        assert await v201.event("Updated", "MeterValuePeriodic", wh=register) == {}
    assert await contexts() == ["Transaction.Begin", "Sample.Periodic", "Sample.Periodic"]
