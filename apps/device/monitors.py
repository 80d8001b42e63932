"""Writes: which monitors a station has, and what it was told of them last."""

from collections.abc import Callable, Mapping
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
from apps.stations.readings import key_of

_WITHOUT_CUSTOM = ("factory_default", "hard_wired_only")


def note_reported(
    station_id: int, monitors: tuple[MonitorTold, ...], report_id: int, now: datetime
) -> None:
    """Monitors as a report has them; who made them it does not tell."""
    for monitor in monitors:
        _keep(station_id, monitor, seen_at=now, report_id=report_id)


def _set(row: CommandRow, fact: MonitorSet, *, now: datetime) -> None:
    _keep(
        row.station_id, fact.monitor, seen_at=now, set_at=now, actor=row.actor[:160],
        origin=Origin.CUSTOM,
    )  # fmt: skip


def _cleared(row: CommandRow, fact: MonitorCleared, *, now: datetime) -> None:  # noqa: ARG001
    Monitor.objects.filter(station_id=row.station_id, number=fact.id).delete()


def _base_taken(row: CommandRow, fact: MonitoringBaseTaken, *, now: datetime) -> None:
    _told(row.station_id, base=fact.base, base_by=row.actor[:160], base_at=now)
    if fact.base in _WITHOUT_CUSTOM:
        custom = Monitor.objects.filter(station_id=row.station_id, origin=Origin.CUSTOM)
        custom.delete()


def _level_taken(row: CommandRow, fact: MonitoringLevelTaken, *, now: datetime) -> None:
    _told(row.station_id, level=fact.severity, level_by=row.actor[:160], level_at=now)


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


FACTS: Mapping[type, Callable[..., None]] = {
    MonitorCleared: _cleared,
    MonitorSet: _set,
    MonitoringBaseTaken: _base_taken,
    MonitoringLevelTaken: _level_taken,
}
