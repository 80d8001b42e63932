"""Stations that are away, silent, double, restless, or not understood."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from apps.domain.form import REFUSALS
from apps.domain.vocabulary import BootStatus
from apps.history.kinds import STATION_BOOTED
from apps.history.models import TOLD, Fact
from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding, Moment
from apps.stations.boxes import QUIET
from apps.stations.models import FormCount, Station
from apps.stations.sharing import find_pair, words_of
from ocpp_platform import keyset

RESTLESS = 4  # boots within the time of ``reboots``
WRONG_S = 60.0  # by which a clock is wrong enough to be told
_LATELY = timedelta(days=1)
_JUDGED = timedelta(days=7)  # for which the last word of a clock holds
_WORDS = timedelta(seconds=30)  # a station that booted says more within it


def offline(moment: Moment) -> Iterator[Finding]:
    """It was there once, and is gone for longer than it may."""
    since = moment.ago("offline")
    gone = Q(is_connected=False, last_seen_at__isnull=False, connection_changed_at__lte=since)
    for station in _such(gone & Q(is_stranger=False)):
        at = station.connection_changed_at
        yield _found(kinds.OFFLINE, station, at, Evidence("It has been offline since", at))


def silent_since_boot(moment: Moment) -> Iterator[Finding]:
    """It is connected, booted, was accepted, and then came nothing."""
    since = moment.ago("silent_boot")
    mute = Q(
        is_connected=True, boot_status=BootStatus.ACCEPTED.value, last_boot_at__lte=since,
        last_seen_at__lte=F("last_boot_at") + _WORDS,
    )  # fmt: skip
    for station in _such(mute):
        at = station.last_boot_at
        yield _found(kinds.SILENT_BOOT, station, at, Evidence("It booted, its last word", at))


def restless(moment: Moment) -> Iterator[Finding]:
    """It boots again and again."""
    since = moment.ago("reboots")
    boots = (
        Fact.objects.filter(TOLD, kind=STATION_BOOTED.name, at__gte=since)
        .values("station_id")
        .annotate(n=Count("id"), first=Min("at"), last=Max("at"))
        .filter(n__gte=RESTLESS)
    )
    found = {row["station_id"]: row for row in boots}
    for station in _such(Q(pk__in=found)):
        row = found[station.pk]
        evidence = Evidence(f"It booted {row['n']} times within the hour, first", row["first"])
        yield _found(kinds.REBOOTS, station, row["first"], evidence)


def two_boxes(moment: Moment) -> Iterator[Finding]:
    """Two come in under its identity."""
    for station in _such(Q(two_boxes_at__gt=moment.now - QUIET)):
        at, both = station.two_boxes_at, find_pair(station, moment.now) or ()
        told = Evidence(f"Both were there: {words_of(*both)}" if both else "Both were there", at)
        names = " and ".join(sorted(box.name for box in both))
        yield _found(kinds.TWO_BOXES, station, at, told, tells=names)


def wrong_clock(moment: Moment) -> Iterator[Finding]:
    """Its clock is off by more than a minute, by what it told lately."""
    off = Q(clock_offset_s__gt=WRONG_S) | Q(clock_offset_s__lt=-WRONG_S)
    for station in _such(off & Q(clock_judged_at__gt=moment.now - _JUDGED)):
        at, offset_s = station.clock_judged_at, round(station.clock_offset_s)
        ahead = "ahead" if offset_s > 0 else "behind"
        text = f"Its clock was {_span(abs(offset_s))} {ahead}"
        yield _found(kinds.WRONG_CLOCK_STATION, station, at, Evidence(text, at))


def refusals(moment: Moment) -> Iterator[Finding]:
    """Messages of it were not taken lately."""
    rows = FormCount.objects.filter(rule__in=REFUSALS, last_at__gte=moment.now - _LATELY)
    told: dict[int, list[FormCount]] = {}
    for row in rows.order_by("station_id", "-last_at"):
        told.setdefault(row.station_id, []).append(row)
    for station in _such(Q(pk__in=told)):
        counts = told[station.pk]
        evidence = [
            Evidence(f"{row.action or 'A message'}: {REFUSALS[row.rule]}; the last at", row.last_at)
            for row in counts[:5]
        ]
        tells = " ".join(sorted({f"{row.action}/{row.rule}" for row in counts}))
        since = min(row.first_at for row in counts)
        yield _found(kinds.REFUSALS, station, since, *evidence, tells=tells)


WATCHES = {
    kinds.OFFLINE: offline,
    kinds.SILENT_BOOT: silent_since_boot,
    kinds.REBOOTS: restless,
    kinds.TWO_BOXES: two_boxes,
    kinds.WRONG_CLOCK_STATION: wrong_clock,
    kinds.REFUSALS: refusals,
}


def _such(condition: Q) -> Iterator[Any]:
    rows: QuerySet[Station] = Station.objects.filter(condition)
    for page in keyset.pages(rows):
        yield from page


def _found(
    kind: str, station: Station, since: datetime, *evidence: Evidence, tells: str = ""
) -> Finding:
    return Finding(
        kind, f"station-{station.pk}", station.organisation_id, station.pk, since, evidence,
        tells=tells,
    )  # fmt: skip


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds // 86_400} days"
