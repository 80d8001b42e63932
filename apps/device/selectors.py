"""Reads: reports, monitors and events of a station that the actor may see, newest first."""

from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.device.assembly import Kind
from apps.device.models import DeviceEvent, Monitor, Monitoring, Report
from apps.stations.models import Station
from ocpp_platform.scope import scoped


def list_reports(actor: Actor, station_id: int, kind: str = "") -> QuerySet[Report]:
    """``kind``: one of Kind, or all."""
    found = scoped(Report, actor).filter(station_id=station_id)
    return (found.filter(kind=kind) if kind else found).order_by("-begun_at", "-id")


def find_latest(actor: Actor, station_id: int, kind: Kind) -> Report | None:
    return list_reports(actor, station_id, kind).first()


def list_monitors(actor: Actor, station_id: int) -> QuerySet[Monitor]:
    """The gravest first."""
    found = scoped(Monitor, actor).filter(station_id=station_id)
    return found.order_by("severity", "number")


def list_events(
    actor: Actor, station_id: int, *, since: datetime | None = None
) -> QuerySet[DeviceEvent]:
    found = scoped(DeviceEvent, actor).filter(station_id=station_id)
    return (found.filter(at__gte=since) if since else found).order_by("-at", "-id")


def get_monitoring(station: Station) -> Monitoring:
    """What the station was told last; an empty one where it was told nothing."""
    return Monitoring.objects.filter(station=station).first() or Monitoring(station=station)
