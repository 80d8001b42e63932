"""Open cases, brought together by cause and site: what incidents there should be now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q

from apps.incidents.causes import BY_KIND, Cause, Extent, severity_of
from apps.incidents.models import Maintenance
from apps.reconciliation.kind import Severity
from apps.reconciliation.life import State
from apps.reconciliation.models import Case
from apps.stations.models import Station

Key = tuple[int, str]  # location, cause


@dataclass(slots=True)
class Gathered:
    """What an incident is made of; kinds are added one by one."""

    organisation_id: int
    location_id: int
    cause: Cause
    since: datetime
    kinds: set[str] = field(default_factory=set)
    cases: int = 0
    stations: set[int] = field(default_factory=set)
    of: int = 0

    @property
    def key(self) -> Key:
        return self.location_id, self.cause.name

    @property
    def extent(self) -> Extent:
        return Extent(self.cases, len(self.stations), self.of)

    @property
    def severity(self) -> Severity:
        return severity_of(self.cause, self.kinds, self.extent)


def gather(now: datetime) -> dict[Key, Gathered]:
    """In two questions, whatever the number of cases; what is under maintenance is left out."""
    found: dict[Key, Gathered] = {}
    for organisation_id, location_id, station_id, kind, count, since in _rows(now):
        cause = BY_KIND[kind]
        one = found.setdefault(
            (location_id, cause.name), Gathered(organisation_id, location_id, cause, since)
        )
        one.kinds.add(kind)
        one.cases += count
        one.stations.add(station_id)
        one.since = min(one.since, since)
    _size(found)
    return found


def _rows(now: datetime) -> Iterator[tuple[int, int, int, str, int, datetime]]:
    works = Maintenance.objects.filter(
        Q(station_id=None) | Q(station_id=OuterRef("station_id")),
        location_id=OuterRef("station__location_id"), begins_at__lte=now, ends_at__gt=now,
    )  # fmt: skip
    cases = Case.objects.filter(~Exists(works), state=State.OPEN.value)
    grouped = cases.values_list("organisation_id", "station__location_id", "station_id", "kind")
    yield from grouped.annotate(n=Count("id"), since=Min("since_at")).order_by(
        "station__location_id", "station_id", "kind"
    )


def _size(found: dict[Key, Gathered]) -> None:
    """How many stations each site has that were ever there."""
    sites = {location_id for location_id, _ in found}
    known = Station.objects.filter(location_id__in=sites, last_seen_at__isnull=False)
    sizes = dict(known.values_list("location_id").annotate(n=Count("id")).order_by())
    for one in found.values():
        one.of = sizes.get(one.location_id, 0)
