"""Where a station can be acted on, as it told us or as somebody declared."""

from apps.stations.abilities import CONNECTORS, told_by
from apps.stations.models import Connector, Station, Variable

Plan = dict[int, set[int]]
_MOST = 100


def plan_of(station: Station) -> Plan:
    """Its EVSEs, each with the connectors known there; empty where nothing is known."""
    plan: Plan = {n: set() for n in station.evses.values_list("number", flat=True)}
    rows = Connector.objects.filter(station=station).values_list("evse__number", "number")
    for evse_id, connector_id in rows:
        plan[evse_id].add(connector_id)
    if plan and not station.has_declared_topology:
        _add_read(station, plan)
    return plan


def _add_read(station: Station, plan: Plan) -> None:
    """What has not shown its status yet may be known from the settings that were read."""
    read = Variable.objects.filter(station=station)
    for evse_id, connector_id in read.filter(evse_id__gt=0).values_list("evse_id", "connector_id"):
        plan.setdefault(evse_id, set()).update({connector_id} - {0})
    count = told_by(station.pk, CONNECTORS).of(CONNECTORS)
    if count <= _MOST:
        plan.update({n: plan.get(n, {1}) for n in range(1, count + 1)})
