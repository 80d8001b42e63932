"""P: data transfer."""

from tests.conformance.play import Play201, now


async def test_tc_p_02_csms(v201: Play201) -> None:
    await v201.booted()
    answer = await v201.ask("DataTransfer", {"vendorId": "org.nobody", "messageId": "x"})
    assert answer["status"] in {"UnknownVendorId", "UnknownMessageId", "Rejected"}


async def test_tc_p_03_csms(v201: Play201) -> None:
    await v201.booted()
    custom = {"vendorId": "org.nobody", "anything": [1, {"deep": None}]}
    told = {"timestamp": now(), "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}
    assert await v201.ask("StatusNotification", told | {"customData": custom}) == {}
    answer = await v201.event("Started", "CablePluggedIn", evse=1, customData=custom)
    assert answer == {}
