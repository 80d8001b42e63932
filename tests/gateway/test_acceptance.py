"""Stations that are not accepted yet, and what is asked of them when they are."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow
from apps.commands.services import queue
from apps.domain.commands import Command, RawCall, SetVariables, StartSession, TriggerMessage
from apps.stations import passwords
from apps.stations.models import Station
from tests.gateway.secure import basic
from tests.onboarding.scene import report
from tests.servers import eventually, register, rows
from tests.throwaway import Platform
from tests.wire import Wire, dial

MakeWire = Callable[..., Awaitable[Wire]]
BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
OLD, NEW = "an-old-password-of-20", "0011223344556677889900112233445566778899"


async def policy(word: str) -> None:
    await rows(lambda: Station.objects.update(boot_policy=word))


async def order(network: Organisation, what: Command) -> CommandRow:
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


@pytest.mark.parametrize("word", ["pending", "rejected"])
async def test_a_station_that_is_held_stays_so_when_it_reconnects_without_a_boot(
    wire: MakeWire, network: Organisation, word: str
) -> None:
    opened = await wire()
    await policy(word)
    await opened.boot()
    await opened.close()
    again = await wire()
    answer = await again.call("Heartbeat", {})
    assert (answer[0], answer[2]) == (4, "SecurityError")
    await policy("accepted")
    assert (await again.boot())["status"] == "Accepted"
    assert await again.is_alive()


@BOTH
async def test_a_start_waits_until_the_station_is_accepted_and_holds_up_nothing_else(
    wire: MakeWire, network: Organisation, protocol: str
) -> None:
    opened = await wire(protocol)
    await policy("pending")
    await opened.boot()
    start = await order(network, StartSession("AB12", evse_id=1))
    await order(network, TriggerMessage("BootNotification"))
    call = await opened.next_call()
    assert call[2] == "TriggerMessage"
    await opened.send([3, call[1], {"status": "Accepted"}])
    await policy("accepted")
    await opened.boot()
    call = await opened.next_call()
    assert call[2] in ("RemoteStartTransaction", "RequestStartTransaction")
    assert (await rows(lambda: CommandRow.objects.get(pk=start.pk))).state == "sent"


def setting(protocol: str, is_raw: bool) -> Command:
    if protocol == "ocpp1.6":
        key: dict[str, Any] = {"key": "AuthorizationKey", "value": NEW}
        named: dict[str, Any] = {"variable": {"name": "AuthorizationKey"}}
        raw = RawCall("ChangeConfiguration", key)
    else:
        named = {
            "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"},
        }  # fmt: skip
        raw = RawCall("SetVariables", {"setVariableData": [{**named, "attributeValue": NEW}]})
    return raw if is_raw else SetVariables(({**named, "attributeValue": NEW},))


@BOTH
@pytest.mark.parametrize("is_raw", [False, True])
@pytest.mark.parametrize("verdict", ["Accepted", "Rejected"])
async def test_a_new_password_counts_once_the_station_has_accepted_it(
    wire: MakeWire, network: Organisation, protocol: str, is_raw: bool, verdict: str
) -> None:
    old = passwords.digest(b"old")
    opened = await wire(protocol)
    await opened.boot()
    await rows(lambda: Station.objects.update(password_digest=old))
    row = await order(network, setting(protocol, is_raw))
    call = await opened.next_call()
    named = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    answer: Any = {"status": verdict}
    if protocol == "ocpp2.0.1":
        answer = {"setVariableResult": [{**named, "attributeStatus": verdict}]}
    await opened.send([3, call[1], answer])
    done = await eventually(lambda: CommandRow.objects.exclude(answered_at=None).get(pk=row.pk))
    digest = await rows(lambda: Station.objects.get().password_digest)
    assert digest == (passwords.digest(NEW.encode()) if verdict == "Accepted" else old)
    assert NEW not in str([done.parameters, done.request, done.response])


@BOTH
async def test_s_08_a_new_station_is_read_once(
    curious: Platform, network: Organisation, protocol: str
) -> None:
    await rows(lambda: register(network, "CP1"))
    opened = await dial(curious.ocpp, "CP1", protocol)
    await opened.boot()
    call = await opened.next_call()
    if protocol == "ocpp1.6":
        assert call[2:] == ["GetConfiguration", {}]
        await opened.send([3, call[1], {"configurationKey": []}])
    else:
        assert (call[2], call[3]["reportBase"]) == ("GetBaseReport", "FullInventory")
        await opened.send([3, call[1], {"status": "Accepted"}])
        await opened.ask("NotifyReport", report(call[3]["requestId"]))
    await eventually(lambda: CommandRow.objects.get(state="confirmed"))
    await opened.boot()
    row = await rows(CommandRow.objects.get)
    assert (row.actor, row.name, row.parameters) == (
        "onboarding",
        "get_variables",
        {"variables": []},
    )
    await opened.close()


async def test_a_make_that_cannot_bear_it_is_not_read(
    curious: Platform, network: Organisation
) -> None:
    await rows(lambda: register(network, "CP1"))
    opened = await dial(curious.ocpp, "CP1", "ocpp1.6")
    told = {"chargePointVendor": "ABB", "chargePointModel": "Terra AC"}
    assert (await opened.ask("BootNotification", told))["status"] == "Accepted"
    assert not await rows(CommandRow.objects.exists)
    await opened.close()


async def test_a_station_that_is_not_accepted_may_only_boot(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire()
    await rows(lambda: Station.objects.update(boot_policy="pending"))
    assert (await opened.boot())["status"] == "Pending"
    answer = await opened.call("Heartbeat", {})
    assert (answer[0], answer[2]) == (4, "SecurityError")
    await rows(lambda: Station.objects.update(boot_policy="accepted"))
    assert (await opened.boot())["status"] == "Accepted"
    assert await opened.is_alive()


async def test_what_we_triggered_may_come_before_the_station_is_accepted(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire()
    await rows(lambda: Station.objects.update(boot_policy="pending"))
    await opened.boot()
    await order(network, TriggerMessage("Heartbeat"))
    call = await opened.next_call()
    await opened.send([3, call[1], {"status": "Accepted"}])
    assert (await opened.call("Heartbeat", {}))[0] == 3
    assert (await opened.call("Heartbeat", {}))[0] == 4, "once for each time that it was asked"


async def test_what_we_triggered_may_come_over_a_reconnect_once(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire()
    await rows(lambda: Station.objects.update(boot_policy="pending"))
    await opened.boot()
    await order(network, TriggerMessage("Heartbeat"))
    call = await opened.next_call()
    await opened.send([3, call[1], {"status": "Accepted"}])
    await eventually(lambda: CommandRow.objects.filter(state="accepted").exists())
    await opened.close()
    again = await wire()
    assert (await again.call("Heartbeat", {}))[0] == 3
    assert (await again.call("Heartbeat", {}))[0] == 4
    await again.close()
    third = await wire()
    assert (await third.call("Heartbeat", {}))[0] == 4


async def offered(opened: Wire, network: Organisation, protocol: str) -> None:
    """It is sent a new password, and its answer is lost."""
    await order(network, setting(protocol, is_raw=False))
    call = await opened.next_call()
    assert call[2] in ("ChangeConfiguration", "SetVariables")
    opened.cut()
    await eventually(lambda: not Station.objects.get().is_connected, "the end of the socket")


@BOTH
@pytest.mark.parametrize("has_taken_it", [True, False])
async def test_after_a_lost_answer_the_password_that_is_shown_is_the_one(
    server: Platform, network: Organisation, protocol: str, has_taken_it: bool
) -> None:
    """SEC-05: both let it in until it has shown the new one."""
    await rows(lambda: register(network, "CP1", password=OLD, security_profile=1))
    opened = await dial(server.ocpp, "CP1", protocol, **basic("CP1", OLD))
    await opened.boot()
    await offered(opened, network, protocol)
    shown = NEW if has_taken_it else OLD
    again = await dial(server.ocpp, "CP1", protocol, **basic("CP1", shown))
    assert await again.is_alive()
    await again.close()
    digest = (await rows(Station.objects.get)).password_digest
    assert passwords.matches(shown.encode(), digest)
    if has_taken_it:
        with pytest.raises(InvalidStatus):
            await dial(server.ocpp, "CP1", protocol, **basic("CP1", OLD))
    assert NEW not in await rows(
        lambda: str(list(CommandRow.objects.exclude(state="sent").values()))
    )


async def test_a_refused_password_opens_nothing(server: Platform, network: Organisation) -> None:
    await rows(lambda: register(network, "CP1", password=OLD, security_profile=1))
    opened = await dial(server.ocpp, "CP1", "ocpp1.6", **basic("CP1", OLD))
    await opened.boot()
    await order(network, setting("ocpp1.6", is_raw=False))
    call = await opened.next_call()
    await opened.send([3, call[1], {"status": "Rejected"}])
    await eventually(lambda: CommandRow.objects.filter(state="rejected").exists())
    assert (await rows(Station.objects.get)).pending_digest == ""
    await opened.close()
    with pytest.raises(InvalidStatus):
        await dial(server.ocpp, "CP1", "ocpp1.6", **basic("CP1", NEW))


EARLY = [
    [2, "early", "Heartbeat", {"nonsense": 1}],
    [2, "early", "StatusNotification", {}],
    [2, "early", "Dance", {}],
    [2, "early", "Reset", {}],
    [2, "early", "Heartbeat"],
    [2, "early", "Heartbeat", []],
    '[2,"early","Heartbeat",{',
]


@BOTH
@pytest.mark.parametrize("word", ["pending", "rejected"])
async def test_a_station_that_is_not_accepted_is_told_so_however_it_speaks(
    wire: MakeWire, network: Organisation, word: str, protocol: str
) -> None:
    opened = await wire(protocol)
    await policy(word)
    await opened.boot()
    for frame in EARLY:
        await opened.send(frame)
        assert (await opened.answer())[:3] == [4, "early", "SecurityError"], frame
    for frame in ([2, "boot", "BootNotification", {"reason": 1}], [2, "boot", "BootNotification"]):
        await opened.send(frame)
        assert (await opened.answer())[2]["status"] == word.capitalize()


@BOTH
@pytest.mark.parametrize("word", ["pending", "rejected"])
async def test_a_boot_that_is_read_strictly_may_be_mended(
    wire: MakeWire, network: Organisation, word: str, protocol: str
) -> None:
    await rows(lambda: register(network, "CP1", reading="strict", boot_policy=word))
    opened = await wire(protocol)
    await opened.send([2, "boot", "BootNotification", {"reason": 1}])
    assert (await opened.answer())[2] in (
        "OccurenceConstraintViolation", "OccurrenceConstraintViolation",
    )  # fmt: skip
    await opened.send([2, "boot", "BootNotification"])
    assert (await opened.answer())[2] in ("FormationViolation", "RpcFrameworkError")
    assert (await opened.boot())["status"] == word.capitalize()


@BOTH
async def test_a_message_that_was_asked_for_may_be_mended_before_it_counts(
    wire: MakeWire, network: Organisation, protocol: str
) -> None:
    await rows(lambda: register(network, "CP1", reading="strict"))
    opened = await wire(protocol)
    await policy("pending")
    await opened.boot()
    await order(network, TriggerMessage("Heartbeat"))
    call = await opened.next_call()
    await opened.send([3, call[1], {"status": "Accepted"}])
    mended = await opened.call("Heartbeat", {"nonsense": 1})
    assert mended[2] in ("FormationViolation", "FormatViolation")
    assert (await opened.call("Heartbeat", {}))[0] == 3
