"""Where a station can be acted on, as it told us or as somebody declared."""

from collections.abc import Collection

from apps.stations.abilities import CONNECTORS, told_by_many
from apps.stations.models import Connector, Evse, Station, Variable

Plan = dict[int, set[int]]
_MOST = 100


def plan_of(station: Station) -> Plan:
    """Its EVSEs, each with the connectors known there; empty where nothing is known."""
    return plans_of([station])[station.pk]


def plans_of(stations: Collection[Station]) -> dict[int, Plan]:
    """The same by station, in as few queries for many as for one."""
    ids = [station.pk for station in stations]
    plans: dict[int, Plan] = {key: {} for key in ids}
    for key, evse_id in Evse.objects.filter(station__in=ids).values_list("station", "number"):
        plans[key][evse_id] = set()
    rows = Connector.objects.filter(station__in=ids)
    for key, evse_id, connector_id in rows.values_list("station", "evse__number", "number"):
        plans[key][evse_id].add(connector_id)
    told = [s.pk for s in stations if plans[s.pk] and not s.has_declared_topology]
    if told:
        _add_read(told, plans)
    return plans


def _add_read(ids: Collection[int], plans: dict[int, Plan]) -> None:
    """What has not shown its status yet may be known from the settings that were read."""
    read = Variable.objects.filter(station__in=ids, evse_id__gt=0).order_by()
    for key, evse_id, connector_id in read.values_list(
        "station", "evse_id", "connector_id"
    ).distinct():
        plans[key].setdefault(evse_id, set()).update({connector_id} - {0})
    counts = told_by_many(ids, CONNECTORS)
    for key in ids:
        count = counts[key].of(CONNECTORS)
        if count <= _MOST:
            plans[key].update({n: plans[key].get(n, {1}) for n in range(1, count + 1)})
