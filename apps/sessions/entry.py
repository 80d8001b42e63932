"""One session while a batch works on it: facts, totals, and what must be written."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal

from apps.domain.events import Sample, SessionEvent
from apps.domain.vocabulary import SessionState
from apps.sessions import energy, machine
from apps.sessions.energy import Totals
from apps.sessions.machine import Facts

FACTS = tuple(f.name for f in fields(Facts))
TOTALS = tuple(f.name for f in fields(Totals))
IDENTITY = (
    "id", "organisation_id", "station_id", "transaction_id", "natural_key", "protocol",
)  # fmt: skip
REST = (
    "token_id", "tariff_version_id", "currency", "price_excl_vat", "vat", "price_incl_vat",
    "flags", "last_received_at", "asked_at",
)  # fmt: skip
COLUMNS = (*IDENTITY, *FACTS, *TOTALS, *REST, "state")
CHANGING = ("id", *FACTS, *TOTALS, *REST, "state")


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
    is_new: bool = False
    is_dirty: bool = False
    needs_total: bool = False
    shown_state: str | None = None
    samples: dict[tuple[datetime, str], Sample] = field(default_factory=dict)

    @classmethod
    def of_row(cls, row: tuple[object, ...]) -> "Entry":
        """From a row of COLUMNS."""
        first, second = len(IDENTITY), len(IDENTITY) + len(FACTS)
        third = second + len(TOTALS)
        facts = Facts(*row[first:second])  # type: ignore[arg-type]
        totals = Totals(*row[second:third])  # type: ignore[arg-type]
        entry = cls(*row[:first], facts, totals, *row[third:])  # type: ignore[arg-type]
        entry.shown_state = entry.state
        return entry

    def row(self, columns: tuple[str, ...]) -> tuple[object, ...]:
        return tuple(self._value(name) for name in columns)

    @property
    def known(self) -> Facts:
        """The facts of a session that has any: every session but one being opened."""
        if self.facts is None:
            raise ValueError(f"session {self.id} has no facts yet")
        return self.facts

    def take(self, event: SessionEvent, now: datetime) -> None:
        """Merge one event and its samples."""
        ended_before = self.facts is not None and self.facts.ended_at is not None
        self.facts = machine.merge(self.facts, event)
        self.add_samples(event.samples)
        if ended_before or self.facts.ended_at is not None:
            self.needs_total = True
        self.touch(now)

    def add_samples(self, samples: tuple[Sample, ...]) -> None:
        for sample in samples:
            key = sample.at, sample.context
            known = self.samples.get(key)
            self.samples[key] = energy.merge_samples(known, sample) if known else sample
            totals = None if known else energy.add(self.totals, sample)
            if totals is None:
                self.needs_total = True
            else:
                self.totals = totals

    def touch(self, now: datetime) -> None:
        self.is_dirty = True
        self.last_received_at = now
        self.asked_at = None

    def settle(self) -> None:
        """The state that follows from facts and totals."""
        state = machine.state_of(self.known, has_flowed=self.totals.has_flowed)
        self.state = state.value

    @property
    def is_ended(self) -> bool:
        return self.known.ended_at is not None

    def _value(self, name: str) -> object:
        if name in _FACT_NAMES:
            return getattr(self.facts, name)
        if name in _TOTAL_NAMES:
            return getattr(self.totals, name)
        return getattr(self, name)


_FACT_NAMES, _TOTAL_NAMES = frozenset(FACTS), frozenset(TOTALS)


def flags_of(facts: Facts, totals: Totals, previous: str) -> str:
    """Marks that a person reading a bill should see, space-separated, in fixed order."""
    marks = {
        "unauthorised": "unauthorised" in previous.split(),
        "estimated": facts.is_estimated,
        "no_start": not facts.has_start,
        "gaps": facts.ended_at is not None and "," in facts.seqs,
        "no_register": totals.meter_start_wh is None and totals.sampled_at is not None,
        "no_energy": facts.ended_at is not None and totals.energy_wh <= 0,
    }
    return " ".join(name for name, is_set in marks.items() if is_set)


def is_active(state: str) -> bool:
    return state != SessionState.ENDED.value
