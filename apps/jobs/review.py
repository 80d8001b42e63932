"""Whom an order suits: each station of a list is judged, all in a few questions."""

from collections.abc import Collection, Mapping
from datetime import datetime

from apps.control.many import problems_of
from apps.jobs.orders import Deed, Order
from apps.sessions.models import Session
from apps.stations.models import Station

BUSY = "A car charges here, and would be interrupted"
GONE = "It is not yours any more"


def why_not(
    stations: Collection[Station], order: Order, *, may_interrupt: bool, organisation_id: int
) -> Mapping[int, str]:
    """Why some are left out, by their ids; who suits is not in it."""
    found = {one.pk: GONE for one in stations if one.organisation_id != organisation_id}
    if isinstance(order, Deed):
        return found
    if order.interrupts and not may_interrupt:
        found |= dict.fromkeys(busy([station.pk for station in stations]), BUSY)
    return found | problems_of([one for one in stations if one.pk not in found], order)


def busy(station_ids: Collection[int]) -> set[int]:
    """Where cars charge now."""
    running = Session.objects.filter(station__in=station_ids, ended_at=None)
    return set(running.order_by().values_list("station_id", flat=True))


def lasts_until(deadline_at: datetime, now: datetime) -> float:
    """Seconds that a command may still wait; the least is one."""
    return max(1.0, (deadline_at - now).total_seconds())
