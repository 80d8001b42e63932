"""Samples between their domain form and their table."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from apps.domain.events import Sample
from apps.sessions.entry import Entry
from apps.sessions.models import Sample as SampleRow

COLUMNS = (
    "session_id", "at", "context", "register_wh", "power_w", "soc_pct",
    "current_l1_a", "current_l2_a", "current_l3_a",
    "voltage_l1_v", "voltage_l2_v", "voltage_l3_v", "is_trusted",
)  # fmt: skip


def sample_rows(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    """The rows of the samples that a batch brought, in the order of their key."""
    for entry in entries:
        for _, sample in sorted(entry.samples.items()):
            yield (
                entry.id, sample.at, sample.context[:20], sample.register_wh, sample.power_w,
                sample.soc_pct, *sample.current_a, *sample.voltage_v,
                sample.is_trusted,
            )  # fmt: skip


def load_samples(session_ids: Collection[int]) -> dict[int, dict[tuple[datetime, str], Sample]]:
    """All stored samples of the sessions, by session and key."""
    found: dict[int, dict[tuple[datetime, str], Sample]] = {}
    if not session_ids:
        return found
    rows = SampleRow.objects.filter(session_id__in=session_ids).values_list(*COLUMNS)
    for session_id, at, context, register_wh, power_w, soc_pct, *phases, is_trusted in rows:
        currents, voltages = tuple(phases[:3]), tuple(phases[3:])
        found.setdefault(session_id, {})[at, context] = Sample(
            at, context, register_wh, power_w, soc_pct, currents, voltages, is_trusted
        )
    return found
