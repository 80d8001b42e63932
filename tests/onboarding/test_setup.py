"""A new station is set up before it is accepted: over a real socket, in both versions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from apps.accounts.models import Organisation
from apps.campaigns.advance import advance
from apps.commands.expiry import expire
from apps.commands.models import CommandRow
from apps.onboarding import services
from apps.onboarding.models import RecipeStep, Setup, SetupStep
from apps.onboarding.setups import SET_UPS
from apps.stations import passwords
from apps.stations.models import Station
from tests.factories import OFFICE
from tests.onboarding.scene import READ, SET, obeyed, stage, station, wants
from tests.onboarding.scene import now as at
from tests.servers import all_gone, register, rows, server_environment
from tests.throwaway import platform
from tests.wire import Wire, dial

MakeWire = Callable[..., Awaitable[Wire]]
BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
_SETS = {"ocpp1.6": "ChangeConfiguration", "ocpp2.0.1": "SetVariables"}
_GETS = {"ocpp1.6": "GetConfiguration", "ocpp2.0.1": "GetVariables"}
_READS = {"ocpp1.6": "GetConfiguration", "ocpp2.0.1": "GetBaseReport"}
HOUR = timedelta(hours=1)
TRIGGER = ("TriggerMessage", {"requestedMessage": "BootNotification"})


@BOTH
async def test_each_step_is_sent_and_seen_and_then_the_station_is_called_back(
    wire: MakeWire, network: Organisation, protocol: str
) -> None:
    await wants(network, SET, READ, retry_interval_s=7, heartbeat_interval_s=90)
    opened = await wire(protocol)
    answer = await opened.boot()
    assert (answer["status"], answer["interval"]) == ("Pending", 7)
    assert (await obeyed(opened))[0] == _SETS[protocol]
    assert (await obeyed(opened))[0] == _GETS[protocol]
    assert (await obeyed(opened))[0] == _READS[protocol]
    assert await obeyed(opened) == TRIGGER
    answer = await opened.boot()
    assert (answer["status"], answer["interval"]) == ("Accepted", 90)
    setup = await stage("CP1", "done")
    taken = await rows(lambda: list(setup.steps.values_list("state", "attempts")))
    assert taken == [("done", 1), ("done", 1)]
    assert (await station("CP1")).heartbeat_interval_s == 90
    assert (await opened.boot())["status"] == "Accepted"
    assert await rows(lambda: Setup.objects.get().started_at) == setup.started_at


async def test_a_step_that_the_version_does_not_have_is_skipped(
    wire: MakeWire, network: Organisation
) -> None:
    await wants(network, ("set_setting", {"value": "1", "component": "C", "variable": "V"}))
    opened = await wire("ocpp1.6")
    await opened.boot()
    assert await obeyed(opened) == TRIGGER
    step = await rows(SetupStep.objects.get)
    assert (step.state, step.command_id) == ("skipped", None)
    assert (await opened.boot())["status"] == "Accepted"


@BOTH
async def test_a_refused_step_holds_the_station_until_it_is_tried_again(
    wire: MakeWire, network: Organisation, protocol: str
) -> None:
    await wants(network, SET)
    opened = await wire(protocol)
    await opened.boot()
    await obeyed(opened, "Rejected")
    setup = await stage("CP1", "failed")
    assert setup.reason.startswith("Step 1, Set ")
    assert "Rejected" in setup.reason
    assert (await opened.boot())["status"] == "Pending"
    found = await station("CP1")
    await rows(lambda: services.try_again(found, now=at(), actor=OFFICE))
    assert (await obeyed(opened))[0] == _SETS[protocol]
    assert (await obeyed(opened))[0] == _GETS[protocol]
    assert await obeyed(opened) == TRIGGER
    assert (await opened.boot())["status"] == "Accepted"


async def test_a_refused_step_that_need_not_succeed_holds_up_nothing(
    wire: MakeWire, network: Organisation
) -> None:
    await wants(network, SET, READ)
    await rows(lambda: RecipeStep.objects.filter(position=1).update(must_succeed=False))
    opened = await wire()
    await opened.boot()
    await obeyed(opened, "Rejected")
    assert (await obeyed(opened))[0] == "GetBaseReport"
    assert await obeyed(opened) == TRIGGER
    assert await rows(lambda: list(SetupStep.objects.values_list("state", flat=True))) == [
        "failed", "done",
    ]  # fmt: skip


async def test_a_person_may_accept_it_anyway(wire: MakeWire, network: Organisation) -> None:
    await wants(network, SET)
    opened = await wire()
    await opened.boot()
    await obeyed(opened, "Rejected")
    await stage("CP1", "failed")
    found = await station("CP1")
    await rows(lambda: services.accept(found, now=at(), actor=OFFICE))
    assert await obeyed(opened) == TRIGGER
    assert (await opened.boot())["status"] == "Accepted"


async def test_a_set_up_that_a_rejection_broke_off_goes_on_when_it_is_accepted(
    wire: MakeWire, network: Organisation
) -> None:
    await wants(network, SET, READ)
    opened = await wire()
    await opened.boot()
    call = await opened.next_call()
    found = await station("CP1")
    await rows(lambda: services.reject(found, now=at(), actor=OFFICE))
    assert (await stage("CP1", "failed")).reason == "The station was rejected"
    assert (await opened.boot())["status"] == "Rejected"
    assert call[2] == "SetVariables"
    found = await station("CP1")
    await rows(lambda: services.accept(found, now=at(), actor=OFFICE))
    assert (await opened.boot())["status"] == "Pending"
    assert (await stage("CP1", "running")).reason == ""


async def test_a_station_in_service_stays_so_while_it_is_set_up_again(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire()
    assert (await opened.boot())["status"] == "Accepted"
    await wants(network, SET)
    assert (await opened.boot())["status"] == "Accepted", "steps are for new stations"
    found = await station("CP1")
    await rows(lambda: services.begin(found.pk, now=at(), actor=OFFICE))
    await obeyed(opened, "Rejected")
    await stage("CP1", "failed")
    assert (await opened.boot())["status"] == "Accepted"


@BOTH
async def test_a_new_password_counts_from_its_step_on(
    wire: MakeWire, network: Organisation, protocol: str
) -> None:
    await wants(network, ("set_password", {}))
    opened = await wire(protocol)
    await opened.boot()
    action, payload = await obeyed(opened)
    assert action == _SETS[protocol]
    item = payload if protocol == "ocpp1.6" else payload["setVariableData"][0]
    password = item["value" if protocol == "ocpp1.6" else "attributeValue"]
    await stage("CP1", "done")
    assert passwords.matches(password.encode(), (await station("CP1")).password_digest)
    kept = await rows(lambda: str(list(CommandRow.objects.values())))
    assert password not in kept


async def test_a_set_up_goes_on_after_the_server_was_killed(
    network: Organisation, transactional_db: None, state: Path
) -> None:
    await rows(lambda: register(network, "CP1"))
    await wants(network, SET, READ)
    with platform(state, **server_environment()) as first:
        opened = await dial(first.ocpp, "CP1")
        assert (await opened.boot())["status"] == "Pending"
        assert (await opened.next_call())[2] == "SetVariables"
        first.kill()
        await opened.closed()
    with platform(state, **server_environment()) as second:
        again = await dial(second.ocpp, "CP1")
        refused = await again.call("Heartbeat", {})
        assert (refused[0], refused[2]) == (4, "SecurityError")
        await rows(lambda: CommandRow.objects.update(sent_at=at() - HOUR))
        await rows(lambda: expire(now=at()))
        await rows(lambda: advance(SET_UPS, now=at()))
        heard = [(await obeyed(again))[0] for _ in range(4)]
        assert heard == ["SetVariables", "GetVariables", "GetBaseReport", "TriggerMessage"]
        assert (await again.boot())["status"] == "Accepted"
        assert (await rows(lambda: SetupStep.objects.get(position=1))).attempts == 2
        await again.close()
        await all_gone()


async def test_a_set_up_goes_on_over_a_reconnect(wire: MakeWire, network: Organisation) -> None:
    await wants(network, SET)
    opened = await wire()
    await opened.boot()
    await opened.next_call()
    await opened.close()
    again = await wire()
    heard = [(await obeyed(again))[0] for _ in range(3)]
    assert heard == ["SetVariables", "GetVariables", "TriggerMessage"]
    assert (await again.boot())["status"] == "Accepted"


async def test_a_station_that_was_never_seen_to_speak_waits_no_longer_than_its_attempts(
    wire: MakeWire, network: Organisation
) -> None:
    await wants(network, SET)
    for _ in range(3):
        opened = await wire()
        await opened.boot()
        await opened.next_call()
        await opened.close()
    setup = await stage("CP1", "failed")
    assert "The connection was lost" in setup.reason


async def test_many_new_stations_at_once_are_each_set_up(
    wire: MakeWire, network: Organisation
) -> None:
    await wants(network, READ)
    opened = [await wire("ocpp2.0.1", f"CP{n}") for n in range(8)]

    async def is_set_up(one: Wire) -> None:
        await one.boot()
        assert (await obeyed(one))[0] == "GetBaseReport"
        assert await obeyed(one) == TRIGGER
        assert (await one.boot())["status"] == "Accepted"

    await asyncio.gather(*map(is_set_up, opened))
    assert await rows(lambda: Station.objects.filter(boot_status="Accepted").count()) == 8
