"""Work at a site or a station: planned, and called off."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import Actor
from apps.history.kinds import MAINTENANCE_CALLED_OFF, MAINTENANCE_PLANNED, Kind
from apps.history.services import record
from apps.incidents.models import Maintenance
from apps.live.announce import announce
from apps.stations.models import Location, Station


@transaction.atomic
def plan_maintenance(
    *,
    location: Location,
    station: Station | None,
    begins_at: datetime,
    ends_at: datetime,
    reason: str,
    actor: Actor,
) -> Maintenance:
    """Nobody is called for what is found there meanwhile. ``station`` None: the whole site."""
    planned = Maintenance.objects.create(
        organisation_id=location.organisation_id, location=location, station=station,
        begins_at=begins_at, ends_at=ends_at, reason=reason[:200], planned_by=actor.label[:160],
    )  # fmt: skip
    _record(MAINTENANCE_PLANNED, planned, actor)
    return planned


@transaction.atomic
def call_off_maintenance(planned: Maintenance, *, actor: Actor, now: datetime) -> None:
    """It ends now; what has not begun never was."""
    _record(MAINTENANCE_CALLED_OFF, planned, actor)
    if planned.begins_at < now:
        Maintenance.objects.filter(pk=planned.pk, ends_at__gt=now).update(ends_at=now)
    else:
        planned.delete()


def _record(kind: Kind, planned: Maintenance, actor: Actor) -> None:
    times = {"begins_at": planned.begins_at.isoformat(), "ends_at": planned.ends_at.isoformat()}
    record(
        kind, actor=actor, organisation_id=planned.organisation_id,
        subject=(planned.location_id, planned.location.name), station_id=planned.station_id,
        reason=planned.reason, details=times,
    )  # fmt: skip
    announce(planned.organisation_id, "incidents")
