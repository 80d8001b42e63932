"""P in both directions: what is answered, kept and shown."""

from typing import Any

import pytest

from apps.commands.models import CommandRow
from apps.journal.models import Message
from apps.stations.models import StationNotice
from tests.conformance.play import Play16, Play201
from tests.servers import eventually, rows

OWN = {"vendorId": "org.example", "messageId": "Lights", "data": {"on": [1, True, None]}}


async def kept(title: str) -> StationNotice:
    return await eventually(lambda: StationNotice.objects.get(kind="transfer", title=title))


async def test_tc_p_02_csms(v201: Play201) -> None:
    """Nobody here knows the vendor; that it asked is kept all the same."""
    await v201.booted()
    assert await v201.ask("DataTransfer", OWN) == {"status": "UnknownVendorId"}
    notice = await kept("org.example / Lights: UnknownVendorId")
    assert notice.detail == '{"on":[1,true,null]}'
    frame = await rows(lambda: Message.objects.get(action="DataTransfer"))
    assert (frame.direction, frame.answer) == ("in", '{"status":"UnknownVendorId"}')


async def test_tc_p_03_csms(v201: Play201) -> None:
    """What is in customData is journalled and changes nothing."""
    await v201.booted()
    custom = {"vendorId": "org.nobody", "anything": [1, {"deep": "as sent"}]}
    answer = await v201.event("Started", "CablePluggedIn", evse=1, customData=custom)
    assert answer == {}
    frame = await rows(lambda: Message.objects.get(action="TransactionEvent"))
    assert "as sent" in frame.payload
    assert not await rows(StationNotice.objects.filter(kind="transfer").exists)


@pytest.mark.parametrize(
    ("answer", "state", "detail"),
    [
        ({"status": "Accepted"}, "confirmed", ""),
        ({"status": "Accepted", "data": {"lux": 3}}, "confirmed", '{"lux":3}'),
        ({"status": "Rejected", "data": "too dark"}, "rejected", "Rejected: too dark"),
        ({"status": "UnknownVendorId"}, "rejected", "UnknownVendorId"),
        ({"status": "UnknownMessageId"}, "rejected", "UnknownMessageId"),
    ],
    ids=str,
)
async def test_a_transfer_of_ours_is_answered(
    v201: Play201, answer: dict[str, Any], state: str, detail: str
) -> None:
    await v201.booted()
    heard, outcome = await v201.ordered(
        "data_transfer", [("DataTransfer", answer)], vendor_id="org.example",
        message_id="Lights", data={"on": [1, True, None]},
    )  # fmt: skip
    assert heard == [OWN]
    assert (outcome["state"], outcome["detail"]) == (state, detail)
    assert (await rows(lambda: CommandRow.objects.get())).response == answer


async def test_a_1_6_station_is_sent_text(v16: Play16) -> None:
    await v16.booted()
    heard, outcome = await v16.ordered(
        "data_transfer", [("DataTransfer", {"status": "Accepted", "data": "done"})],
        vendor_id="org.example", data={"on": 1},
    )  # fmt: skip
    assert heard == [{"vendorId": "org.example", "data": '{"on":1}'}]
    assert (outcome["state"], outcome["detail"]) == ("confirmed", "done")


async def test_the_raw_door_hears_all(v16: Play16) -> None:
    await v16.booted()
    answer = {"status": "Accepted", "data": "done"}
    _, outcome = await v16.told("DataTransfer", {"vendorId": "v"}, answer)
    assert (outcome["status"], outcome["response"]) == ("accepted", answer)
    assert (await rows(lambda: CommandRow.objects.get())).detail == "done"


async def test_a_secret_within_the_data_is_not_shown(v16: Play16) -> None:
    await v16.booted()
    data = '{"wifi": {"password": "hunter2"}}'
    await v16.ask("DataTransfer", {"vendorId": "org.nobody", "data": data})
    assert "hunter2" not in (await kept("org.nobody: UnknownVendorId")).detail


async def test_tc_064_csms(v16: Play16) -> None:
    await v16.booted()
    answer = await v16.ask("DataTransfer", {"vendorId": "org.nobody", "data": "a\x00b"})
    assert answer == {"status": "UnknownVendorId"}
    assert (await kept("org.nobody: UnknownVendorId")).detail == "a\ufffdb"
