"""Readings told for an instant that has another one: by a clock that stands still or was set back,
or dated by ours because they came at once.

A reading is known by its instant, and one that is told again is the same. Not so where it shows
another register: that is another reading, and is kept a microsecond later. A session has one begin
and one end, though.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.entry import Entry
from apps.sessions.hearing import ToldT
from apps.sessions.pace import ROUNDING_WH
from apps.sessions.samples import registers_at

_ENDS = frozenset({SampleContext.BEGIN.value, SampleContext.END.value})
_STEP = timedelta(microseconds=1)
Key = tuple[datetime, str]


def kept_apart(entry: Entry, event: ToldT) -> ToldT:
    """The event, with none of its readings in the place of another."""
    crowded = [s for s in event.samples if entry.facts and _may_be_taken(entry, s)]
    if not crowded:
        return event
    taken = registers_at(entry.id, {s.at for s in crowded})
    taken |= {key: sample.register_wh for key, sample in entry.samples.items()}
    return replace(event, samples=tuple(_apart(event.samples, taken)))


def _may_be_taken(entry: Entry, sample: Sample) -> bool:
    """Newer instants than all that are known are free."""
    if sample.register_wh is None or entry.totals.sampled_at is None or sample.context in _ENDS:
        return False
    is_here = (sample.at, sample.context) in entry.samples
    return is_here or sample.at <= entry.totals.sampled_at


def _apart(samples: Iterable[Sample], taken: Mapping[Key, float | None]) -> Iterator[Sample]:
    held = dict(taken)
    for sample in samples:
        at = sample.at
        is_end = sample.context in _ENDS
        while not is_end and _is_other(held.get((at, sample.context)), sample.register_wh):
            at += _STEP
        held[at, sample.context] = sample.register_wh
        yield sample if at == sample.at else replace(sample, at=at)


def _is_other(known_wh: float | None, told_wh: float | None) -> bool:
    if known_wh is None or told_wh is None:
        return False
    return abs(told_wh - known_wh) > ROUNDING_WH
