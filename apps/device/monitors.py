"""Writes: which monitors a station has, and what it was told of them last."""

from datetime import datetime

from apps.commands.models import CommandRow
from apps.device.models import Monitor, Monitoring, Origin
from apps.domain.device import (
    MonitorCleared,
    MonitoringBaseTaken,
    MonitoringLevelTaken,
    MonitorSet,
    MonitorTold,
)
from apps.domain.events import CommandAnswered
from apps.stations.readings import key_of

_WITHOUT_CUSTOM = ("factory_default", "hard_wired_only")


def note_reported(
    station_id: int, monitors: tuple[MonitorTold, ...], report_id: int, now: datetime
) -> None:
    """Monitors as a report has them; who made them it does not tell."""
    for monitor in monitors:
        _keep(station_id, monitor, seen_at=now, report_id=report_id)


def answered(row: CommandRow, event: CommandAnswered, now: datetime) -> None:
    """What the station has set, cleared or taken."""
    station_id = row.station_id
    for fact in event.facts:
        match fact:
            case MonitorSet(monitor):
                _keep(
                    station_id, monitor, seen_at=now, set_at=now, actor=row.actor[:160],
                    origin=Origin.CUSTOM,
                )  # fmt: skip
            case MonitorCleared(number):
                Monitor.objects.filter(station_id=station_id, number=number).delete()
            case MonitoringBaseTaken(base):
                _told(station_id, base=base, base_by=row.actor[:160], base_at=now)
                if base in _WITHOUT_CUSTOM:
                    custom = Monitor.objects.filter(station_id=station_id, origin=Origin.CUSTOM)
                    custom.delete()
            case MonitoringLevelTaken(severity):
                _told(station_id, level=severity, level_by=row.actor[:160], level_at=now)


def _keep(station_id: int, monitor: MonitorTold, **more: object) -> None:
    component, variable, evse_id, connector_id, _ = key_of(monitor.of)
    Monitor.objects.update_or_create(
        station_id=station_id,
        number=monitor.id,
        defaults={
            "component": component,
            "variable": variable,
            "evse_id": evse_id,
            "connector_id": connector_id,
            "kind": monitor.kind,
            "value": monitor.value,
            "severity": monitor.severity,
            "is_transaction": monitor.is_transaction,
            **more,
        },
    )


def _told(station_id: int, **facts: object) -> None:
    Monitoring.objects.update_or_create(station_id=station_id, defaults=facts)
