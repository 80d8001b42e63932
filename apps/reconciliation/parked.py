"""Messages that were parked: one case for each station, however many it parks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding
from apps.sessions.models import ParkedEvent


@dataclass(frozen=True, slots=True)
class News:
    """What a station has parked since; ``newest``: the number of the last."""

    station_id: int
    organisation_id: int
    count: int
    newest: int
    since: datetime


def news_after(after: int) -> list[News]:
    """Of each station, in one question; what lies behind the number ``after``."""
    rows = ParkedEvent.objects.filter(pk__gt=after).values("station_id", "organisation_id")
    told = rows.annotate(n=Count("pk"), newest=Max("pk"), since=Min("received_at"))
    return [
        News(row["station_id"], row["organisation_id"], row["n"], row["newest"], row["since"])
        for row in told.order_by("station_id")
    ]


def findings(news: Sequence[News], before: Mapping[str, int]) -> list[Finding]:
    """``before``: how many each subject has told of already."""
    events = ParkedEvent.objects.in_bulk([one.newest for one in news])
    return [_finding(one, events[one.newest], before.get(subject_of(one), 0)) for one in news]


def subject_of(one: News) -> str:
    return f"station-{one.station_id}"


def _finding(one: News, event: ParkedEvent, before: int) -> Finding:
    count = before + one.count
    many = "1 message" if count == 1 else f"{count} messages, the last of them"
    text = f"{many}: {event.action}: {event.why}"
    return Finding(
        kinds.PARKED, subject_of(one), one.organisation_id, one.station_id, one.since,
        (Evidence(text, event.received_at, "parked", event.pk, count),), tells=str(event.pk),
    )  # fmt: skip
