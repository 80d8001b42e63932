"""Every command followed to what the station does, in both versions, over a real socket."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.commands import expiry, services
from apps.commands.models import CommandRow, State
from apps.domain import commands as words
from apps.domain.authorization import ClearCache
from apps.domain.commands import Command
from apps.journal.models import Message
from apps.sessions.models import Session
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.stations.models import Connector, Station, Variable
from tests.servers import eventually, rows

Charger = Callable[..., Awaitable[Any]]
Order = Callable[[Command], Awaitable[CommandRow]]


@pytest.fixture
def order(network: Organisation) -> Order:
    """await order(command): put into the outbox for CP1, as a page or the API does."""

    async def put(command: Command, **more: Any) -> CommandRow:
        def queue() -> CommandRow:
            station = Station.objects.get(identity="CP1")
            return services.queue(
                organisation_id=network.pk,
                station_id=station.pk,
                identity="CP1",
                command=command,
                now=datetime.now(UTC),
                actor="a test",
                **more,
            )

        return await rows(queue)

    return put


async def reaches(row: CommandRow, state: State) -> CommandRow:
    return await eventually(
        lambda: CommandRow.objects.filter(pk=row.pk, state=state).first(),
        f"{row.name} → {state}",
    )


async def charging(charger: Charger, either: type[SimStation], **habits: Any) -> Any:
    station = await charger(either, **habits)
    await station.connect()
    await station.plug_in()
    await station.start_session(token="AB12")
    await eventually(lambda: Session.objects.get(state="charging"))
    return station


async def test_a_started_session_confirms_its_command(
    charger: Charger, either: Any, order: Order, card: Any
) -> None:
    station = await charger(either)
    await station.connect()
    await station.plug_in()
    row = await reaches(
        await order(words.StartSession("AB12", "ISO14443", evse_id=1)), State.CONFIRMED
    )
    assert row.observed == "The session began"
    session = await rows(Session.objects.get)
    assert (session.token_uid, session.evse_id) == ("AB12", 1)
    if either is not SimStation16:
        assert session.remote_start_id == row.pk


async def test_an_ended_session_confirms_its_command(
    charger: Charger, either: Any, order: Order, card: Any
) -> None:
    await charging(charger, either)
    running = await rows(Session.objects.get)
    await reaches(await order(words.StopSession(running.transaction_id)), State.CONFIRMED)
    ended = await eventually(lambda: Session.objects.get(state="ended"))
    assert ended.stop_reason == "Remote"


async def test_stopping_what_does_not_run_is_rejected(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    await station.connect()
    row = await reaches(await order(words.StopSession("4711")), State.REJECTED)
    assert row.detail == "Rejected"
    assert row.response == {"status": "Rejected"}


@pytest.mark.parametrize("mode", ["immediate", "on_idle"])
async def test_a_reset_is_confirmed_by_the_boot(
    charger: Charger, either: Any, order: Order, mode: str
) -> None:
    station = await charger(either)
    await station.connect()
    row = await reaches(await order(words.ResetStation(mode)), State.CONFIRMED)
    assert row.observed == "The station booted"
    assert len(station.calls("BootNotification")) == 2


async def test_a_postponed_reset_waits_for_the_session_to_end(
    charger: Charger, order: Order, card: Any
) -> None:
    from apps.simulator.v201 import SimStation201

    station = await charging(charger, SimStation201)
    row = await reaches(await order(words.ResetStation("on_idle")), State.ACCEPTED)
    assert row.detail == "Scheduled"
    await station.stop_session()
    await reaches(row, State.CONFIRMED)


async def test_an_unlocked_connector_is_its_own_proof(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    await station.connect()
    row = await reaches(await order(words.UnlockConnector(1, 1)), State.CONFIRMED)
    assert row.detail == "Unlocked"


async def test_a_connector_goes_out_of_service_and_returns(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    await station.connect()
    for is_operative, shown in ((False, "Unavailable"), (True, "Available")):
        row = await order(words.ChangeAvailability(is_operative, evse_id=1))
        done = await reaches(row, State.CONFIRMED)
        assert done.observed == f"The station shows {shown}"
        assert await rows(lambda: Connector.objects.get().status) == shown


@pytest.mark.parametrize("message", ["Heartbeat", "StatusNotification", "MeterValues"])
async def test_a_triggered_message_confirms_its_command(
    charger: Charger, either: Any, order: Order, message: str
) -> None:
    station = await charger(either)
    await station.connect()
    row = await reaches(await order(words.TriggerMessage(message)), State.CONFIRMED)
    assert row.observed == "The message came"


async def test_a_setting_is_read_back_before_it_is_confirmed(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    await station.connect()
    named: dict[str, Any] = {"variable": {"name": "HeartbeatInterval"}}
    if either is not SimStation16:
        named["component"] = {"name": "OCPPCommCtrlr"}
    row = await order(words.SetVariables(({**named, "attributeValue": "123"},)))
    done = await reaches(row, State.CONFIRMED)
    assert done.observed == "Read back as set"
    assert await rows(lambda: Variable.objects.get(variable="HeartbeatInterval").value) == "123"
    reading = await rows(lambda: CommandRow.objects.get(name="get_variables"))
    assert reading.actor == "read-back"


async def test_everything_may_be_read(charger: Charger, either: Any, order: Order) -> None:
    station = await charger(either)
    await station.connect()
    await reaches(await order(words.GetVariables()), State.CONFIRMED)
    found = await eventually(lambda: Variable.objects.count() > 10)
    assert found


async def test_a_raw_call_is_answered_and_never_called_confirmed(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    await station.connect()
    row = await reaches(await order(words.RawCall("ClearCache", {})), State.ACCEPTED)
    assert (row.action, row.request, row.response) == ("ClearCache", {}, {"status": "Accepted"})
    assert row.confirm_by is None


async def test_a_station_that_accepts_and_does_nothing_is_found_out(
    charger: Charger, either: Any, order: Order, card: Any
) -> None:
    station = await charger(either, quirks=["accept_and_do_nothing"])
    await station.connect()
    row = await reaches(await order(words.StartSession("AB12", evse_id=1)), State.ACCEPTED)
    assert row.confirm_by is not None
    assert await rows(lambda: expiry.expire(now=row.confirm_by)) == 1
    assert await rows(lambda: expiry.expire(now=row.confirm_by)) == 0
    await reaches(row, State.NOT_CONFIRMED)


async def test_a_command_waits_for_a_station_that_is_away(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    row = await order(words.UnlockConnector(1, 1))
    assert row.state == State.QUEUED
    await station.connect()
    await reaches(row, State.CONFIRMED)


async def test_a_command_that_cannot_be_read_holds_up_nobody(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    row, after = await order(words.UnlockConnector(1, 1)), await order(ClearCache())
    unread = CommandRow.objects.filter(pk=row.pk)
    await rows(lambda: unread.update(parameters={"nonsense": 1}))
    await station.connect()
    await reaches(after, State.CONFIRMED)
    assert "unknown parameter" in (await reaches(row, State.ERROR)).detail


async def test_a_command_that_waited_too_long_is_never_sent(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    row = await order(words.UnlockConnector(1, 1), expires_s=0.001)  # type: ignore[call-arg]
    after = await order(words.TriggerMessage("Heartbeat"))
    await station.connect()
    await reaches(after, State.CONFIRMED)
    assert [call.action for call in station.received_calls] == ["TriggerMessage"]
    assert await rows(lambda: expiry.expire(now=datetime.now(UTC))) == 1
    await reaches(row, State.EXPIRED)


async def test_commands_leave_in_the_order_in_which_they_were_given(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    for message in ("Heartbeat", "StatusNotification", "MeterValues"):
        await order(words.TriggerMessage(message))
    await station.connect()
    await eventually(lambda: CommandRow.objects.filter(state=State.CONFIRMED).count() == 3)
    asked = [call.payload["requestedMessage"] for call in station.received_calls]
    assert asked == ["Heartbeat", "StatusNotification", "MeterValues"]


async def test_what_a_version_cannot_say_is_an_error_and_not_a_silence(
    charger: Charger, order: Order
) -> None:
    station = await charger(SimStation16)
    await station.connect()
    row = await reaches(await order(words.GetTransactionStatus("tx")), State.ERROR)
    assert row.error_code == "NotSupported"
    assert station.received_calls == []


async def test_a_call_and_its_answer_are_one_line_in_the_journal(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either)
    await station.connect()
    row = await reaches(await order(words.UnlockConnector(1, 1)), State.CONFIRMED)
    line = await rows(lambda: Message.objects.get(direction="out"))
    assert (line.action, line.result, line.command_id) == ("UnlockConnector", "ok", row.pk)
    assert "Unlocked" in line.answer
    assert line.latency_ms is not None


async def test_a_secret_that_is_set_is_nowhere_kept(
    charger: Charger, either: Any, order: Order
) -> None:
    station = await charger(either, password=None)
    await station.connect()
    secret = "0011223344556677889900112233445566778899"
    if either is SimStation16:
        named: dict[str, Any] = {"variable": {"name": "AuthorizationKey"}}
    else:
        named = {
            "variable": {"name": "BasicAuthPassword"},
            "component": {"name": "SecurityCtrlr"},
        }
    row = await order(words.SetVariables(({**named, "attributeValue": secret},)))
    done = await eventually(lambda: CommandRow.objects.exclude(answered_at=None).get(pk=row.pk))
    assert station.password == secret
    assert secret not in str([done.parameters, done.request, done.response])
    lines = await rows(lambda: [f"{m.payload}{m.answer}" for m in Message.objects.all()])
    assert not [line for line in lines if secret in line]
