"""Sessions that follow each other on a connector: a page at a time, in a constant number of
questions."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from apps.reconciliation.between import ANEW_WH, End, Pair, Span, gap_of
from apps.reconciliation.sights import HORIZON
from apps.sessions.marks import JOINED_INTO
from apps.sessions.models import Session

_COLUMNS = (
    "id", "organisation_id", "station_id", "evse_id", "started_at", "ended_at", "flags",
    "meter_start_wh", "meter_stop_wh",
)  # fmt: skip
NEAR = timedelta(days=7)  # by which the times of a session differ that is told again
Links = dict[int, int]
# One of which nothing was told is a phantom, and stands between no others.
_TOLD = Q(meter_start_wh__isnull=False) | Q(energy_wh__gt=0)


def pairs_of(ids: Collection[int], *, now: datetime) -> list[Pair]:
    """Each of these sessions with the one before it, and with the one after it."""
    beside = _told().filter(station=OuterRef("station"), evse_id=OuterRef("evse_id"))
    earlier = beside.filter(started_at__lt=OuterRef("started_at")).order_by("-started_at")
    later = beside.filter(started_at__gt=OuterRef("started_at")).order_by("started_at")
    return _with_beside(_pairs(_links(ids, now, earlier, later)))


def _pairs(links: Links) -> list[Pair]:
    rows = {row.id: row for row in _told().filter(pk__in={*links, *links.values()}).values_list(
        *_COLUMNS, named=True
    )} if links else {}  # fmt: skip
    return [
        _pair(rows[before], rows[after])
        for before, after in links.items()
        if before in rows and after in rows and rows[before].ended_at and rows[after].ended_at
    ]


def twins_of(ids: Collection[int], *, now: datetime) -> list[Pair]:
    """Each of these with one before and one after it that tells of the same energy, whatever lies
    between them: stations tell again what they have kept."""
    twins = _told().filter(
        _same("meter_start_wh") & _same("meter_stop_wh"), meter_start_wh__gte=ANEW_WH,
        station=OuterRef("station"), evse_id=OuterRef("evse_id"), ended_at__isnull=False,
    )  # fmt: skip
    near = OuterRef("started_at") - NEAR, OuterRef("started_at") + NEAR
    earlier = twins.filter(started_at__gte=near[0], started_at__lt=OuterRef("started_at"))
    later = twins.filter(started_at__lte=near[1], started_at__gt=OuterRef("started_at"))
    links = _links(ids, now, earlier.order_by("-started_at"), later.order_by("started_at"))
    return _pairs(links)


def _same(name: str) -> Q:
    return Q(**{f"{name}__gte": OuterRef(name) - 1, f"{name}__lte": OuterRef(name) + 1})


def _told() -> QuerySet[Session]:
    return Session.objects.filter(_TOLD, evse_id__isnull=False).exclude(flags__contains=JOINED_INTO)


def _links(
    ids: Collection[int], now: datetime, earlier: QuerySet[Session], later: QuerySet[Session]
) -> Links:
    """Which session follows which."""
    rows = _told().filter(pk__in=ids, ended_at__gte=now - HORIZON).values_list(
        "id", Subquery(earlier.values("pk")[:1]), Subquery(later.values("pk")[:1])
    )  # fmt: skip
    links: Links = {}
    for pk, before, after in rows:
        links |= {one: other for one, other in ((before, pk), (pk, after)) if one and other}
    return links


def _pair(before: Any, after: Any) -> Pair:
    return Pair(
        before.organisation_id, before.station_id, before.evse_id, _end(before), _end(after)
    )


def _end(row: Any) -> End:
    return End(
        row.id, row.started_at, row.ended_at, frozenset(row.flags.split()), _register(row)
    )  # fmt: skip


def _register(row: Any) -> Span | None:
    begin_wh, end_wh = row.meter_start_wh, row.meter_stop_wh
    return None if begin_wh is None or end_wh is None else (begin_wh, end_wh)


def _with_beside(pairs: list[Pair]) -> list[Pair]:
    """Asked only for the few that do not join."""
    loose = [pair for pair in pairs if gap_of(pair)]
    if not loose:
        return pairs
    spans = _spans_beside(loose)
    return [replace(pair, beside=tuple(spans[pair.station_id])) for pair in pairs]


def _spans_beside(pairs: list[Pair]) -> dict[int, list[Span]]:
    """By station."""
    times = Q()
    for pair in pairs:
        times |= Q(
            station=pair.station_id, started_at__lte=pair.after.began_at,
            ended_at__gte=pair.before.began_at,
        ) & ~Q(evse_id=pair.evse_id)  # fmt: skip
    spans: dict[int, list[Span]] = defaultdict(list)
    for row in _told().filter(times).values_list(*_COLUMNS, named=True):
        if register := _register(row):
            spans[row.station_id].append(register)
    return spans
