"""Samples between their domain form and their table."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from apps.domain.events import Sample
from apps.sessions.entry import Entry
from apps.sessions.models import Sample as SampleRow

READING = (
    "at", "context", "register_wh", "power_w", "soc_pct", "current_l1_a", "current_l2_a",
    "current_l3_a", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v", "is_trusted",
)  # fmt: skip
COLUMNS = ("session_id", *READING)


def sample_rows(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    """The rows of the samples that a batch brought, in the order of their key."""
    for entry in entries:
        for _, sample in sorted(entry.samples.items()):
            yield (entry.id, *reading_of(sample))


def reading_of(sample: Sample) -> tuple[object, ...]:
    """READING."""
    return (
        sample.at, sample.context[:20], sample.register_wh, sample.power_w, sample.soc_pct,
        *sample.current_a, *sample.voltage_v, sample.is_trusted,
    )  # fmt: skip


def sample_of(reading: tuple[Any, ...]) -> Sample:
    """From READING."""
    at, context, register_wh, power_w, soc_pct, *phases, is_trusted = reading
    currents, voltages = tuple(phases[:3]), tuple(phases[3:])
    return Sample(at, context, register_wh, power_w, soc_pct, currents, voltages, is_trusted)


def load_samples(session_ids: Collection[int]) -> dict[int, dict[tuple[datetime, str], Sample]]:
    """All stored samples of the sessions, by session and key."""
    found: dict[int, dict[tuple[datetime, str], Sample]] = {}
    if not session_ids:
        return found
    rows = SampleRow.objects.filter(session_id__in=session_ids).values_list(*COLUMNS)
    for session_id, *reading in rows:
        sample = sample_of(tuple(reading))
        found.setdefault(session_id, {})[sample.at, sample.context] = sample
    return found
