"""Writes: stations are moved to another site, many at once."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from apps.history.changes import CHANGES
from apps.history.doers import Doer
from apps.history.kinds import STATION_MOVED
from apps.history.services import fact_of, record_many
from apps.live.announce import announce_all
from apps.stations.models import Evse, Location, Station


@transaction.atomic
def move_stations(stations: Sequence[Station], location: Location, *, actor: Doer) -> None:
    """They stand there from now on; who does already is left as it is.

    In as few queries for many as for one. What they charged before stays as it was billed.
    """
    rows = Station.objects.select_for_update(of=("self",), no_key=True)
    held = rows.filter(pk__in=[station.pk for station in stations]).select_related("location")
    moving = [one for one in held.order_by("pk") if one.location_id != location.pk]
    ids = [one.pk for one in moving]
    Station.objects.filter(pk__in=ids).update(location=location)
    Evse.objects.filter(station__in=ids).update(changed_at=Now())
    record_many(
        fact_of(
            STATION_MOVED, actor=actor, organisation_id=one.organisation_id,
            subject=(one.pk, one.identity),
            details={CHANGES: {"location": [one.location.name, location.name]}},
        )
        for one in moving
    )  # fmt: skip
    announce_all(
        (one.organisation_id, topic)
        for one in moving
        for topic in ("stations", f"station:{one.pk}")
    )
