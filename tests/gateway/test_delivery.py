"""What becomes of a command whose call, or whose answer, goes wrong on the way."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Item, Reply
from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.domain.commands import (
    ChangeAvailability,
    Command,
    GetVariables,
    RawCall,
    ResetStation,
    SetVariables,
)
from apps.domain.power import SetChargingProfile
from apps.domain.vocabulary import Protocol
from apps.gateway.delivery import deliver
from apps.gateway.link import Link
from apps.ingest.commit import commit
from apps.journal.models import Message
from apps.protocol import frames
from apps.protocol.vendors import Profile
from apps.protocol.vendors.manner import Manner
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.servers import eventually, register, rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])


async def order(network: Organisation, what: Command, **more: Any) -> CommandRow:
    def put() -> CommandRow:
        station = Station.objects.get()
        return queue(
            organisation_id=network.pk, station_id=station.pk, identity=station.identity,
            command=what, now=datetime.now(UTC), **more,
        )  # fmt: skip

    return await rows(put)


async def answered(row: CommandRow) -> CommandRow:
    busy = (State.QUEUED, State.SENT)
    return await eventually(lambda: CommandRow.objects.exclude(state__in=busy).get(pk=row.pk))


@BOTH
@pytest.mark.parametrize("is_raw", [False, True])
async def test_an_answer_that_ocpp_does_not_know_is_an_error_in_words(
    wire: MakeWire, network: Organisation, protocol: str, is_raw: bool
) -> None:
    opened = await wire(protocol)
    await opened.boot()
    kind = {"ocpp1.6": "Soft", "ocpp2.0.1": "OnIdle"}[protocol]
    raw = {"verbatim": RawCall("Reset", {"type": kind})} if is_raw else {}
    row = await order(network, ResetStation(), **raw)
    call = await opened.next_call()
    await opened.send([3, call[1], {"status": "Purple"}])
    done = await answered(row)
    assert (done.state, done.error_code) == (State.ERROR, "PropertyConstraintViolation")
    assert done.error_description.startswith("The answer is not valid: /status:")
    assert "not one of" in done.error_description
    assert done.response == {"status": "Purple"}
    kept = await rows(lambda: Message.objects.get(command_id=row.pk))
    assert (kept.result, kept.answer) == ("malformed", '{"status":"Purple"}')
    assert await opened.is_alive()


async def test_an_answer_without_its_verdict_sets_no_password(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire("ocpp1.6")
    await opened.boot()
    item = {"variable": {"name": "AuthorizationKey"}, "attributeValue": "ab" * 16}
    row = await order(network, SetVariables((item,)))
    call = await opened.next_call()
    await opened.send([3, call[1], {}])
    assert (await answered(row)).state == State.ERROR
    station = await rows(Station.objects.get)
    assert (bool(station.password_digest), bool(station.pending_digest)) == (False, True)


HARMLESS: list[tuple[str, Command, Any]] = [
    ("ocpp1.6", ResetStation(), {"status": "Accepted", "vendorSays": "hello"}),
    ("ocpp1.6", GetVariables(), {"configurationKey": [
        {"key": "A", "readonly": "false", "value": 7}, {"key": "B", "value": None},
        {"key": "C", "readonly": False, "value": "x" * 900}], "unknownKey": None}),
    ("ocpp2.0.1", ResetStation(), {"status": "Accepted", "statusInfo": None}),
    ("ocpp2.0.1", ChangeAvailability(True), {"status": "Scheduled", "extra": [1]}),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "command", "answer"), HARMLESS)
async def test_what_a_station_says_beside_its_verdict_does_no_harm(
    wire: MakeWire, network: Organisation, protocol: str, command: Command, answer: Any
) -> None:
    opened = await wire(protocol)
    await opened.boot()
    row = await order(network, command)
    call = await opened.next_call()
    await opened.send([3, call[1], answer])
    assert (await answered(row)).state in (State.ACCEPTED, State.CONFIRMED)


async def test_a_command_that_makes_no_call_ends_in_words(
    wire: MakeWire, network: Organisation
) -> None:
    opened = await wire("ocpp1.6")
    row = await order(network, SetVariables(({"key": "A", "attributeValue": "1"},)))
    kept = CommandRow.objects.filter(pk=row.pk)
    await rows(lambda: kept.update(parameters={"variables": []}))
    await opened.boot()
    done = await answered(row)
    assert (done.state, done.detail) == (State.ERROR, "'variables' must have at least one item")


class Door:
    """Commits each item at once."""

    async def submit(self, given: Item) -> Reply | None:
        return (await rows(lambda: commit([given], given.received_at)))[0]


async def test_a_command_whose_socket_closes_as_it_is_sent_waits_for_the_next_one(
    network: Organisation, transactional_db: None
) -> None:
    closed: list[int] = []

    async def send(_text: str) -> None:
        raise RuntimeError("Attempt to send on a closed protocol")

    async def close(code: int) -> None:
        closed.append(code)

    station = await rows(lambda: register(network, "CP1"))
    row = await order(network, ResetStation())
    ref = (await rows(lambda: find_refs(["CP1"])))["CP1"]
    link = Link(ref, Protocol.OCPP16, "c", send, close)
    await deliver(link, Door())
    row = await rows(lambda: CommandRow.objects.get(pk=row.pk))
    assert (row.state, row.sent_at, row.connection_id) == (State.QUEUED, None, "")
    kept = await rows(lambda: Message.objects.get(station_id=station.pk))
    assert (kept.result, "closed before" in kept.answer) == ("error", True)
    assert closed, "a socket that takes nothing is given up"

    sent: list[str] = []

    async def take(text: str) -> None:
        sent.append(text)
        again.pending.fail()

    again = Link(ref, Protocol.OCPP16, "d", take, close)
    await deliver(again, Door())
    assert '"Reset"' in sent[0]


async def test_a_socket_on_which_nobody_answers_is_closed(
    network: Organisation, transactional_db: None, settings: Any
) -> None:
    settings.OCPP_CALL_TIMEOUT_S = 0.01
    closed: list[int] = []

    async def lose(_text: str) -> None:
        """Sent, and never answered."""

    async def close(code: int) -> None:
        closed.append(code)

    await rows(lambda: register(network, "CP1"))
    given = [await order(network, ResetStation()) for _ in range(4)]
    ref = (await rows(lambda: find_refs(["CP1"])))["CP1"]
    await deliver(Link(ref, Protocol.OCPP16, "c", lose, close), Door())
    states = await rows(lambda: [CommandRow.objects.get(pk=row.pk).state for row in given])
    assert (states, len(closed)) == ([State.TIMED_OUT] * 3 + [State.QUEUED], 1)


@pytest.mark.parametrize(("vendor", "kind"), [("Wall Box", "Relative"), ("Other", "Absolute")])
async def test_a_call_leaves_as_its_make_takes_it(
    network: Organisation, transactional_db: None, vendor: str, kind: str
) -> None:
    sent: list[dict[str, Any]] = []

    async def take(text: str) -> None:
        sent.append(json.loads(text)[3])
        link.pending.fail()

    async def close(_code: int) -> None: ...

    limit = {
        "start_at": "2026-03-01T12:00:00Z",
        "unit": "A",
        "periods": [{"start_s": 0, "limit": 16}],
    }
    profile = {"purpose": "TxDefaultProfile", "kind": "Absolute", "schedules": [limit]}
    await rows(lambda: register(network, "CP1", vendor=vendor))
    await order(network, SetChargingProfile(1, {"id": 1, "stack_level": 0} | profile))
    ref = (await rows(lambda: find_refs(["CP1"])))["CP1"]
    link = Link(ref, Protocol.OCPP16, "c", take, close)
    await deliver(link, Door())
    assert [told["csChargingProfiles"]["chargingProfileKind"] for told in sent] == [kind]


async def test_a_make_that_hangs_up_under_many_calls_gets_a_pause_after_each(
    network: Organisation, transactional_db: None
) -> None:
    sent: list[float] = []

    async def take(text: str) -> None:
        sent.append(time.monotonic())
        reply = json.dumps([3, json.loads(text)[1], {"status": "Accepted"}])
        asyncio.get_running_loop().call_soon(link.pending.settle, frames.decode(reply))

    async def close(_code: int) -> None: ...

    await rows(lambda: register(network, "CP1"))
    for _ in range(3):
        await order(network, ResetStation())
    ref = (await rows(lambda: find_refs(["CP1"])))["CP1"]
    link = Link(ref, Protocol.OCPP16, "c", take, close)
    link.adapter = Profile("slow", manner=Manner(call_gap_s=0.2))
    await deliver(link, Door())
    assert len(sent) == 3
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(sent))
