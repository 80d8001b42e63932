"""Samples between their domain form and their table."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from apps.domain.events import Sample
from apps.sessions.entry import Entry
from apps.sessions.models import CONTEXTS
from apps.sessions.models import Sample as SampleRow
from apps.sessions.sequence import OUTSIDE

READING = (
    "at", "context", "register_wh", "power_w", "soc_pct", "current_l1_a", "current_l2_a",
    "current_l3_a", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v", "is_trusted",
    "interval_wh",
)  # fmt: skip
Spans = Mapping[int, tuple[datetime, datetime]]
COLUMNS = ("session_id", *READING)
_METER = (
    "session_id", "at", "context", "register_wh", "power_w", "soc_pct", "is_trusted",
    "interval_wh",
)  # fmt: skip


def sample_rows(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    """The rows of the samples that a batch brought, in the order of their key."""
    for entry in entries:
        for _, sample in sorted(entry.samples.items()):
            yield (entry.id, *reading_of(sample))


def reading_of(sample: Sample) -> tuple[object, ...]:
    """READING, the context as its number."""
    return (
        sample.at, CONTEXTS[sample.context], sample.register_wh, sample.power_w, sample.soc_pct,
        *sample.current_a, *sample.voltage_v, sample.is_trusted, sample.interval_wh,
    )  # fmt: skip


def sample_of(reading: tuple[Any, ...]) -> Sample:
    """From READING."""
    at, context, register_wh, power_w, soc_pct, *phases, is_trusted, interval_wh = reading
    currents, voltages = tuple(phases[:3]), tuple(phases[3:])
    return Sample(
        at, context, register_wh, power_w, soc_pct, currents, voltages, is_trusted, interval_wh
    )


def registers_at(
    session_id: int, instants: Collection[datetime]
) -> dict[tuple[datetime, str], float | None]:
    """What is stored of a session at these instants and within a millisecond after, in Wh."""
    until = max(instants) + timedelta(milliseconds=1)
    rows = SampleRow.objects.filter(session_id=session_id, at__range=(min(instants), until))
    told = rows.order_by().values_list("at", "context", "register_wh")
    return {(at, context): wh for at, context, wh in told}


def load_whole(spans: Spans) -> dict[int, dict[tuple[datetime, str], Sample]]:
    """As ``load_samples``, with all that was measured."""
    found: dict[int, dict[tuple[datetime, str], Sample]] = {}
    for session_id, *reading in _stored(spans, COLUMNS):
        sample = sample_of(tuple(reading))
        found.setdefault(session_id, {})[sample.at, sample.context] = sample
    return found


def load_samples(spans: Spans) -> dict[int, dict[tuple[datetime, str], Sample]]:
    """What is stored of sessions and may count, by session and key; no currents and voltages.

    ``spans``: from when to when each session ran. It bounds the months that are looked into.
    """
    found: dict[int, dict[tuple[datetime, str], Sample]] = {}
    rows = _stored(spans, _METER)
    for session_id, at, context, wh, power_w, soc_pct, is_trusted, interval_wh in rows:
        sample = Sample(
            at, context, wh, power_w, soc_pct, is_trusted=is_trusted, interval_wh=interval_wh
        )
        found.setdefault(session_id, {})[sample.at, sample.context] = sample
    return found


def _stored(spans: Spans, columns: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
    """Most batches end no session, and then no query is even made."""
    if not spans:
        return ()
    since = min(began_at for began_at, _ in spans.values()) - OUTSIDE
    until = max(ended_at for _, ended_at in spans.values()) + OUTSIDE
    rows = SampleRow.objects.filter(session_id__in=spans, at__range=(since, until)).order_by()
    return rows.values_list(*columns)
