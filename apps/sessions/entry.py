"""One session while a batch works on it: facts, totals, and what must be written."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from apps.domain.events import Sample, SessionEvent
from apps.domain.periods import ChargingPeriod
from apps.sessions import energy, hearing, machine, marks, measuring, sequence, timing
from apps.sessions.columns import FACTS, HOT_FACTS, HOT_REST, IDENTITY, REST, TOTALS
from apps.sessions.energy import Totals
from apps.sessions.hearing import ToldT
from apps.sessions.machine import Facts
from apps.sessions.periods import periods_billed
from apps.sessions.saying import dated_of, is_reading_missing, said_of
from apps.sessions.sequence import Span
from apps.sessions.timing import Settled
from apps.sessions.unread import Shown

FEW = 250  # samples that may be totalled anew with every message
GROWTH = 1.5  # by which a longer session must have grown before it is

_facts, _totals, _rest = attrgetter(*FACTS), attrgetter(*TOTALS), attrgetter(*REST)
_hot_facts, _hot_rest = attrgetter(*HOT_FACTS), attrgetter(*HOT_REST)
_cold_facts = attrgetter(*(name for name in FACTS if name not in HOT_FACTS))
_cold_rest = attrgetter(*(name for name in REST if name not in HOT_REST))


@dataclass(slots=True)
class Entry:
    """Mutable on purpose: it lives for one batch, inside one transaction."""

    id: int
    organisation_id: int
    station_id: int
    transaction_id: str
    natural_key: str | None
    protocol: str
    facts: Facts | None
    totals: Totals = field(default_factory=Totals)
    token_id: int | None = None
    tariff_version_id: int | None = None
    currency: str = ""
    price_excl_vat: Decimal | None = None
    vat: Decimal | None = None
    price_incl_vat: Decimal | None = None
    flags: str = ""
    last_received_at: datetime | None = None
    asked_at: datetime | None = None
    state: str = ""
    is_problem: bool = False
    is_thinned: bool | None = None
    is_misdated: bool | None = False
    limit_w: float | None = None
    shown: Shown | None = None  # by the session before, where that is asked
    power_wh: float | None = None  # see ``measuring.Measured``
    decided_wh: float | None = None
    told: int = 0
    totalled: int = 0
    is_stale: bool = False
    is_new: bool = False
    is_dirty: bool = False
    needs_total: bool = False
    shown_state: str | None = None
    was_ended: bool = False
    billed_before: tuple[Any, ...] = ()
    periods: tuple[ChargingPeriod, ...] = ()
    cold_before: tuple[Any, ...] = ()
    samples: dict[tuple[datetime, str], Sample] = field(default_factory=dict)

    @classmethod
    def of_row(cls, row: tuple[Any, ...]) -> "Entry":
        """From a row of COLUMNS."""
        first, second = len(IDENTITY), len(IDENTITY) + len(FACTS)
        third = second + len(TOTALS)
        facts, totals = Facts(*row[first:second]), Totals(*row[second:third])
        named: dict[str, Any] = dict(zip(IDENTITY + REST, row[:first] + row[third:], strict=True))
        entry = cls(facts=facts, totals=totals, **named)
        entry.shown_state = entry.state
        entry.was_ended, entry.billed_before = entry.is_ended, entry.billed
        entry.cold_before = entry._cold()
        return entry

    def new_row(self) -> tuple[Any, ...]:
        """COLUMNS."""
        identity = (getattr(self, name) for name in IDENTITY)
        return (*identity, *_facts(self.facts), *_totals(self.totals), *_rest(self))

    def changed_row(self) -> tuple[Any, ...]:
        """CHANGING."""
        return (self.id, *_facts(self.facts), *_totals(self.totals), *_rest(self))

    def hot_row(self) -> tuple[Any, ...]:
        """HOT."""
        return (self.id, *_hot_facts(self.facts), *_totals(self.totals), *_hot_rest(self))

    @property
    def is_only_hot(self) -> bool:
        """Nothing but what every message changes has changed."""
        return not self.is_new and self.cold_before == self._cold()

    @property
    def known(self) -> Facts:
        """The facts of a session that has any: every session but one being opened."""
        if self.facts is None:
            raise ValueError(f"session {self.id} has no facts yet")
        return self.facts

    def take(self, event: SessionEvent, now: datetime) -> None:
        """Merge one event and its samples."""
        before = self.facts
        self.facts = self._merged(event, now)
        self.hear(event.at, now)
        self.add_samples(event.samples)
        if not event.is_trusted:
            self.mark(marks.CLOCK)
        if event.unread:
            self.mark(marks.UNREAD)
        has_moved = (before or self.facts).started_at != self.facts.started_at
        if has_moved or self.is_ended or (before is None and hearing.is_late(self.facts)):
            self.needs_total = True
        self.touch(now)

    def _merged(self, event: SessionEvent, now: datetime) -> Facts:
        if self.facts is not None and marks.is_any(self.flags, marks.FIXED):
            return machine.merge_fixed(self.facts, event, now)
        if self.facts is not None and self.is_thinned:
            return machine.merge_settled(self.facts, event, now)
        return machine.merge(self.facts, event, now)

    def add_samples(self, samples: tuple[Sample, ...]) -> None:
        self.told += len(samples)
        for sample in samples:
            key = sample.at, sample.context
            known = self.samples.get(key)
            self.samples[key] = sequence.merge_samples(known, sample) if known else sample
            ours = self._by_our_clock(sample)
            totals = None if known else energy.add(self.totals, ours, self.limit_w)
            if totals is None or ours.at - self.known.started_at > machine.LONGEST:
                self.is_stale = True
            else:
                self.totals = totals
            if not sample.is_trusted:
                self.mark(marks.CLOCK)
        self._total_in_time()

    def take_samples(self, samples: tuple[Sample, ...], now: datetime) -> None:
        """Readings that came by themselves; they are signs of life, and may come late."""
        last_at = max((sample.at for sample in samples), default=self.known.last_event_at)
        self.hear(last_at, now)
        self.add_samples(samples)
        heard = max(self.known.last_event_at, min(last_at, now))
        self.facts = replace(self.known, last_event_at=heard)
        self.needs_total |= self.is_ended
        self.touch(now)

    def dated(self, event: ToldT, now: datetime) -> ToldT:
        """The event, by our clock where that of the station stands still."""
        if self.facts is None or self.last_received_at is None:
            return event
        before = (self.facts, self.totals, self.last_received_at)
        if not hearing.stands_still(event, *before, now, is_known=self.is_misdated is True):
            return event
        self.hear(hearing.said_in(event), now, hearing.lag_s(self.facts))
        return hearing.by_ours(event, now)

    def hear(self, said_at: datetime, now: datetime, clock_s: float | None = None) -> None:
        """One more message, of which the clock of its begin may be known to be wrong.

        ``clock_s``: by how much the station's clock is ahead, where that is known.
        """
        offset_s = hearing.learn(self.known, said_at, now, clock_s)
        if offset_s is not None and not marks.is_any(self.flags, marks.FIXED):
            self.facts = replace(self.known, offset_s=offset_s)
            self.mark(marks.CLOCK)
            self.needs_total = True

    def hear_again(self, offset_s: float, since: datetime) -> None:
        """Its station's clock has shown since to be off by so much."""
        facts = hearing.told_by(self.known, offset_s, since)
        if facts is not self.facts and not (
            self.is_thinned or marks.is_any(self.flags, marks.FIXED)
        ):
            self.facts = facts
            self.mark(marks.CLOCK)
            self.is_dirty = self.needs_total = True

    def _by_our_clock(self, sample: Sample) -> Sample:
        if self.known.offset_s is None or not sample.is_trusted:
            return sample
        return replace(sample, at=machine.by_ours(self.known, sample.at))

    def _total_in_time(self) -> None:
        """What is odd in a long session is not looked into with each message."""
        has_grown = self.told <= FEW or self.told >= GROWTH * self.totalled
        self.needs_total |= self.is_stale and has_grown

    def total(self, samples: Collection[Sample], since: datetime | None = None) -> None:
        """Totals, times and, where it has ended, periods of all its samples; ``since`` see Said."""
        self.totalled, self.is_stale = self.told, False
        is_settled = self.is_thinned or marks.is_any(self.flags, marks.FIXED)
        dated = samples if is_settled else dated_of(self, samples)
        told = self.span if is_settled else Span(*self.known.said, self.limit_w, self.shown)
        measured = measuring.measure(dated, told)
        self.totals = measured.totals
        if not is_settled:
            is_odd = dated is not samples
            laid = timing.laid(dated, self._set_times(dated, since, is_odd=is_odd))
            ours = hearing.moved(laid, self.known.offset_s, self.last_received_at)
            if ours is not dated or self.span != told:
                measured = measuring.measure(ours, self.span)
                self.totals = measured.totals
        began_at, ended_at = self.known.started_at, self.known.ended_at
        if ended_at is None:
            return
        is_unread = marks.UNREAD in self.flags.split()
        is_missing = not is_unread and is_reading_missing(self, dated, measured.points)
        self.flags = marks.with_mark(self.flags, marks.MISSING_READING, is_set=is_missing)
        billed_wh = 0.0 if marks.JOINED_INTO in self.flags.split() else self.decided_wh
        self.totals, self.power_wh = measured.totals.billed(billed_wh), measured.power_wh
        self.periods = periods_billed(measured.points, billed_wh, began_at, ended_at)

    def decide(self, energy_wh: float | None) -> None:
        """What a person decided that an ended session took; None leaves it to the meter."""
        self.decided_wh = energy_wh
        self.flags = marks.with_decision(self.flags, is_set=energy_wh is not None)
        self.is_dirty = self.needs_total = True

    def _set_times(
        self, samples: Collection[Sample], since: datetime | None, *, is_odd: bool
    ) -> Settled:
        """When it was; marked where the station's clock was found to be wrong."""
        settled = timing.times_of(said_of(self, samples, since), samples, self.limit_w)
        is_told = marks.CLOCK in self.flags if self.is_misdated is None else self.is_misdated
        is_odd |= settled.is_odd or is_told
        self.flags = marks.with_mark(self.flags, marks.CLOCK, is_set=is_odd)
        self.facts = machine.set_times(self.known, settled.began_at, settled.ended_at)
        return settled

    def overtake(self, samples: tuple[Sample, ...], now: datetime) -> None:
        """Readings, if any, that overtook its start."""
        if samples:
            self.take_samples(samples, now)

    def mark(self, flag: str) -> None:
        """Set one of the LASTING flags."""
        if flag == marks.CLOCK:
            self.is_misdated = True
        self.flags = marks.with_mark(self.flags, flag)

    def touch(self, now: datetime) -> None:
        self.is_dirty = True
        self.last_received_at = now
        self.asked_at = None

    def settle(self) -> None:
        """The state and the marks that follow from facts and totals."""
        totals = self.totals
        flowed_at = totals.flowed_at and machine.by_its_own(self.known, totals.flowed_at)
        state = machine.state_of(self.known, has_flowed=totals.has_flowed, flowed_at=flowed_at)
        self.state = state.value
        self.flags = marks.flags_of(self.known, self.totals, self.flags)
        self.is_problem = marks.is_problem(self.known, self.totals, self.flags)

    def has_run_at(self, at: datetime) -> bool:
        """Whether a reading of that instant is its own."""
        began_at, ended_at = self.known.started_at, self.known.ended_at
        return began_at <= at and (ended_at is None or at <= ended_at)

    @property
    def billed(self) -> tuple[Any, ...]:
        """What finance sees of it: price, energy, times and marks."""
        times = self.known.started_at, self.known.ended_at
        return self.price_incl_vat, self.totals.energy_wh, times, set(self.flags.split())

    @property
    def place(self) -> tuple[datetime, int | None]:
        """Since when and where it runs, which says what readings are its own."""
        return self.known.started_at, self.known.evse_id

    @property
    def has_register(self) -> bool:
        """Whether energy is known without volts and amperes."""
        return self.totals.meter_start_wh is not None and self.totals.energy_wh > 0

    @property
    def span(self) -> Span:
        return Span(self.known.started_at, self.known.ended_at, self.limit_w, self.shown)

    @property
    def is_ended(self) -> bool:
        return self.known.ended_at is not None

    def _cold(self) -> tuple[Any, ...]:
        return (*_cold_facts(self.facts), *_cold_rest(self))
