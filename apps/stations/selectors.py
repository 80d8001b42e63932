"""Reads: stations, connectors and their counts, always within the actor's organisation."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)

from apps.accounts.models import Actor
from apps.domain.vocabulary import Protocol
from apps.protocol import traits_of
from apps.stations import availability, presence
from apps.stations.availability import Shown
from apps.stations.filters import (
    StationFilter,
    conditions_of,
    has_two_boxes,
    in_connection,
    is_faulted,
)
from apps.stations.groups import within
from apps.stations.models import (
    Connector,
    FormCount,
    Location,
    Station,
    StationNotice,
    StatusChange,
    Variable,
)
from ocpp_platform.scope import scoped

LATE_FACTOR = 2


def list_stations(actor: Actor, filter_: StationFilter | None = None) -> QuerySet[Station]:
    """What the actor may see; ``rank`` 0 is faulted or two boxes, 1 offline, 2 nothing to do."""
    stations = scoped(Station, actor)
    stations = stations.annotate(rank=_rank()).select_related("location")
    wanted = filter_ or StationFilter()
    for condition in conditions_of(wanted):
        stations = stations.filter(condition)
    if wanted.group:
        stations = stations.filter(within(actor, wanted.group))
    return stations


def get_station(actor: Actor, identity: str) -> Station:
    """The station, or Station.DoesNotExist: also where it is somebody else's."""
    return list_stations(actor).get(identity=identity)


def find_stations(actor: Actor, ids: list[int]) -> QuerySet[Station]:
    return list_stations(actor).filter(id__in=ids)


def list_identities(actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Identities by station id; who is somebody else's or gone is left out."""
    own = scoped(Station, actor).filter(id__in=set(ids))
    return dict(own.values_list("id", "identity"))


def find_station_id(actor: Actor, identity: str) -> int | None:
    """In any letter case."""
    own = scoped(Station, actor).filter(identity__iexact=identity)
    return own.values_list("id", flat=True).first()


def list_connectors(actor: Actor, station_ids: list[int]) -> QuerySet[Connector]:
    return (
        scoped(Connector, actor)
        .filter(station_id__in=station_ids)
        .select_related("evse", "station")
        .order_by("station_id", "evse__number", "number")
    )


def count_states(actor: Actor) -> Counter[str]:
    """How many connectors show each state; the parts add up to all connectors."""
    rows = (
        scoped(Connector, actor)
        .values_list("status", "session_state", "station__is_connected")
        .annotate(seen=Count("station__last_seen_at"), n=Count("id"))
        .order_by()
    )
    counts: Counter[str] = Counter({state.key: 0 for state in availability.ALL})
    for status, session_state, is_connected, seen, n in rows:
        counts[_key(status, session_state, is_connected, was_seen=True)] += seen
        counts[_key(status, session_state, is_connected, was_seen=False)] += n - seen
    return counts


def count_connections(actor: Actor) -> dict[str, int]:
    """Stations in all, online, offline and never seen; ``needing``: see ``list_needing``."""
    return scoped(Station, actor).aggregate(
        total=Count("id"),
        needing=Count("id", filter=in_connection("attention")),
        online=Count("id", filter=Q(is_connected=True)),
        offline=Count("id", filter=Q(is_connected=False, last_seen_at__isnull=False)),
        never=Count("id", filter=Q(is_connected=False, last_seen_at__isnull=True)),
    )


def list_needing(actor: Actor) -> QuerySet[Station]:
    """Stations that are faulted, were online once and are not, or are two boxes."""
    return list_stations(actor, StationFilter(connection="attention"))


def list_locations(actor: Actor) -> QuerySet[Location]:
    return scoped(Location, actor).order_by("name")


def get_location(actor: Actor, location_id: int) -> Location:
    """The location, or Location.DoesNotExist: also where it is somebody else's."""
    return list_locations(actor).get(pk=location_id)


def list_vendors(actor: Actor) -> list[str]:
    stations = scoped(Station, actor).exclude(vendor="")
    return list(stations.order_by("vendor").values_list("vendor", flat=True).distinct()[:50])


def list_variables(actor: Actor, station: Station, q: str = "") -> QuerySet[Variable]:
    variables = scoped(Variable, actor).filter(station=station)
    if q:
        variables = variables.filter(Q(variable__icontains=q) | Q(component__icontains=q))
    return variables.order_by("component", "evse_id", "connector_id", "variable", "attribute")


def list_form_counts(actor: Actor, station: Station) -> QuerySet[FormCount]:
    """What was odd about the form of its messages, the latest first."""
    return scoped(FormCount, actor).filter(station=station).order_by("-last_at", "-id")


def list_status_changes(
    actor: Actor,
    station_id: int,
    *,
    since: datetime,
    until: datetime | None = None,
    evse_id: int | None = None,
    limit: int = 200,
) -> list[StatusChange]:
    """Newest ``limit`` changes of the station, or of one EVSE and what is said of all."""
    changes = scoped(StatusChange, actor).filter(station_id=station_id, at__gte=since)
    if until is not None:
        changes = changes.filter(at__lte=until)
    if evse_id is not None:
        changes = changes.filter(evse_id__in=[evse_id, 0])
    return list(changes.order_by("-at", "-id")[:limit])


def list_notices(actor: Actor, station_id: int, *, limit: int = 100) -> list[StationNotice]:
    notices = scoped(StationNotice, actor).filter(station_id=station_id)
    return list(notices.order_by("-at")[:limit])


def shown_of(connector: Connector) -> Shown:
    """What a person is shown of this connector (its station must be loaded)."""
    station = connector.station
    return availability.shown(
        connector.status,
        connector.session_state,
        is_connected=station.is_connected,
        was_seen=station.last_seen_at is not None,
    )


def connection_of(station: Station, now: datetime) -> str:
    """online | late (silent for 2 heartbeats) | offline | never."""
    if station.last_seen_at is None:
        return "online" if station.is_connected else "never"
    if not station.is_connected:
        return "offline"
    patience = timedelta(seconds=LATE_FACTOR * station.heartbeat_interval_s)
    return "late" if now - station.last_seen_at > patience else "online"


def _key(status: str, session_state: str, is_connected: bool, *, was_seen: bool) -> str:
    return availability.shown(
        status, session_state, is_connected=is_connected, was_seen=was_seen
    ).key


def _rank() -> Case:
    return Case(
        When(is_faulted() | has_two_boxes(), then=Value(0)),
        When(is_connected=False, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def list_protocols() -> list[tuple[str, str]]:
    """The OCPP versions that a station may speak, newest first: name on the wire, label."""
    return [(protocol.value, traits_of(protocol).label) for protocol in reversed(Protocol)]


def list_silent(now: datetime, factor: int) -> QuerySet[Station]:
    """Stations of all organisations that are shown as there, and were not heard for too long.

    That is ``factor`` heartbeat intervals and some slack (G02; quirks of slow links).
    """
    intervals = ExpressionWrapper(F("heartbeat_interval_s"), IntegerField())
    patience = ExpressionWrapper(
        intervals * Value(timedelta(seconds=factor), DurationField()), DurationField()
    )
    limit = ExpressionWrapper(F("last_seen_at") + patience, DateTimeField())
    silent = Station.objects.annotate(silent_at=limit)
    return silent.filter(is_connected=True, silent_at__lt=now - presence.SLACK)
