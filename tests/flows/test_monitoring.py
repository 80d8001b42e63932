"""A simulated station is read, watched, and asked what it knows of a driver."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.utils import timezone

from apps.commands import services as commands
from apps.commands.models import CommandRow
from apps.device.models import DeviceEvent, Monitor, Report
from apps.domain.command import Command
from apps.domain.device import (
    CustomerInformation,
    GetMonitoringReport,
    GetReport,
    ReadDeviceModel,
    SetMonitoringLevel,
)
from apps.domain.maintenance import ClearMonitors, SetMonitors
from apps.simulator.v201 import SimStation201
from apps.stations.models import Station, Variable
from tests.servers import eventually, rows

POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
WANTED = POWER | {"value": 5000, "type": "UpperThreshold", "severity": 4}


async def given(command: Command) -> CommandRow:
    """The command, once its effect has been seen."""
    station = await rows(lambda: Station.objects.get(identity="CP1"))
    row = await rows(
        lambda: commands.queue(
            organisation_id=station.organisation_id, station_id=station.pk, identity="CP1",
            command=command, now=timezone.now(),
        )
    )  # fmt: skip
    await eventually(lambda: CommandRow.objects.get(pk=row.pk).state == "confirmed")
    return await rows(lambda: CommandRow.objects.get(pk=row.pk))


async def test_a_station_is_read_watched_and_asked(
    charger: Callable[..., Awaitable[Any]], past: Any, card: Any, tariff: Any
) -> None:
    station = await charger(SimStation201, clock=past)
    await station.connect()
    row = await given(ReadDeviceModel())
    known = await rows(Variable.objects.count)
    assert row.observed.startswith(f"Report complete: {known} variables in ")
    power = await rows(lambda: Variable.objects.get(component="EVSE", variable="Power"))
    assert (power.unit, power.supports_monitoring, power.evse_id) == ("W", True, 1)

    some = tuple(
        {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": name}}
        for name in ("ResetRetries", "OfflineThreshold", "HeartbeatInterval")
    )
    await rows(lambda: _limit("GetReport", "2"))
    row = await given(GetReport(variables=some))
    assert row.observed == "Report complete: 3 variables in 2 parts"

    await given(SetMonitors((WANTED,)))
    row = await given(GetMonitoringReport())
    assert row.observed == "Report complete: 2 monitors in 1 part"
    ours = await rows(lambda: Monitor.objects.get(origin="custom"))
    await given(SetMonitoringLevel(4))

    await station.plug_in()
    await station.start_session(token="AB12")
    await station.sample(power_w=10_000, advance_s=360)
    await station.stop_session()
    await eventually(lambda: DeviceEvent.objects.filter(is_cleared=True).exists())
    alert, end = await rows(lambda: list(DeviceEvent.objects.order_by("event_id")))
    assert (alert.trigger, alert.severity, alert.monitor_number) == ("Alerting", 4, ours.number)
    assert (end.is_cleared, end.component, end.evse_id) == (True, "EVSE", 1)

    await given(ClearMonitors((ours.number,)))
    assert await rows(Monitor.objects.count) == 1
    row = await given(CustomerInformation(token="AB12", clear=True))
    told = await rows(lambda: Report.objects.get(kind="customer"))
    assert told.text.startswith("Card AB12: 1 sessions.")
    assert [sent.error for sent in station.sent if sent.error] == []


def _limit(message: str, most: str) -> None:
    named = Variable.objects.filter(component="DeviceDataCtrlr", evse_id=0)
    named.filter(variable=f"ItemsPerMessage/{message}").update(value=most)
