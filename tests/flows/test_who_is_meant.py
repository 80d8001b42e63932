"""Messages that name no session, or another one: whose they are, over a real socket."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.journal.models import Message
from apps.sessions.models import ParkedEvent, Session
from apps.tokens.models import Attempt
from tests.servers import rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
BEGAN_AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
NAMELESS = [0, -1, 2_147_483_647, 9_223_372_036_854_775_807]


def at(minutes: float) -> str:
    return (BEGAN_AT + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


async def start(wire: Wire, connector: int, wh: float, minutes: float, tag: str = "AB12") -> int:
    """Its transaction id."""
    told = {"connectorId": connector, "idTag": tag, "meterStart": wh, "timestamp": at(minutes)}
    number: int = (await wire.ask("StartTransaction", told))["transactionId"]
    return number


async def read(wire: Wire, connector: int, wh: float, minutes: float, number: int | None) -> None:
    value = {"timestamp": at(minutes), "sampledValue": [{"value": str(wh)}]}
    named = {} if number is None else {"transactionId": number}
    await wire.ask("MeterValues", {"connectorId": connector, "meterValue": [value], **named})


async def stop(wire: Wire, number: int, wh: float, minutes: float, **more: Any) -> None:
    told = {"transactionId": number, "meterStop": wh, "timestamp": at(minutes), **more}
    await wire.ask("StopTransaction", told)


async def session(number: int) -> Session:
    return await rows(lambda: Session.objects.get(transaction_id=str(number)))


async def why_parked() -> list[str]:
    return await rows(lambda: list(ParkedEvent.objects.values_list("why", flat=True)))


@pytest.mark.parametrize("nameless", NAMELESS)
async def test_a_stop_of_somebody_else_ends_nobodys_session(
    wire: MakeWire, card: Any, nameless: int
) -> None:
    station = await wire("ocpp1.6")
    other = await start(station, 2, 100_000, 0)
    await read(station, 2, 108_000, 60, other)
    await stop(station, nameless, 958_000, 61, idTag="CD34")
    assert (await session(other)).ended_at is None
    assert await why_parked() == ["Its card is another than that of the session on connector 2"]
    await stop(station, other, 120_000, 120)
    row = await session(other)
    assert (row.energy_wh, row.flags) == (20_000, "")


async def test_a_register_that_is_far_away_says_so(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    other = await start(station, 2, 100_000, 0)
    await read(station, 2, 108_000, 60, other)
    await stop(station, -1, 958_000, 61)
    assert (await session(other)).ended_at is None
    why = "Its register is 850 kWh away from the session on connector 2"
    assert await why_parked() == [why]
    message = await rows(lambda: Message.objects.get(action="StopTransaction"))
    assert (message.result, message.notes) == ("ok", f"Parked. {why}")


@pytest.mark.parametrize("nameless", NAMELESS)
async def test_a_stop_without_a_name_ends_the_only_session_that_it_fits(
    wire: MakeWire, card: Any, nameless: int
) -> None:
    station = await wire("ocpp1.6")
    one, other = await start(station, 1, 5_000, 0), await start(station, 2, 900_000, 0, "CD34")
    await stop(station, nameless, 12_000, 60, idTag="ab12")
    assert ((await session(one)).energy_wh, (await session(other)).ended_at) == (7_000, None)
    await stop(station, nameless, 903_000, 70)
    assert (await session(other)).energy_wh == 3_000
    assert await why_parked() == []


async def test_a_stop_that_fits_two_sessions_ends_neither(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    await start(station, 1, 5_000, 0)
    await start(station, 2, 5_500, 0)
    await stop(station, 0, 6_000, 60)
    assert await why_parked() == ["It fits more than one session that runs"]
    assert await rows(lambda: Session.objects.filter(ended_at=None).count()) == 2


async def test_a_stop_from_before_a_session_is_not_its_own(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    later = await start(station, 1, 5_000, 30)
    await stop(station, -1, 5_000, 20)
    assert (await session(later)).ended_at is None
    assert await why_parked() == ["It is from before the session on connector 1 began"]


async def test_after_a_boot_a_stop_must_tell_the_card(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    before = await start(station, 1, 5_000, 0)
    await station.boot()
    told = {"transactionId": -1, "meterStop": 6_000}
    now = (datetime.now(UTC) + timedelta(seconds=2)).isoformat().replace("+00:00", "Z")
    await station.ask("StopTransaction", {**told, "timestamp": now})
    assert (await session(before)).ended_at is None
    assert "booted since" in (await why_parked())[0]
    await station.ask("StopTransaction", {**told, "timestamp": now, "idTag": "AB12"})
    assert (await session(before)).energy_wh == 1_000


async def test_an_unknown_transaction_needs_card_and_register(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    one = await start(station, 1, 5_000, 0)
    await stop(station, 77, 6_000, 60)
    assert (await session(one)).ended_at is None
    await stop(station, 77, 6_000, 60, idTag="AB12")
    row = await session(one)
    assert (row.energy_wh, row.flags) == (1_000, "misnamed")


async def test_the_previous_transaction_named_by_its_successor(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    first = await start(station, 1, 5_000, 0)
    await stop(station, first, 6_000, 30)
    second = await start(station, 1, 6_000, 60)
    await read(station, 1, 8_000, 90, first)
    await stop(station, first, 6_000, 30)
    assert (await session(second)).ended_at is None, "that was the first one's stop again"
    await stop(station, first, 9_000, 120)
    one, two = await session(first), await session(second)
    assert (one.energy_wh, two.energy_wh) == (1_000, 3_000)
    assert (one.flags, two.flags, two.stop_reason) == ("", "misnamed", "Local")
    noted = await rows(lambda: Message.objects.filter(action="MeterValues").get().notes)
    assert f"taken for {second}" in noted


async def test_readings_that_name_the_other_connectors_session(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    one, two = await start(station, 1, 5_000, 0), await start(station, 2, 900_000, 0, "CD34")
    await read(station, 2, 904_000, 60, one)
    assert ((await session(one)).energy_wh, (await session(two)).energy_wh) == (0, 4_000)


async def test_a_stop_that_names_the_other_connectors_session(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    one, two = await start(station, 1, 5_000, 0), await start(station, 2, 900_000, 0, "CD34")
    await stop(station, one, 904_000, 60, idTag="CD34")
    assert ((await session(one)).ended_at, (await session(two)).energy_wh) == (None, 4_000)


async def test_a_start_told_again_in_other_words_is_one(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp1.6")
    told = {"connectorId": 1, "idTag": "AB12", "meterStart": 5_000, "timestamp": at(0)}
    number = (await station.ask("StartTransaction", told))["transactionId"]
    other = {"idTag": "ab12", "timestamp": at(0).replace("Z", ".000Z")}
    assert (await station.ask("StartTransaction", told | other))["transactionId"] == number
    assert await rows(Session.objects.count) == 1


async def test_two_starts_of_one_instant_on_two_connectors_are_two(
    wire: MakeWire, card: Any
) -> None:
    station = await wire("ocpp1.6")
    assert await start(station, 1, 0, 0) != await start(station, 2, 0, 0)


async def test_a_card_that_is_presented_as_another_type_is_that_card(
    wire: MakeWire, card: Any
) -> None:
    station = await wire("ocpp2.0.1")
    shown = {"idToken": {"idToken": "ab12", "type": "ISO15693"}}
    answer = await station.ask("Authorize", shown)
    assert answer["idTokenInfo"]["status"] == "Accepted"
    attempt = await rows(lambda: Attempt.objects.select_related("token").get())
    assert (attempt.token_id, attempt.is_other_kind) == (card.pk, True)
    told = {
        "eventType": "Started", "timestamp": at(0), "seqNo": 0, "triggerReason": "Authorized",
        "transactionInfo": {"transactionId": "T-1"}, "evse": {"id": 1}, **shown,
    }  # fmt: skip
    answer = await station.ask("TransactionEvent", told)
    assert answer["idTokenInfo"]["status"] == "Accepted"
    row = await rows(Session.objects.get)
    assert (row.token_id, row.flags) == (card.pk, "")
    notes = await rows(lambda: set(Message.objects.filter(direction="in").values_list("notes")))
    assert ("Presented as ISO15693, registered as ISO14443",) in notes


def told(kind: str, seq: int, minutes: float, wh: float, evse: int | None = 1) -> dict[str, Any]:
    """A TransactionEvent of T-1."""
    sampled = {"timestamp": at(minutes), "sampledValue": [{"value": wh}]}
    place = {"evse": {"id": evse, "connectorId": 1}} if evse else {}
    return {
        "eventType": kind, "timestamp": at(minutes), "seqNo": seq, "meterValue": [sampled],
        "triggerReason": "Trigger", "transactionInfo": {"transactionId": "T-1"}, **place,
    }  # fmt: skip


FIRST = [told("Started", 0, 0, 1_000), told("Updated", 1, 30, 2_000), told("Ended", 2, 60, 3_000)]
SECOND = [
    told("Started", 0, 120, 3_000), told("Updated", 1, 150, 5_000), told("Ended", 2, 180, 8_000),
]  # fmt: skip


async def energies() -> list[tuple[float, bool]]:
    """Of all sessions as they began, and whether their station ended them."""
    ran = await rows(lambda: list(Session.objects.order_by("started_at")))
    return [(row.energy_wh, row.ended_at is not None and not row.is_estimated) for row in ran]


async def test_a_name_that_is_used_again_after_its_end_is_another_session(
    wire: MakeWire, card: Any
) -> None:
    station = await wire("ocpp2.0.1")
    for event in (*FIRST, *FIRST, *SECOND, *SECOND, FIRST[1], FIRST[2]):
        await station.ask("TransactionEvent", event)
    assert await energies() == [(2_000, True), (5_000, True)]
    names = await rows(lambda: set(Session.objects.values_list("transaction_id", flat=True)))
    assert "T-1" in names
    assert len(names) == 2
    row = await rows(lambda: Session.objects.get(transaction_id="T-1"))
    assert row.energy_wh == 5_000, "the newest has the name that its station knows"


async def test_a_name_that_is_used_again_after_a_boot_is_another_session(
    wire: MakeWire, card: Any
) -> None:
    station = await wire("ocpp2.0.1")
    for event in FIRST[:2]:
        await station.ask("TransactionEvent", event)
    await station.boot()
    for event in SECOND:
        await station.ask("TransactionEvent", event)
    assert await energies() == [(1_000, False), (5_000, True)]


async def test_a_name_that_is_used_again_on_another_evse_is_another_session(
    wire: MakeWire, card: Any
) -> None:
    station = await wire("ocpp2.0.1")
    for event in (
        *FIRST[:2],
        told("Started", 0, 90, 70_000, 2),
        told("Ended", 1, 99, 71_000, None),
    ):
        await station.ask("TransactionEvent", event)
    assert await energies() == [(1_000, False), (1_000, True)]


async def test_a_start_that_is_told_twice_is_one_session(wire: MakeWire, card: Any) -> None:
    station = await wire("ocpp2.0.1")
    again = FIRST[0] | {"timestamp": at(0).replace("Z", ".500Z"), "offline": True}
    for event in (FIRST[0], again, *FIRST[1:], again):
        await station.ask("TransactionEvent", event)
    assert await energies() == [(2_000, True)]


async def test_readings_of_a_transaction_that_nobody_knows_are_acknowledged_and_kept(
    wire: MakeWire,
) -> None:
    await read(await wire("ocpp1.6"), 1, 9_000, 30, 4_711)
    assert not await rows(Session.objects.exists)
    assert await rows(lambda: Message.objects.get(action="MeterValues").result) == "ok"


async def test_a_start_closes_the_session_that_lost_its_stop_on_its_connector(
    wire: MakeWire, card: Any
) -> None:
    station = await wire("ocpp1.6")
    lost, other = await start(station, 1, 5_000, 0), await start(station, 2, 0, 0, "CD34")
    await read(station, 1, 6_000, 30, lost)
    await start(station, 1, 6_000, 60)
    row = await session(lost)
    assert (row.state, row.is_estimated, row.energy_wh) == ("ended", True, 1_000)
    assert (await session(other)).ended_at is None
