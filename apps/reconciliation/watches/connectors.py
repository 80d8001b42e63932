"""Connectors whose status and whose session do not agree, or that are faulted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.domain.vocabulary import ConnectorStatus
from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding, Moment
from apps.sessions.models import Session, StraySample
from apps.stations import faults
from apps.stations.models import Connector, Station, StatusChange
from ocpp_platform import keyset

_PLUGGED = (ConnectorStatus.PREPARING.value, ConnectorStatus.OCCUPIED.value)
_RUNS = (
    ConnectorStatus.CHARGING.value, ConnectorStatus.SUSPENDED_EV.value,
    ConnectorStatus.SUSPENDED_EVSE.value,
)  # fmt: skip
_CABLE_IN = (*_PLUGGED, *_RUNS, ConnectorStatus.FINISHING.value)
_RISEN_WH = 100.0
_STRAYS = timedelta(hours=1)


def plugged(moment: Moment) -> Iterator[Finding]:
    """Plugged in for long, and no session since the cable went in."""
    idle = Connector.objects.filter(status__in=_PLUGGED, station__is_connected=True)
    heard = _sessions_there().filter(last_received_at__gte=OuterRef("since_at"))
    rows = _with_since(idle, _CABLE_IN).filter(~Exists(heard), since_at__lte=moment.ago("plugged"))
    for connector in _each(rows):
        yield _found(kinds.PLUGGED, connector, "A cable has been plugged in since")


def finishing(moment: Moment) -> Iterator[Finding]:
    """Its session is long over, and it is not free again, whatever its version calls that."""
    since = moment.ago("finishing")
    for connector in _without_session((ConnectorStatus.FINISHING.value,), since):
        yield _found(kinds.FINISHING, connector, "It has said Finishing since")
    kept = Connector.objects.filter(
        ~Exists(_running_there()), status__in=_PLUGGED, station__is_connected=True
    )
    served = _sessions_there().filter(
        Q(connector_id=OuterRef("number")) | Q(connector_id=None),
        last_received_at__gte=OuterRef("since_at"),
    )
    over = served.order_by().values("station_id").annotate(at=Max("last_received_at")).values("at")
    rows = _with_since(kept, _CABLE_IN).annotate(over_at=Subquery(over))
    for connector in _each(rows.filter(over_at__lte=since)):
        connector.since_at = connector.over_at
        words = f"Its session is over, and it has said {connector.status} since"
        yield _found(kinds.FINISHING, connector, words)


def unknown_energy(moment: Moment) -> Iterator[Finding]:
    """It says that it charges, or its register rises, and no session is known."""
    found: dict[str, Finding] = {}
    for connector in _without_session(_RUNS, moment.ago("unknown_energy")):
        words = f"It has said {connector.status} since"
        says = _found(kinds.UNKNOWN_ENERGY, connector, words)
        says = replace(says, subject=_evse(connector.station_id, connector.evse.number))
        found[says.subject] = says
    for row in _rising(moment):
        risen = _risen(row)
        says = found.get(risen.subject, risen)
        proofs = dict.fromkeys((*says.evidence, *risen.evidence))
        found[risen.subject] = replace(says, evidence=tuple(proofs))
    yield from found.values()


def faulted(moment: Moment) -> Iterator[Finding]:
    """It reports a fault that does not pass; a station that is gone has not said that it did."""
    since = moment.ago("faulted")
    broken = Connector.objects.filter(status=ConnectorStatus.FAULTED.value)
    for connector in _since(broken, since):
        code = connector.error_code
        words = faults.words(code) or "It names no cause"
        own = f" ({connector.vendor_error_code})" if connector.vendor_error_code else ""
        yield _found(kinds.FAULTED, connector, f"{words}{own}, since", tells=code + own)


WATCHES = {
    kinds.PLUGGED: plugged,
    kinds.FINISHING: finishing,
    kinds.UNKNOWN_ENERGY: unknown_energy,
    kinds.FAULTED: faulted,
}


def _without_session(statuses: tuple[str, ...], latest: datetime) -> Iterator[Any]:
    """Connectors that have said so for so long, and on whose EVSE nothing runs."""
    there = Connector.objects.filter(
        ~Exists(_running_there()), status__in=statuses, station__is_connected=True
    )
    return _since(there, latest)


def _sessions_there() -> QuerySet[Session]:
    """Of a connector: those of its EVSE, and those that name none."""
    return Session.objects.filter(
        Q(evse_id=OuterRef("evse__number")) | Q(evse_id=None), station_id=OuterRef("station_id")
    )


def _running_there() -> QuerySet[Session]:
    return _sessions_there().filter(ended_at__isnull=True)


def _since(connectors: QuerySet[Connector], latest: datetime) -> Iterator[Any]:
    """Those that say so since ``latest`` or longer, each with ``since_at``."""
    yield from _each(_with_since(connectors).filter(since_at__lte=latest))


def _with_since(connectors: QuerySet[Connector], alike: tuple[str, ...] = ()) -> Any:
    """With ``since_at``: when it was first heard, by our clock, of what it says now.

    ``alike``: statuses that count as the same; none: only what it says.
    """
    heard = StatusChange.objects.filter(
        Q(connector_id=OuterRef("number")) | Q(connector_id=0),
        station_id=OuterRef("station_id"), evse_id=OuterRef("evse__number"),
    )  # fmt: skip
    is_same = Q(status__in=alike) if alike else Q(status=OuterRef("status"))
    other, same = heard.exclude(is_same).order_by(), heard.filter(is_same).order_by()
    return (
        connectors.select_related("evse", "station")
        .annotate(other_at=_one(other, Max("received_at")))
        .annotate(
            since_at=Coalesce(
                _one(same.filter(received_at__gt=OuterRef("other_at")), Min("received_at")),
                _one(same, Min("received_at")),
            )
        )
    )


def _each(rows: QuerySet[Connector]) -> Iterator[Any]:
    for page in keyset.pages(rows):
        yield from page


def _one(changes: QuerySet[StatusChange], what: Max | Min) -> Subquery:
    return Subquery(changes.values("station_id").annotate(found=what).values("found"))


def _rising(moment: Moment) -> Iterator[dict[str, Any]]:
    """Where readings without a session have risen within the hour, and none runs now."""
    runs = Session.objects.filter(
        Q(evse_id=OuterRef("evse_id")) | Q(evse_id=None),
        station_id=OuterRef("station_id"), ended_at__isnull=True,
    )  # fmt: skip
    rows = (
        StraySample.objects.filter(received_at__gte=moment.now - _STRAYS, register_wh__isnull=False)
        .exclude(Exists(runs))
        .values("station_id", "evse_id")
        .annotate(least=Min("register_wh"), most=Max("register_wh"), first=Min("received_at"))
        .order_by("station_id", "evse_id")
    )
    risen = [row for row in rows if row["most"] - row["least"] > _RISEN_WH and row["least"] > 0]
    whose = _owners({row["station_id"] for row in risen})
    for row in risen:
        if row["station_id"] in whose:
            yield row | {"organisation_id": whose[row["station_id"]]}


def _owners(ids: set[int]) -> dict[int, int]:
    return dict(Station.objects.filter(pk__in=ids).values_list("pk", "organisation_id"))


def _risen(row: dict[str, Any]) -> Finding:
    gain_wh = row["most"] - row["least"]
    text = f"Its register has risen by {gain_wh / 1000:.1f} kWh since"
    return Finding(
        kinds.UNKNOWN_ENERGY, _evse(row["station_id"], row["evse_id"]),
        row["organisation_id"], row["station_id"], row["first"],
        (Evidence(text, row["first"]),), None, row["evse_id"],
    )  # fmt: skip


def _evse(station_id: int, number: int) -> str:
    """The subject of what is one case for the EVSE, however it shows."""
    return f"evse-{station_id}-{number}"


def _found(kind: str, connector: Any, text: str, tells: str = "") -> Finding:
    station, evse_id = connector.station, connector.evse.number
    return Finding(
        kind, f"connector-{connector.pk}", station.organisation_id, station.pk,
        connector.since_at, (Evidence(text, connector.since_at),), None, evse_id, tells=tells,
    )  # fmt: skip
