"""Writes: what stations notice (2.0.1 NotifyEvent), each entry once."""

from datetime import datetime

from apps.device.models import DeviceEvent, Monitor, Origin
from apps.domain.events import EventsNotified, NotifiedEvent, VariableValue
from apps.journal.masking import masked
from apps.stations.readings import key_of, shown_value

_ORIGINS = {
    "HardWiredMonitor": Origin.HARD_WIRED,
    "PreconfiguredMonitor": Origin.PRECONFIGURED,
    "CustomMonitor": Origin.CUSTOM,
}


def keep(station_id: int, event: EventsNotified, now: datetime) -> None:
    """Keep the entries; they tell who made the monitors that they name, too."""
    numbers = {n.monitor_id for n in event.events if n.monitor_id is not None}
    monitors = _monitors(station_id, numbers)
    rows = [_row(station_id, notice, event, monitors, now) for notice in event.events]
    DeviceEvent.objects.bulk_create(rows, ignore_conflicts=True)
    for notice in event.events:
        monitor = monitors.get(notice.monitor_id)
        origin = _ORIGINS.get(notice.kind)
        if monitor is not None and origin and monitor.origin != origin:
            Monitor.objects.filter(pk=monitor.pk).update(origin=origin)


def _monitors(station_id: int, numbers: set[int]) -> dict[int | None, Monitor]:
    if not numbers:
        return {}
    found = Monitor.objects.filter(station_id=station_id, number__in=numbers)
    return {monitor.number: monitor for monitor in found}


def _row(
    station_id: int,
    notice: NotifiedEvent,
    event: EventsNotified,
    monitors: dict[int | None, Monitor],
    now: datetime,
) -> DeviceEvent:
    monitor = monitors.get(notice.monitor_id)
    named = VariableValue(
        notice.component,
        notice.variable,
        None,
        component_instance=notice.component_instance,
        variable_instance=notice.variable_instance,
        evse_id=notice.evse_id,
        connector_id=notice.connector_id,
    )
    component, variable, evse_id, connector_id, _ = key_of(named)
    return DeviceEvent(
        station_id=station_id,
        event_id=notice.event_id,
        component=component,
        variable=variable,
        evse_id=evse_id,
        connector_id=connector_id,
        trigger=notice.trigger,
        kind=notice.kind,
        cause=notice.cause,
        value=shown_value(component, variable, notice.value),
        tech_code=notice.tech_code[:50],
        tech_info=masked(notice.tech_info),
        is_cleared=notice.is_cleared,
        is_status=notice.is_status,
        transaction_id=notice.transaction_id[:36],
        monitor_number=notice.monitor_id,
        severity=monitor.severity if monitor else None,
        at=notice.at,
        generated_at=event.generated_at or now,
        received_at=now,
    )
