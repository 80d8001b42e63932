"""What lists of stations are narrowed to. Whose stations they are is for the selectors."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Now

from apps.domain.vocabulary import ConnectorStatus
from apps.stations import availability
from apps.stations.boxes import QUIET
from apps.stations.models import Connector, StationTag
from apps.stations.tag_words import key_of


@dataclass(frozen=True, slots=True)
class StationFilter:
    """What a list is narrowed to; empty words narrow nothing. ``group``: see ``groups``."""

    q: str = ""
    state: str = ""
    connection: str = ""
    location: str = ""
    vendor: str = ""
    protocol: str = ""
    tag: str = ""
    group: str = ""


def filter_of(query: Mapping[str, str]) -> StationFilter:
    """As an address has it; what is no filter is left alone."""
    names = {member.name for member in fields(StationFilter)}
    return StationFilter(**{name: text.strip() for name, text in query.items() if name in names})


def conditions_of(filter_: StationFilter) -> list[Q]:
    """Each narrows a list of stations; none makes a row appear twice."""
    conditions = []
    if filter_.q:
        conditions.append(_matches(filter_.q))
    if filter_.state:
        conditions.append(_in_state(filter_.state))
    if filter_.connection:
        conditions.append(in_connection(filter_.connection))
    if filter_.location:
        conditions.append(Q(location__name=filter_.location))
    if filter_.vendor:
        conditions.append(Q(vendor=filter_.vendor))
    if filter_.protocol:
        conditions.append(Q(protocol=filter_.protocol))
    if filter_.tag:
        conditions.append(Q(tags__key=key_of(filter_.tag)))
    return conditions


def _matches(q: str) -> Q:
    fields = ("identity", "location__name", "vendor", "model", "serial_number")
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": q})
    tagged = StationTag.objects.filter(key__contains=key_of(q))
    return found | Q(pk__in=tagged.order_by().values("station_id"))


def in_connection(connection: str) -> Q:
    never = Q(last_seen_at__isnull=True)
    known = {
        "online": Q(is_connected=True),
        "offline": Q(is_connected=False) & ~never,
        "never": Q(is_connected=False) & never,
        "waiting": Q(boot_status="Pending") | Q(boot_policy="pending"),
        "attention": ((Q(is_connected=False) | is_faulted()) & ~never) | has_two_boxes(),
    }
    return known.get(connection, Q(pk__in=[]))


def _in_state(key: str) -> Q:
    """Stations with at least one connector that is shown as ``key``."""
    if key not in availability.BY_KEY:
        return Q(pk__in=[])
    if key == availability.OFFLINE.key:
        return in_connection("offline") & Q(Exists(_connectors_of_station()))
    wanted = Q()
    for session_state, statuses in availability.combinations(key).items():
        wanted |= Q(session_state=session_state, status__in=statuses)
    reported = Q(is_connected=True) & Q(Exists(_connectors_of_station().filter(wanted)))
    if key == availability.UNKNOWN.key:
        return reported | (in_connection("never") & Q(Exists(_connectors_of_station())))
    return reported


def _connectors_of_station() -> QuerySet[Connector]:
    return Connector.objects.filter(station_id=OuterRef("pk"))


def is_faulted() -> Q:
    """Connected, and a connector is faulted. These are few, so those of all are looked up."""
    faulted = Connector.objects.filter(status=ConnectorStatus.FAULTED.value)
    return Q(is_connected=True, pk__in=faulted.order_by().values("station_id"))


def has_two_boxes() -> Q:
    since = ExpressionWrapper(Now() - Value(QUIET, DurationField()), DateTimeField())
    return Q(two_boxes_at__gt=since)
