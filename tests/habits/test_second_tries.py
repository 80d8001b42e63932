"""A limit or a question that is refused in one way is tried once in another, at real sockets."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.domain.charging import StartSession
from apps.domain.commands import ChangeAvailability, Command, RawCall, TriggerMessage
from apps.domain.power import SetChargingProfile
from apps.habits.models import Habit
from apps.journal.models import Message
from apps.power import services as power
from apps.power.models import HeldProfile
from apps.stations.models import Connector, Evse, Station
from tests.servers import eventually, rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
NO = {"status": "Rejected"}
YES = {"status": "Accepted"}
CHANGING = {
    "purpose": "TxDefaultProfile", "kind": "Absolute", "stack_level": 0, "schedules": [
        {"unit": "A", "start_at": "2026-03-01T12:00:00Z",
         "periods": [{"start_s": 0, "limit": 10}, {"start_s": 3600, "limit": 16}]}],
}  # fmt: skip
CONSTANT = CHANGING | {"schedules": [
    {"unit": "A", "start_at": "2026-03-01T12:00:00Z", "periods": [{"start_s": 0, "limit": 10}]}
]}  # fmt: skip


async def booted(wire: MakeWire, protocol: str, vendor: str = "Test", evses: int = 1) -> Wire:
    opened = await wire(protocol)
    if protocol == "ocpp1.6":
        about = {"chargePointVendor": vendor, "chargePointModel": "One", "firmwareVersion": "1"}
        await opened.ask("BootNotification", about)
    else:
        about = {"vendorName": vendor, "model": "One", "firmwareVersion": "1"}
        await opened.ask("BootNotification", {"reason": "PowerUp", "chargingStation": about})

    def put() -> None:
        station = Station.objects.get()
        for number in range(1, evses + 1):
            evse, _ = Evse.objects.get_or_create(station=station, number=number)
            Connector.objects.get_or_create(station=station, evse=evse, number=1)

    await rows(put)
    return opened


async def order(what: Command, **more: Any) -> CommandRow:
    @transaction.atomic
    def put() -> CommandRow:
        station = Station.objects.get()
        command = what if more.get("verbatim") else power.prepare(station, what)
        return queue(
            organisation_id=station.organisation_id, station_id=station.pk,
            identity=station.identity, command=command, now=datetime.now(UTC), **more,
        )  # fmt: skip

    return await rows(put)


async def settled(row: CommandRow) -> CommandRow:
    busy = (State.QUEUED, State.SENT)
    return await eventually(lambda: CommandRow.objects.exclude(state__in=busy).get(pk=row.pk))


async def answer(opened: Wire, *answers: Any) -> list[Any]:
    """Answer each next call, and see that no other comes; their payloads."""
    heard = []
    for told in answers:
        call = await opened.next_call()
        heard.append(call[3])
        kind = 4 if isinstance(told, str) else 3
        await opened.send([4, call[1], told, "", {}] if kind == 4 else [3, call[1], told])
    return heard


async def seen(**what: Any) -> Habit:
    """The habit, once it is known."""
    found: Habit = await eventually(Habit.objects.filter(**what).get)
    return found


def words(command: CommandRow) -> list[tuple[list[str], str]]:
    return [(one["ways"], one["answer"]) for one in command.tries or ()]


def profile_in(payload: Any) -> Any:
    return payload.get("csChargingProfiles") or payload["chargingProfile"]


def unit_of(payload: Any) -> str:
    plan = profile_in(payload)["chargingSchedule"]
    return (plan if isinstance(plan, dict) else plan[0])["chargingRateUnit"]


@BOTH
@pytest.mark.parametrize("no", [NO, "GenericError", "PropertyConstraintViolation"])
async def test_a_limit_that_is_refused_in_amperes_is_tried_once_in_watts_and_remembered(
    wire: MakeWire, network: Organisation, protocol: str, no: Any
) -> None:
    opened = await booted(wire, protocol)
    row = await order(SetChargingProfile(1, CHANGING))
    heard = await answer(opened, no, YES)
    assert [unit_of(payload) for payload in heard] == ["A", "W"]
    done = await settled(row)
    assert done.state == State.CONFIRMED
    assert words(done) == [
        ([], no if isinstance(no, str) else "Rejected"),
        (["unit:W"], "Accepted"),
    ]
    assert done.parameters["profile"]["schedules"][0]["unit"] == "W", "it says what lies there"
    held = await rows(lambda: HeldProfile.objects.get())
    assert held.body["schedules"][0]["periods"][0]["limit"] == 6_900.0
    assert await rows(lambda: Message.objects.filter(command_id=row.pk).count()) == 2
    known = await eventually(lambda: Habit.objects.get(way="unit:W"))
    assert known.works
    assert not (await rows(lambda: Habit.objects.get(way="unit:A"))).works

    again = await order(SetChargingProfile(1, CHANGING))
    assert [unit_of(payload) for payload in await answer(opened, YES)] == ["W"]
    assert words(await settled(again)) == [(["unit:W"], "Accepted")]


async def test_what_is_refused_in_either_form_is_refused_and_the_next_time_another_is_tried(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await booted(wire, "ocpp1.6")
    tried: list[list[str]] = []
    for _ in range(3):
        row = await order(SetChargingProfile(1, CONSTANT))
        await answer(opened, NO, NO)
        done = await settled(row)
        assert done.state == State.REJECTED
        assert done.parameters["profile"]["schedules"][0]["unit"] == "A", "as it was given"
        tried.append(words(done)[1][0])
        await seen(way=tried[-1][0], refusals=1)
    assert tried == [["unit:W"], ["kind:Relative"], ["scope:station"]]
    assert await rows(lambda: HeldProfile.objects.count()) == 0
    assert await opened.is_alive()
    assert opened.calls.empty(), "once more, and no further"


@pytest.mark.parametrize(
    ("given", "way"),
    [
        (CONSTANT, "unit:W"),
        (CONSTANT, "kind:Relative"),
        (CONSTANT | {"stack_level": 2}, "level:0"),
        (CONSTANT, "scope:station"),
        (CHANGING, "periods:one"),
        (CONSTANT, "begin:earlier"),
    ],
)
async def test_whatever_the_way_that_is_refused_the_other_is_found_and_remembered(
    wire: MakeWire, network: Organisation, given: Any, way: str
) -> None:
    """A station that takes this way alone: one try a command, until it is found."""
    opened = await booted(wire, "ocpp1.6")
    schedule = given["schedules"][0] | {"start_at": datetime.now(UTC).isoformat()}
    given = given | {"schedules": [schedule]}
    for _ in range(8):
        row = await order(SetChargingProfile(1, given))
        first = await opened.next_call()
        tried = await rows(lambda: Habit.objects.filter(way=way, works=True).exists())
        await opened.send([3, first[1], YES if tried else NO])
        if tried:
            break
        second = await opened.next_call()
        is_it = way in told(second[3], given)
        await opened.send([3, second[1], YES if is_it else NO])
        done = await settled(row)
        assert done.state == (State.CONFIRMED if is_it else State.REJECTED)
        await seen(way=words(done)[1][0][0])
    assert (await settled(row)).state == State.CONFIRMED
    assert way in words(await settled(row))[0][0]


def told(payload: Any, given: Any) -> list[str]:
    """In which ways a profile of 1.6 came, as we would say it."""
    profile = profile_in(payload)
    plan = profile["chargingSchedule"]
    start_at = plan.get("startSchedule", "")
    before = datetime.fromisoformat(given["schedules"][0]["start_at"]) - timedelta(seconds=30)
    found = {
        f"unit:{plan['chargingRateUnit']}": True,
        f"kind:{profile['chargingProfileKind']}": True,
        f"level:{profile['stackLevel']}": True,
        "scope:station": payload["connectorId"] == 0,
        "periods:one": len(plan["chargingSchedulePeriod"]) == 1,
        "begin:earlier": bool(start_at) and datetime.fromisoformat(start_at) < before,
    }
    return [way for way, is_so in found.items() if is_so]


async def test_a_call_of_a_person_and_what_a_rule_asks_are_never_tried_again(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await booted(wire, "ocpp1.6")
    payload = {"connectorId": 1, "csChargingProfiles": {
        "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative", "chargingSchedule": {
            "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}]},
    }}  # fmt: skip
    command = SetChargingProfile(1, CONSTANT | {"id": 1})
    for more in (
        {"verbatim": RawCall("SetChargingProfile", payload)},
        {"is_unasked": True},
        {"actor": "ISO 15118"},
    ):
        row = await order(command, **more)
        await answer(opened, NO)
        done = await settled(row)
        assert (done.state, done.tries) == (State.REJECTED, None)
    assert opened.calls.empty()
    assert not await rows(lambda: Habit.objects.filter(way__startswith="unit:").exists())


@pytest.mark.parametrize("said", [{"status": "Purple"}, "NotSupported", "NotImplemented"])
async def test_nonsense_and_no_such_call_are_no_refusal(
    wire: MakeWire, network: Organisation, said: Any
) -> None:
    opened = await booted(wire, "ocpp1.6")
    row = await order(SetChargingProfile(1, CONSTANT))
    await answer(opened, said)
    assert (await settled(row)).tries is None
    assert await opened.is_alive()
    assert opened.calls.empty()


async def test_a_limit_for_one_of_two_evses_never_becomes_one_for_both(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await booted(wire, "ocpp1.6", evses=2)
    heard = []
    for _ in range(4):
        row = await order(SetChargingProfile(2, CONSTANT))
        heard += await answer(opened, NO, NO)
        await settled(row)
    assert {payload["connectorId"] for payload in heard} == {2}


@pytest.mark.parametrize(
    ("vendor", "given", "ways"),
    [
        ("ABB", CONSTANT | {"stack_level": 3}, ["level:0"]),
        ("Huawei", CHANGING, ["unit:W"]),
        ("KEBA", CONSTANT, ["scope:station"]),
        ("NEcharge", CONSTANT, []),
        ("Test", CONSTANT, []),
    ],
)
async def test_a_limit_leaves_as_its_make_is_known_to_take_it(
    wire: MakeWire, network: Organisation, vendor: str, given: Any, ways: list[str]
) -> None:
    opened = await booted(wire, "ocpp1.6", vendor)
    if vendor == "Huawei":
        await rows(lambda: Station.objects.update(model="SCharger-22KT-S0"))
        await opened.close()
        opened = await wire("ocpp1.6")
        await opened.ask("BootNotification", {"chargePointVendor": "", "firmwareVersion": "1",
                                              "chargePointModel": "SCharger-22KT-S0"})  # fmt: skip
    row = await order(SetChargingProfile(1, given))
    await answer(opened, YES)
    done = await settled(row)
    assert words(done) == ([(ways, "Accepted")] if ways else [])


@pytest.mark.parametrize(("given", "other"), [(1, None), (None, 1)])
async def test_a_question_that_was_refused_twice_goes_the_other_way(
    wire: MakeWire, network: Organisation, given: int | None, other: int | None
) -> None:
    opened = await booted(wire, "ocpp1.6")
    way = "trigger:one" if given else "trigger:all"
    for count in (1, 2):
        row = await order(TriggerMessage("MeterValues", given))
        (payload,) = await answer(opened, NO)
        assert payload.get("connectorId") == given
        assert (await settled(row)).state == State.REJECTED
        await seen(way=way, refusals=count)
    for _ in range(2):
        row = await order(TriggerMessage("MeterValues", given))
        (payload,) = await answer(opened, YES)
        assert payload.get("connectorId") == other
        assert (await settled(row)).state == State.ACCEPTED


async def test_a_start_that_is_refused_with_its_limit_is_given_without_it(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await booted(wire, "ocpp1.6")
    plan = {"unit": "A", "periods": [{"start_s": 0, "limit": 10}]}
    limit = CONSTANT | {"purpose": "TxProfile", "kind": "Relative", "schedules": [plan]}
    row = await order(StartSession("AB12", evse_id=1, charging_profile=limit))
    heard = await answer(opened, NO, YES)
    assert ["chargingProfile" in payload for payload in heard] == [True, False]
    done = await settled(row)
    assert words(done)[1] == (["start:without a limit"], "Accepted")
    assert await rows(lambda: HeldProfile.objects.count()) == 0, "it is not there yet"
    begun = await opened.ask(
        "StartTransaction",
        {"connectorId": 1, "idTag": "AB12", "meterStart": 0, "timestamp": "2026-03-01T12:00:00Z"},
    )
    (limited,) = await answer(opened, YES)
    assert limited["connectorId"] == 1
    assert profile_in(limited)["transactionId"] == begun["transactionId"]
    assert profile_in(limited)["chargingProfilePurpose"] == "TxProfile"
    await eventually(lambda: HeldProfile.objects.get(purpose="TxProfile"))

    await order(StartSession("AB12", evse_id=1, charging_profile=limit))
    assert "chargingProfile" not in (await answer(opened, YES))[0], "known by now"


async def test_what_is_refused_by_habit_is_known_of_all_stations_of_the_firmware(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await booted(wire, "ocpp1.6")
    for _ in range(3):
        row = await order(ChangeAvailability(False, 1))
        await answer(opened, NO)
        await settled(row)
    habit = await eventually(lambda: Habit.objects.get(way="call:change_availability", works=False))
    assert (habit.vendor, habit.model, habit.firmware) == ("Test", "One", "1")
    assert (habit.identity, habit.answer, habit.refusals) == ("CP1", "Rejected", 3)
    row = await order(ChangeAvailability(False, 1))
    await answer(opened, YES)
    await eventually(lambda: Habit.objects.get(way="call:change_availability", works=True))


async def test_what_is_refused_by_habit_is_not_asked_unasked_and_people_may_still_ask(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await booted(wire, "ocpp1.6")
    await rows(lambda: Habit.objects.create(
        organisation=network, vendor="Test", model="One", firmware="1", works=False,
        way="question:StatusNotification", last_at=datetime.now(UTC)))  # fmt: skip
    row = await order(TriggerMessage("StatusNotification"), is_unasked=True)
    done = await settled(row)
    assert (done.state, done.action) == (State.ERROR, "")
    assert done.detail.startswith("Not sent")
    row = await order(TriggerMessage("StatusNotification"))
    await answer(opened, YES)
    await settled(row)
    await seen(way="question:StatusNotification", works=True)


@pytest.mark.parametrize("no", ["NotSupported", "NotImplemented"])
async def test_a_call_that_a_station_does_not_know_is_known_at_once(
    wire: MakeWire, network: Organisation, no: str
) -> None:
    opened = await booted(wire, "ocpp1.6")
    row = await order(ChangeAvailability(False, 1))
    await answer(opened, no)
    await settled(row)
    await seen(way="call:change_availability", works=False, answer=no)
