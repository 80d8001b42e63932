"""Frames and their answers: R-01 to R-18 and the error codes of 1.3, over a real socket."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow
from apps.commands.services import queue
from apps.domain.commands import GetVariables, TriggerMessage
from apps.journal.models import Message
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.tokens.models import Token
from tests.servers import eventually, register, rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
WORDS = {  # canonical code: the spelling of 1.6
    "RpcFrameworkError": "FormationViolation",
    "FormatViolation": "FormationViolation",
    "OccurrenceConstraintViolation": "OccurenceConstraintViolation",
}


def spelled(code: str, protocol: str) -> str:
    return WORDS.get(code, code) if protocol == "ocpp1.6" else code


async def kept(**where: Any) -> Message:
    return await eventually(lambda: Message.objects.get(**where), f"a message {where}")


async def command(network: Organisation, what: Any) -> CommandRow:
    def put() -> CommandRow:
        station = Station.objects.get()
        return queue(
            organisation_id=network.pk,
            station_id=station.pk,
            identity=station.identity,
            command=what,
            now=datetime.now(UTC),
        )

    return await rows(put)


async def settled(row: CommandRow) -> CommandRow:
    busy = ("queued", "sent")
    return await eventually(lambda: CommandRow.objects.exclude(state__in=busy).get(pk=row.pk))


@pytest.fixture
async def strict(network: Organisation) -> Station:
    """CP1, refused for whatever its schema does not accept."""
    return await rows(lambda: register(network, "CP1", reading="strict"))


async def refusal(wire: Wire, frame: Any) -> list[Any]:
    """The CALLERROR to a frame; the socket still works afterwards."""
    await wire.send(frame)
    answer = await wire.answer()
    assert answer[0] == 4
    assert len(answer) == 5
    assert answer[4] == {}
    assert len(answer[3]) <= 255
    assert await wire.is_alive()
    return answer


@BOTH
async def test_r_01_a_call_is_answered_under_its_id(wire: MakeWire, protocol: str) -> None:
    answer = await (await wire(protocol)).call("Heartbeat", {}, "my-id")
    assert answer[:2] == [3, "my-id"]
    assert (await (await wire(protocol)).call("Heartbeat", {}, "x" * 36))[0] == 3
    assert list(answer[2]) == ["currentTime"]


@BOTH
async def test_r_02_an_empty_answer_is_an_empty_object(wire: MakeWire, protocol: str) -> None:
    action = {"ocpp1.6": "DiagnosticsStatusNotification", "ocpp2.0.1": "LogStatusNotification"}
    answer = await (await wire(protocol)).call(action[protocol], {"status": "Idle"})
    assert answer[2] == {}


@BOTH
async def test_r_02_a_null_payload_is_taken_for_an_empty_one(wire: MakeWire, protocol: str) -> None:
    assert (await (await wire(protocol)).call("Heartbeat", None))[0] == 3


@BOTH
@pytest.mark.parametrize("message_id", ["x" * 37, 7, None, ["a"]])
async def test_r_03_an_id_that_is_no_string_of_36_is_answered_under_minus_one(
    wire: MakeWire, protocol: str, message_id: Any
) -> None:
    answer = await refusal(await wire(protocol), [2, message_id, "Heartbeat", {}])
    assert answer[1:3] == ["-1", spelled("RpcFrameworkError", protocol)]


async def test_r_03_our_own_ids_are_unique_strings_of_36(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire("ocpp1.6")
    await opened.boot()
    seen = []
    for _ in range(3):
        row = await command(network, TriggerMessage("Heartbeat"))
        call = await opened.next_call()
        seen.append(call[1])
        await opened.send([3, call[1], {"status": "Accepted"}])
        await settled(row)
    assert len(set(seen)) == 3
    assert all(uuid.UUID(message_id).version == 4 for message_id in seen)


START = {"connectorId": 1, "idTag": "AB12", "meterStart": 0, "timestamp": "2025-03-01T08:00:00Z"}


async def test_r_04_a_repeated_call_gets_the_same_answer_and_counts_once(
    wire: MakeWire, card: Token
) -> None:
    opened = await wire("ocpp1.6")
    first = await opened.call("StartTransaction", START, "again")
    assert await opened.call("StartTransaction", START, "again") == first
    assert await rows(Session.objects.count) == 1
    results = Message.objects.filter(message_id="again").order_by("id")
    assert await rows(lambda: [m.result for m in results]) == ["ok", "repeated"]


async def test_r_04_a_known_id_with_another_content_is_a_new_message(wire: MakeWire) -> None:
    opened = await wire()
    first = await opened.call("Heartbeat", {}, "again")
    second = await opened.call("DataTransfer", {"vendorId": "any"}, "again")
    assert (first[2].keys(), second[2]) == ({"currentTime"}, {"status": "UnknownVendorId"})


async def test_r_04_the_same_id_on_a_new_connection_is_a_new_message(
    wire: MakeWire, card: Token
) -> None:
    """Some stations count their ids from the same start after every reboot."""
    first = await (await wire("ocpp1.6")).ask("StartTransaction", START)
    other = START | {"timestamp": "2025-03-01T09:00:00Z"}
    second = await (await wire("ocpp1.6")).call("StartTransaction", other, "1")
    assert second[2]["transactionId"] != first["transactionId"]


@BOTH
@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("MakeCoffee", "NotImplemented"),
        ("heartbeat", "NotImplemented"),
        ("Heartbeat-Signed", "NotImplemented"),
        ("", "NotImplemented"),
        ("Reset", "NotSupported"),
        ("TriggerMessage", "NotSupported"),
    ],
)
async def test_r_05_r_18_unknown_and_misplaced_actions(
    wire: MakeWire, protocol: str, action: str, code: str
) -> None:
    answer = await refusal(await wire(protocol), [2, "m", action, {}])
    assert answer[1:3] == ["m", code]
    message = await kept(message_id="m")
    assert (message.result, message.error_code) == ("refused", code)


BOOT_16 = {"chargePointVendor": "V", "chargePointModel": "M"}
BOOT_201 = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}


@pytest.mark.parametrize(
    ("protocol", "payload", "code"),
    [
        ("ocpp1.6", {"chargePointVendor": "V"}, "OccurenceConstraintViolation"),
        ("ocpp2.0.1", {"reason": "PowerUp"}, "OccurrenceConstraintViolation"),
        ("ocpp1.6", BOOT_16 | {"chargePointModel": {}}, "TypeConstraintViolation"),
        ("ocpp2.0.1", BOOT_201 | {"reason": "Boredom"}, "PropertyConstraintViolation"),
        ("ocpp1.6", [], "FormationViolation"),
        ("ocpp2.0.1", [], "FormatViolation"),
        ("ocpp2.0.1", "boot", "FormatViolation"),
    ],
)
async def test_error_codes_name_what_is_wrong_in_the_spelling_of_the_version(
    wire: MakeWire, strict: Station, protocol: str, payload: Any, code: str
) -> None:
    answer = await refusal(await wire(protocol), [2, "m", "BootNotification", payload])
    assert answer[1:3] == ["m", code]
    assert answer[3]


async def test_r_06_calls_may_cross(wire: MakeWire, network: Organisation) -> None:
    opened = await wire("ocpp1.6")
    await opened.boot()
    row = await command(network, TriggerMessage("Heartbeat"))
    call = await opened.next_call()
    assert (await opened.call("Heartbeat", {}))[0] == 3, "answered before it answered us"
    await opened.send([3, call[1], {"status": "Accepted"}])
    assert (await settled(row)).answered_at is not None


async def test_r_06_one_call_at_a_time_is_outstanding(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire("ocpp1.6")
    await opened.boot()
    both = [await command(network, GetVariables()) for _ in range(2)]
    first = await opened.next_call()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(opened.calls.get(), 0.5)
    await opened.send([3, first[1], {"configurationKey": []}])
    second = await opened.next_call()
    await opened.send([3, second[1], {"configurationKey": []}])
    assert [(await settled(row)).state for row in both] == ["confirmed", "confirmed"]


async def test_r_07_a_call_without_an_answer_times_out_and_the_late_answer_is_dropped(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire("ocpp1.6")
    await opened.boot()
    row = await command(network, GetVariables())
    call = await opened.next_call()
    assert (await settled(row)).state == "timed_out"
    await opened.send([3, call[1], {"configurationKey": []}])
    assert await opened.is_alive()
    assert (await rows(lambda: CommandRow.objects.get(pk=row.pk))).state == "timed_out"
    assert (await kept(message_id=call[1], direction="in")).result == "unmatched"
    again = await command(network, GetVariables())
    call = await opened.next_call()
    await opened.send([3, call[1], {"configurationKey": []}])
    assert (await settled(again)).state == "confirmed"


@pytest.mark.parametrize("answer", [[], "text", 5])
async def test_r_08_a_broken_answer_fails_the_call_and_gets_no_answer(
    wire: MakeWire, network: Organisation, answer: Any
) -> None:
    opened = await wire("ocpp1.6")
    await opened.boot()
    row = await command(network, GetVariables())
    call = await opened.next_call()
    await opened.send([3, call[1], answer])
    assert (await settled(row)).state == "error"
    assert await opened.is_alive()
    assert opened.answers.empty()


async def test_r_08_an_error_is_the_answer_to_our_call(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire("ocpp2.0.1")
    await opened.boot()
    row = await command(network, TriggerMessage("Heartbeat"))
    call = await opened.next_call()
    await opened.send([4, call[1], "NotSupported", "no", {}])
    done = await settled(row)
    assert (done.state, done.error_code, done.error_description) == ("error", "NotSupported", "no")


@BOTH
async def test_r_09_an_unknown_card_is_a_result_and_no_error(wire: MakeWire, protocol: str) -> None:
    opened = await wire(protocol)
    if protocol == "ocpp1.6":
        answer = await opened.ask("Authorize", {"idTag": "NOBODY"})
        assert answer["idTagInfo"]["status"] == "Invalid"
    else:
        token = {"idToken": "NOBODY", "type": "ISO14443"}
        answer = await opened.ask("Authorize", {"idToken": token})
        assert answer["idTokenInfo"]["status"] in ("Invalid", "Unknown")


@BOTH
@pytest.mark.parametrize(
    ("frame", "message_id", "code"),
    [
        ("", "-1", "RpcFrameworkError"),
        ("hello", "-1", "RpcFrameworkError"),
        ("{}", "-1", "RpcFrameworkError"),
        ("[]", "-1", "RpcFrameworkError"),
        ("[2]", "-1", "RpcFrameworkError"),
        ('[2,"m"]', "m", "RpcFrameworkError"),
        ('[2,"m","Heartbeat"]', "m", "RpcFrameworkError"),
        ('[2,"m","Heartbeat",{},1]', "m", "RpcFrameworkError"),
        ('[2,"m",7,{}]', "m", "RpcFrameworkError"),
        ('[2,"m","Heartbeat",{"a":', "m", "FormatViolation"),
    ],
)
async def test_r_10_broken_calls_are_answered_as_far_as_they_can_be_read(
    wire: MakeWire, strict: Station, protocol: str, frame: str, message_id: str, code: str
) -> None:
    answer = await refusal(await wire(protocol), frame)
    assert answer[1:3] == [message_id, spelled(code, protocol)]
    message = await kept(result="malformed")
    assert message.payload == frame
    assert frame[10:] not in answer[3] or len(frame) <= 10


@BOTH
@pytest.mark.parametrize(
    "frame",
    [
        [5, "m", "Code", "words", {}],
        [6, "m", "NotifyPeriodicEventStream", {}],
        [1, "m", "Heartbeat", {}],
        ["2", "m", "Heartbeat", {}],
        [3, "nobody-asked", {}],
        [4, "nobody-asked", "GenericError", "", {}],
        [3],
        [4, "m"],
    ],
    ids=json.dumps,
)
async def test_r_11_types_of_the_future_and_stray_answers_are_kept_in_silence(
    wire: MakeWire, protocol: str, frame: list[Any]
) -> None:
    opened = await wire(protocol)
    await opened.send(frame)
    assert await opened.is_alive()
    assert opened.answers.empty()
    assert await rows(lambda: Message.objects.exclude(action="Heartbeat").count()) == 1


async def test_r_12_a_long_complaint_is_cut_to_255_characters(
    wire: MakeWire, strict: Station
) -> None:
    payload = BOOT_201 | {"reason": "x" * 2_000}
    answer = await refusal(await wire(), [2, "m", "BootNotification", payload])
    assert 0 < len(answer[3]) <= 255


@pytest.mark.parametrize(
    "moment",
    ["2025-03-01T10:00:00+02:00", "2025-03-01T08:00:00.123456789Z", "2025-03-01T08:00:00Z"],
)
async def test_r_13_any_offset_and_fraction_is_read(
    wire: MakeWire, card: Token, moment: str
) -> None:
    await (await wire("ocpp1.6")).ask("StartTransaction", START | {"timestamp": moment})
    began_at = await rows(lambda: Session.objects.get().started_at)
    assert began_at.replace(microsecond=0) == datetime(2025, 3, 1, 8, tzinfo=UTC)


async def test_r_14_custom_data_is_accepted_anywhere(wire: MakeWire) -> None:
    custom = {"customData": {"vendorId": "V", "anything": [1]}}
    station = BOOT_201["chargingStation"] | custom  # type: ignore[operator]
    answer = await (await wire()).ask(
        "BootNotification", BOOT_201 | custom | {"chargingStation": station}
    )
    assert answer["status"] == "Accepted"


@BOTH
@pytest.mark.parametrize("reading", ["tolerant", "strict"])
async def test_r_15_additional_properties_are_refused_where_the_station_is_read_strictly(
    wire: MakeWire, network: Organisation, protocol: str, reading: str
) -> None:
    await rows(lambda: register(network, "CP1", reading=reading))
    answer = await (await wire(protocol)).call("Heartbeat", {"temperature": 21})
    assert answer[0] == (4 if reading == "strict" else 3)
    if reading == "strict":
        assert answer[2] == spelled("FormatViolation", protocol)


@BOTH
async def test_r_16_tokens_are_compared_without_regard_to_case(
    wire: MakeWire, card: Token, protocol: str
) -> None:
    opened = await wire(protocol)
    if protocol == "ocpp1.6":
        info = (await opened.ask("Authorize", {"idTag": "ab12"}))["idTagInfo"]
    else:
        token = {"idToken": "ab12", "type": "ISO14443"}
        info = (await opened.ask("Authorize", {"idToken": token}))["idTokenInfo"]
    assert info["status"] == "Accepted"
