"""O by version-neutral commands: what the station hears, what we keep of it and show."""

from typing import Any

import pytest

from apps.commands.models import CommandRow, State
from apps.display.models import DisplayMessage
from tests.conformance.play import Play201
from tests.servers import eventually, rows

STARTS, ENDS = "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"
ACCEPTED = {"status": "Accepted"}


async def shown(play: Play201, state: str = "accepted") -> list[dict[str, Any]]:
    """What the platform says of the display."""
    path = f"stations/{play.identity}/display-messages/?state={state}"
    status, page = await play.operator.request("GET", path)
    assert status == 200
    return list(page["results"])


async def ordered(play: Play201, status: str = "Accepted", **given: Any) -> tuple[Any, Any]:
    """A message is ordered; what the station heard, and the operator."""
    given = {"content": "Closed for works"} | given
    heard, outcome = await play.ordered(
        "set_display_message", [("SetDisplayMessage", {"status": status})], **given
    )
    return heard[0]["message"], outcome


async def read_back(play: Play201, *messages: dict[str, Any]) -> int:
    """We ask for what was set, the station reports ``messages``; the request's number."""
    asked = await play.answered(
        "GetDisplayMessages", ACCEPTED if messages else {"status": "Unknown"}
    )
    number = int(asked["requestId"])
    if messages:
        await report(play, number, *messages)
    return number


async def report(play: Play201, number: int, *messages: dict[str, Any], tbc: bool = False) -> None:
    told = {"requestId": number, "tbc": tbc, "messageInfo": list(messages)}
    assert await play.ask("NotifyDisplayMessages", told) == {}


def plain(number: int, content: str = "Closed for works", **more: Any) -> dict[str, Any]:
    """As a station reports it."""
    message = {"format": "UTF8", "content": content}
    return {"id": number, "priority": "NormalCycle", "message": message} | more


async def state_of(number: int, state: State) -> CommandRow:
    return await eventually(lambda: CommandRow.objects.filter(pk=number, state=state).first())


async def test_tc_o_01_25_csms(v201: Play201) -> None:
    """Set, kept, read back: confirmed only by what the station then shows."""
    await v201.booted()
    heard, outcome = await ordered(v201, state="Charging", language="en", priority="InFront")
    assert heard == {
        "id": 1,
        "priority": "InFront",
        "state": "Charging",
        "message": {"format": "UTF8", "language": "en", "content": "Closed for works"},
    }
    assert outcome["state"] == "accepted"
    await read_back(v201, heard)
    row = await state_of(outcome["id"], State.CONFIRMED)
    assert row.observed == "Read back as set"
    (kept,) = await shown(v201)
    assert (kept["number"], kept["content"], kept["is_ours"]) == (1, "Closed for works", True)
    assert (kept["station_state"], kept["priority"], kept["language"]) == (
        "Charging", "InFront", "en",
    )  # fmt: skip


async def test_tc_o_02_csms(v201: Play201) -> None:
    """Everything was asked for: what is not in the report, in any part, is gone."""
    await v201.booted()
    for content in ("First", "Second"):
        heard, _ = await ordered(v201, content=content)
        await read_back(v201, heard)
    heard, outcome = await v201.ordered("get_display_messages", [("GetDisplayMessages", ACCEPTED)])
    number = heard[0]["requestId"]
    assert heard[0] == {"requestId": outcome["id"]}
    await report(v201, number, plain(7, "Welcome", display={"name": "Display"}), tbc=True)
    assert len(await shown(v201)) == 3
    await report(v201, number, plain(2, "Second"))
    assert {(m["number"], m["content"], m["is_ours"]) for m in await shown(v201)} == {
        (2, "Second", True), (7, "Welcome", False),
    }  # fmt: skip
    (gone,) = await shown(v201, "gone")
    assert (gone["number"], gone["detail"]) == (1, "The station no longer reports it")
    assert (await state_of(outcome["id"], State.CONFIRMED)).observed == "2 messages came"


async def test_a_part_that_comes_late_brings_its_messages_back(v201: Play201) -> None:
    await v201.booted()
    for content in ("First", "Second"):
        heard, _ = await ordered(v201, content=content)
        await read_back(v201, heard)
    heard, _ = await v201.ordered("get_display_messages", [("GetDisplayMessages", ACCEPTED)])
    await report(v201, heard[0]["requestId"], plain(2, "Second"))
    await report(v201, heard[0]["requestId"], plain(1, "First"), tbc=True)
    assert {(m["number"], m["is_ours"]) for m in await shown(v201)} == {(1, True), (2, True)}


@pytest.mark.parametrize("given", [{}, {"ids": [1]}], ids=["all", "by id"])
async def test_tc_o_03_11_csms(v201: Play201, given: dict[str, Any]) -> None:
    """The station knows none of those: so it shows none of those."""
    await v201.booted()
    heard, _ = await ordered(v201)
    await read_back(v201, heard)
    answers = [("GetDisplayMessages", {"status": "Unknown"})]
    _, outcome = await v201.ordered("get_display_messages", answers, **given)
    row = await state_of(outcome["id"], State.CONFIRMED)
    assert row.observed == "It shows no such message"
    assert await shown(v201) == []


@pytest.mark.parametrize("status", ["Accepted", "Unknown"])
async def test_tc_o_04_05_csms(v201: Play201, status: str) -> None:
    """Cleared, or not known there: either way it is no longer shown."""
    await v201.booted()
    heard, _ = await ordered(v201)
    await read_back(v201, heard)
    answers = [("ClearDisplayMessage", {"status": status})]
    heard, outcome = await v201.ordered("clear_display_message", answers, message_id=1)
    assert heard == [{"id": 1}]
    assert outcome["state"] == ("confirmed" if status == "Accepted" else "rejected")
    assert await shown(v201) == []
    (gone,) = await shown(v201, "gone")
    assert gone["detail"] == ("Cleared" if status == "Accepted" else "The station did not know it")


async def test_tc_o_06_csms(v201: Play201) -> None:
    """A message of a session goes with it."""
    await v201.booted()
    await v201.charging()
    heard, _ = await ordered(v201, transaction_id=v201.transaction_id)
    assert heard["transactionId"] == v201.transaction_id
    await read_back(v201, heard)
    (kept,) = await shown(v201)
    assert kept["transaction_id"] == v201.transaction_id
    await v201.stopped()
    assert await shown(v201) == []
    assert (await shown(v201, "gone"))[0]["detail"] == "Its session ended"


@pytest.mark.parametrize(
    ("given", "member"),
    [
        ({"ids": [1]}, {"id": [1]}),
        ({"priority": "InFront"}, {"priority": "InFront"}),
        ({"state": "Idle"}, {"state": "Idle"}),
    ],
    ids=str,
)
async def test_tc_o_07_08_09_csms(
    v201: Play201, given: dict[str, Any], member: dict[str, Any]
) -> None:
    """What was not asked for is none the worse for being left out of the report."""
    await v201.booted()
    for content, more in (("Asked", {"priority": "InFront", "state": "Idle"}), ("Other", {})):
        heard, _ = await ordered(v201, content=content, **more)
        await read_back(v201, heard)
    asked, _ = await v201.ordered(
        "get_display_messages", [("GetDisplayMessages", ACCEPTED)], **given
    )
    assert asked[0] == {"requestId": asked[0]["requestId"]} | member
    new = plain(9, "New", priority="InFront", state="Idle")
    await report(v201, asked[0]["requestId"], new)
    assert {m["content"] for m in await shown(v201)} == {"Other", "New"}


async def test_tc_o_12_csms(v201: Play201) -> None:
    """The same id again: one message is shown under it, the other is gone."""
    await v201.booted()
    heard, _ = await ordered(v201)
    await read_back(v201, heard)
    heard, outcome = await ordered(v201, content="Open again", message_id=1)
    assert heard["id"] == 1
    await read_back(v201, heard)
    await state_of(outcome["id"], State.CONFIRMED)
    assert [m["content"] for m in await shown(v201)] == ["Open again"]
    assert [m["detail"] for m in await shown(v201, "gone")] == ["Replaced"]


async def test_a_replacement_that_is_refused_leaves_what_was_there(v201: Play201) -> None:
    await v201.booted()
    heard, _ = await ordered(v201)
    await read_back(v201, heard)
    await ordered(v201, "Rejected", content="Open again", message_id=1)
    assert [m["content"] for m in await shown(v201)] == ["Closed for works"]
    assert [m["content"] for m in await shown(v201, "rejected")] == ["Open again"]


@pytest.mark.parametrize("bound", [False, True], ids=["any", "session"])
async def test_tc_o_13_14_27_28_csms(v201: Play201, bound: bool) -> None:
    await v201.booted()
    more = {}
    if bound:
        await v201.charging()
        more = {"transaction_id": v201.transaction_id}
    local = {"starts_at": "2030-01-01T02:00:00+02:00", "ends_at": ENDS}
    heard, _ = await ordered(v201, **local, **more)
    assert (heard["startDateTime"], heard["endDateTime"]) == (STARTS, ENDS)
    await read_back(v201, heard)
    (kept,) = await shown(v201)
    assert (kept["starts_at"], kept["ends_at"]) == (STARTS, ENDS)


@pytest.mark.parametrize(
    "status",
    [
        "UnknownTransaction", "NotSupportedPriority", "NotSupportedState",
        "NotSupportedMessageFormat", "Rejected",
    ],
)  # fmt: skip
async def test_tc_o_10_17_18_19_26_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    _, outcome = await ordered(v201, status)
    assert (outcome["state"], outcome["response"]) == ("rejected", {"status": status})
    assert await shown(v201) == []
    (kept,) = await shown(v201, "rejected")
    assert kept["detail"] == status


async def test_what_is_not_read_back_as_set_is_not_confirmed(v201: Play201) -> None:
    await v201.booted()
    heard, outcome = await ordered(v201)
    await read_back(v201, plain(heard["id"], "Something else"))
    assert (await rows(lambda: DisplayMessage.objects.get())).content == "Something else"
    assert (await rows(lambda: CommandRow.objects.get(pk=outcome["id"]))).state == "accepted"
