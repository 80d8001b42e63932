"""Ended sessions as the rules see them: a page at a time, in a constant number of questions."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from apps.reconciliation.ended import Bill, Other, Sight, overlaps
from apps.sessions.checking import Anew, bills_anew
from apps.sessions.marks import JOINED_INTO
from apps.sessions.models import Session

Place = tuple[int, int | None]  # station, EVSE
HORIZON = timedelta(days=60)  # what ended earlier is closed in the books
_LONGEST = timedelta(days=2)  # a session that may still have run when another one began
_COLUMNS = (
    "id", "organisation_id", "station_id", "evse_id", "started_at", "ended_at", "flags",
    "energy_wh", "price_incl_vat", "currency", "token_uid", "told", "max_power_w", "decided_wh",
    "meter_start_wh", "meter_stop_wh",
)  # fmt: skip


def sights_of(ids: Collection[int], *, now: datetime) -> list[Sight]:
    """Of those that have ended, and lately."""
    rows = list(
        Session.objects.filter(pk__in=ids, ended_at__gte=now - HORIZON).values_list(
            *_COLUMNS, named=True
        )
    )
    if not rows:
        return []
    anew = bills_anew([row.id for row in rows], now=now)
    sights = [_sight(row, anew.get(row.id)) for row in rows]
    return _beside(sights)


def _sight(row: Any, anew: Anew | None) -> Sight:
    """Where it has changed since its row was read, both bills are those of now."""
    asis = (row.energy_wh, row.price_incl_vat, row.currency)
    before, after, power_wh = anew or (asis, None, None)
    return Sight(
        row.id, row.organisation_id, row.station_id, row.evse_id, row.started_at, row.ended_at,
        frozenset(row.flags.split()), Bill(*before), bool(row.token_uid), row.told,
        row.max_power_w, row.decided_wh is not None, Bill(*after) if after else None,
        power_wh, (row.meter_start_wh, row.meter_stop_wh),
    )  # fmt: skip


def _beside(sights: list[Sight]) -> list[Sight]:
    """Each with the sessions that ran on its connector at the same time."""
    since = min(sight.started_at for sight in sights) - _LONGEST
    until = max(sight.ended_at for sight in sights)
    near = Session.objects.exclude(flags__contains=JOINED_INTO).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=since),
        station_id__in={sight.station_id for sight in sights},
        evse_id__in={sight.evse_id for sight in sights} - {None},
        started_at__range=(since, until),
    )  # fmt: skip
    by_place: dict[Place, list[Other]] = defaultdict(list)
    for pk, station_id, evse_id, began_at, ended_at, begin_wh, end_wh in near.values_list(
        "id", "station_id", "evse_id", "started_at", "ended_at", "meter_start_wh", "meter_stop_wh"
    ):
        other = Other(pk, began_at, ended_at, (begin_wh, end_wh))
        by_place[station_id, evse_id].append(other)
    return [_with_others(sight, by_place) for sight in sights]


def _with_others(sight: Sight, by_place: dict[Place, list[Other]]) -> Sight:
    if sight.evse_id is None:
        return sight
    beside = by_place.get((sight.station_id, sight.evse_id), [])
    others = [other for other in beside if other.id != sight.id and overlaps(sight, other)]
    return replace(sight, others=tuple(sorted(others, key=lambda other: other.id)))
