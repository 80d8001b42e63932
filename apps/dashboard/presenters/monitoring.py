"""What a station watches and noticed, and what it was asked of customers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.commands.abilities import refusal
from apps.dashboard.presenters.reports import ReportLine, report_line
from apps.dashboard.templatetags.ops import span
from apps.device import alerts, selectors, severity
from apps.device.assembly import Kind
from apps.device.models import DeviceEvent, Monitor, Monitoring
from apps.domain.device import GetMonitoringReport
from apps.stations.models import Station

_EVENTS, _REPORTS = 100, 10
_BASES = {
    "all": "All that it was made with, and ours",
    "factory_default": "As it left the factory",
    "hard_wired_only": "Only those that cannot be cleared",
}
_WATCHES = {
    "UpperThreshold": "above {}",
    "LowerThreshold": "below {}",
    "Delta": "a change of {}",
    "Periodic": "every {} s",
    "PeriodicClockAligned": "every {} s by the clock",
}
_TRIGGERS = {"Alerting": "Alert", "Delta": "Change", "Periodic": "Regular"}


@dataclass(frozen=True, slots=True)
class MonitorLine:
    monitor: Monitor
    place: str
    watches: str
    meaning: str
    tone: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """``lasted_s``: from an alert to its clearing; ``more``: all else that it tells."""

    event: DeviceEvent
    place: str
    chip: tuple[str, str, str]
    meaning: str
    cleared_at: datetime | None
    lasted_s: float | None
    more: str


@dataclass(frozen=True, slots=True)
class MonitoringSheet:
    """``refusal``: why nothing of this can be asked of the station; "" where it can."""

    station: Station
    known: Monitoring
    base: str
    level: str
    monitors: list[MonitorLine]
    events: list[EventLine]
    reports: list[ReportLine]
    customers: list[ReportLine]
    refusal: str
    key: str

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"station:{self.key}"})

    @property
    def is_empty(self) -> bool:
        return not (self.monitors or self.events or self.reports or self.customers)


def monitoring_sheet(actor: Actor, station: Station) -> MonitoringSheet:
    known = selectors.get_monitoring(station)
    found = selectors.list_events(actor, station.pk)[:_EVENTS]
    return MonitoringSheet(
        station=station,
        known=known,
        base=_BASES.get(known.base, ""),
        level="" if known.level is None else f"{known.level}: {severity.words(known.level)}",
        monitors=[_monitor(m) for m in selectors.list_monitors(actor, station.pk)[:500]],
        events=[event_line(line) for line in alerts.joined(found)],
        reports=_reports(actor, station, Kind.MONITORS),
        customers=_reports(actor, station, Kind.CUSTOMER),
        refusal=refusal(station.protocol, GetMonitoringReport()),
        key=str(station.pk),
    )


def place_of(placed: Monitor | DeviceEvent) -> str:
    """ "EVSE 1 Power", "Connector 1.2 Problem"."""
    number = f" {placed.evse_id}" if placed.evse_id else ""
    number += f".{placed.connector_id}" if placed.connector_id else ""
    return f"{placed.component}{number} {placed.variable}"


def event_line(line: alerts.Occurrence) -> EventLine:
    event, clearing = line.event, line.clearing
    lasted_s = (clearing.at - event.at).total_seconds() if clearing else None
    return EventLine(
        event=event,
        place=place_of(event),
        chip=_chip(line),
        meaning="" if event.severity is None else severity.words(event.severity),
        cleared_at=clearing.at if clearing else None,
        lasted_s=lasted_s,
        more=" · ".join(filter(None, _more(event, lasted_s))),
    )


def _more(event: DeviceEvent, lasted_s: float | None) -> Iterator[str]:
    if lasted_s is not None:
        yield f"over after {span(lasted_s)}"
    yield event.tech_code
    yield event.tech_info
    if event.cause is not None:
        yield f"because of event {event.cause}"
    if event.monitor_number is not None:
        yield f"monitor {event.monitor_number}"
    if event.transaction_id:
        yield f"in session {event.transaction_id}"


def _chip(line: alerts.Occurrence) -> tuple[str, str, str]:
    event = line.event
    if line.clearing is not None:
        return "ok", "check", "Over"
    if event.is_cleared:
        return "ok", "check", "Cleared"
    word = _TRIGGERS.get(event.trigger, event.trigger)
    if not line.is_open:
        return "plugged", "activity", word
    grave = "faulted" if event.severity is None else severity.tone(event.severity)
    return grave, "triangle-alert", word


def _monitor(monitor: Monitor) -> MonitorLine:
    watches = _WATCHES.get(monitor.kind, "{}").format(f"{monitor.value:.12g}")
    return MonitorLine(
        monitor, place_of(monitor), watches, severity.words(monitor.severity),
        severity.tone(monitor.severity),
    )  # fmt: skip


def _reports(actor: Actor, station: Station, kind: Kind) -> list[ReportLine]:
    now, sees = timezone.now(), actor.may(Permission.HELP_DRIVER)
    found = selectors.list_reports(actor, station.pk, kind)[:_REPORTS]
    return [report_line(report, now, sees_customers=sees) for report in found]
