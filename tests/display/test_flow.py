"""From an order to what a simulated station shows, and back, over a real socket."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from apps.batch.items import Item
from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.display.models import DisplayMessage
from apps.display.services import complete
from apps.domain.command import Command
from apps.domain.display import ClearDisplayMessage, GetDisplayMessages, SetDisplayMessage
from apps.domain.events import VariablesReported, VariableValue
from apps.domain.publishing import PublishFirmware
from apps.ingest.commit import commit
from apps.simulator.clock import Clock
from apps.simulator.v201 import SimStation201
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.servers import eventually, rows

Charger = Callable[..., Any]


async def given(command: Command, state: State = State.CONFIRMED) -> CommandRow:
    """The command once it is settled as ``state``."""

    @transaction.atomic
    def give() -> CommandRow:
        station, now = Station.objects.get(), datetime.now(UTC)
        return queue(
            organisation_id=station.organisation_id, station_id=station.pk,
            identity=station.identity, command=complete(station, command, now=now), now=now,
        )  # fmt: skip

    row = await rows(give)
    return await eventually(lambda: CommandRow.objects.filter(pk=row.pk, state=state).first())


async def test_a_display_is_read_written_and_cleared(charger: Charger) -> None:
    station = await charger(SimStation201)
    await station.connect()
    read = await given(GetDisplayMessages())
    assert read.observed == "1 message came"
    greeting = await rows(lambda: DisplayMessage.objects.get(state="accepted"))
    assert (greeting.number, greeting.is_ours, greeting.station_state) == (1000, False, "Idle")
    shown = await given(SetDisplayMessage("Back at noon", priority="InFront"))
    assert shown.observed == "Read back as set"
    assert station.display.messages[1001]["message"]["content"] == "Back at noon"
    await given(SetDisplayMessage("<b>", format="HTML"), State.REJECTED)
    refused = await rows(lambda: DisplayMessage.objects.get(state="rejected"))
    assert refused.detail == "NotSupportedMessageFormat"
    await given(ClearDisplayMessage(1001))
    assert set(station.display.messages) == {1000}
    assert (await rows(lambda: DisplayMessage.objects.get(state="gone"))).detail == "Cleared"


async def test_firmware_is_published_to_its_address(charger: Charger) -> None:
    station = await charger(SimStation201, clock=Clock(speed=1000))
    await station.connect()
    row = await given(PublishFirmware("https://files.example/f", "ab" * 16))
    assert row.observed == f"The firmware is published at http://controller.local/{'ab' * 16}"


@pytest.mark.parametrize("is_read", [True, False])
def test_who_tells_of_a_display_is_asked_what_it_shows(
    station: Station, settings: Any, is_read: bool
) -> None:
    settings.OCPP_READ_ON_BOOT = is_read
    ref, now = find_refs([station.identity])[station.identity], datetime.now(UTC)
    for component in ("DisplayMessageCtrlr", "ClockCtrlr"):
        value = VariableValue(component, "SupportedFormats", "UTF8")
        event = VariablesReported(1, 0, is_last=True, values=(value,))
        commit([Item(ref, "ocpp2.0.1", "c", now, event=event)], now)
    assert CommandRow.objects.filter(name="get_display_messages").count() == int(is_read)
