"""What may be wrong with a session that has ended. Pure: rules, each of which finds one thing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding
from apps.sessions.marks import UNBILLED

LITTLE_WH = 100.0
SLACK = 1.2  # a meter and a power that are measured at other instants
OVERLAP = timedelta(minutes=2)  # clocks of stations differ
Span = tuple[float | None, float | None]
NO_SPAN: Span = (None, None)
AT_ONCE = timedelta(seconds=10)  # clocks of one station agree
SAME_WH = 10.0


@dataclass(frozen=True, slots=True)
class Bill:
    """What is billed: Wh, and money with VAT; None without a tariff."""

    energy_wh: float
    price: Decimal | None
    currency: str = ""

    @property
    def in_full(self) -> str:
        money = "no price" if self.price is None else f"{self.price} {self.currency}".rstrip()
        return f"{self}, {money}"

    def is_as(self, other: "Bill") -> bool:
        return abs(self.energy_wh - other.energy_wh) < 0.01 and self.price == other.price

    def __str__(self) -> str:
        return f"{self.energy_wh / 1000:.3f} kWh"


@dataclass(frozen=True, slots=True)
class Other:
    """A session that ran on the same connector meanwhile; ``register``: from, to, in Wh."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    register: Span = NO_SPAN


@dataclass(frozen=True, slots=True)
class Sight:
    """An ended session. ``told``: samples of it; ``afresh``: its bill made anew, where it was, and
    ``power_wh`` what its power brought at the least, if that is far more than its register gained.
    """

    id: int
    organisation_id: int
    station_id: int
    evse_id: int | None
    started_at: datetime
    ended_at: datetime
    flags: frozenset[str]
    bill: Bill
    has_token: bool
    told: int = 0
    max_power_w: float | None = None
    is_decided: bool = False
    afresh: Bill | None = None
    power_wh: float | None = None
    register: Span = NO_SPAN
    others: tuple[Other, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether a person has said what is billed."""
        return self.is_decided or not UNBILLED.isdisjoint(self.flags)

    @property
    def told_beside(self) -> tuple[Other, ...]:
        """The others of which it is for this one to say: each two are one case."""
        return tuple(o for o in self.others if o.id > self.id or o.ended_at is None)

    @property
    def metered_wh(self) -> float | None:
        """What its register gained."""
        begin, end = self.register
        return None if begin is None or end is None else end - begin

    @property
    def hours(self) -> float:
        return max((self.ended_at - self.started_at).total_seconds(), 0.0) / 3600


Found = tuple[str, str] | None  # the kind, and what it rests on in words
Rule = Callable[[Sight], Found]


def judge(sight: Sight) -> Iterator[Finding]:
    """All that is found, each kind once."""
    for rule in RULES:
        found = None if sight.is_settled and rule not in LASTING else rule(sight)
        if found is not None:
            kind, text = found
            others = _others(sight) if kind == kinds.OVERLAP else ()
            yield Finding(
                kind, f"session-{sight.id}", sight.organisation_id, sight.station_id,
                sight.started_at, (Evidence(text, sight.ended_at, "session", sight.id), *others),
                sight.id, sight.evse_id, tells=f"{kind} {text}",
            )  # fmt: skip


def _phantom(sight: Sight) -> Found:
    is_empty = sight.told == 0 and sight.bill.energy_wh < LITTLE_WH and not sight.has_token
    if "estimated" in sight.flags and is_empty:
        return kinds.PHANTOM, "It began, and nothing followed: no card, no reading, no end."
    return None


def _lost_stop(sight: Sight) -> Found:
    if "estimated" not in sight.flags or _phantom(sight):
        return None
    return kinds.LOST_STOP, f"Closed from its last sign of life, with {sight.bill}."


def _lost_start(sight: Sight) -> Found:
    if "no_start" not in sight.flags:
        return None
    return kinds.LOST_START, "The message that begins it has not come."


def _gaps(sight: Sight) -> Found:
    if "gaps" not in sight.flags:
        return None
    return kinds.GAPS, "The numbers of its messages have gaps."


def _doubted(sight: Sight) -> Found:
    if "implausible_reading" in sight.flags and sight.power_wh is None:
        none = ", and no register of it counts" if "no_register" in sight.flags else ""
        words = f"Readings of its meter do not fit together{none}; {sight.bill} is billed."
        return kinds.DOUBTED, words
    if "unread_reading" in sight.flags:
        return kinds.DOUBTED, f"Readings could not be understood; {sight.bill} is billed."
    if "missing_reading" in sight.flags:
        return (
            kinds.DOUBTED,
            f"The register at its begin or end was not told; {sight.bill} is billed.",
        )
    return None


def _no_register(sight: Sight) -> Found:
    """Not where its register was set aside, for then that is what there is to decide."""
    if "no_register" not in sight.flags or _doubted(sight):
        return None
    return kinds.NO_REGISTER, f"No register of it counts; {sight.bill} is billed."


def _too_much(sight: Sight) -> Found:
    """Only where power was measured, and throughout: a few samples may have missed the peak. One
    below zero, given back or of a wrong sign, says nothing."""
    if sight.max_power_w is None or sight.max_power_w < 0 or sight.told < 5:
        return None
    most_wh = sight.max_power_w * sight.hours * SLACK + LITTLE_WH
    if sight.bill.energy_wh <= most_wh:
        return None
    return kinds.TOO_MUCH, (
        f"{sight.bill} in {sight.hours * 60:.0f} minutes, and never more than "
        f"{sight.max_power_w / 1000:.1f} kW were measured."
    )


def _too_little(sight: Sight) -> Found:
    if sight.power_wh is None:
        return None
    return kinds.TOO_LITTLE, (
        f"{sight.bill} is billed as its register rose, and the power that it told brought "
        f"{sight.power_wh / 1000:.3f} kWh at the least."
    )


def _wrong_clock(sight: Sight) -> Found:
    if "clock" not in sight.flags:
        return None
    return kinds.WRONG_CLOCK, "Times that its station told cannot be right, or it told none."


def _refused(sight: Sight) -> Found:
    if "refused_message" not in sight.flags:
        return None
    return kinds.REFUSED, "A message of it, or of its station meanwhile, was not taken."


def _unauthorised(sight: Sight) -> Found:
    if "unauthorised" not in sight.flags or sight.bill.energy_wh < LITTLE_WH:
        return None
    return kinds.UNAUTHORISED, f"No card was accepted for it, and it took {sight.bill}."


def _whose(sight: Sight) -> Found:
    if "two_boxes" in sight.flags:
        return kinds.WHOSE, "Two boxes came in under the identity of its station."
    if "misnamed" in sight.flags:
        return kinds.WHOSE, "The station named another transaction than the one that ran."
    return None


def _two_stops(sight: Sight) -> Found:
    if "two_stops" not in sight.flags:
        return None
    which = "the earliest counts, of one instant the higher one"
    return kinds.TWO_STOPS, f"Of its stops, which differ, {which}; {sight.bill} is billed."


def _late_stop(sight: Sight) -> Found:
    """Nothing to decide where the meter says the same."""
    metered_wh = sight.metered_wh
    if "late_stop" not in sight.flags or metered_wh is None:
        return None
    if abs(metered_wh - sight.bill.energy_wh) < LITTLE_WH and "discarded" not in sight.flags:
        return None
    told = f"{metered_wh / 1000:.3f} kWh"
    return kinds.LATE_STOP, f"Decided: {_billed(sight)}. Its meter rose by {told}."


def _billed(sight: Sight) -> str:
    return "to bill nothing" if "discarded" in sight.flags else str(sight.bill)


def _two_evses(sight: Sight) -> Found:
    if "two_evses" not in sight.flags:
        return None
    return kinds.TWO_EVSES, f"Told for two EVSEs under one transaction; {sight.bill} is billed."


def _overlap(sight: Sight) -> Found:
    if not sight.told_beside:
        return None
    return kinds.OVERLAP, "Another session is told for the same connector and time."


def _differs(sight: Sight) -> Found:
    if sight.afresh is None or sight.bill.is_as(sight.afresh):
        return None
    afresh = f"Made anew of all readings: {sight.afresh.in_full}."
    return kinds.DIFFERS, f"Billed: {sight.bill.in_full}. {afresh}"


def _others(sight: Sight) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("The other session", other.started_at, "session", other.id)
        for other in sight.told_beside
    )


def overlaps(one: Sight, other: Other) -> bool:
    """Whether both ran at once for longer than clocks explain."""
    until = min(one.ended_at, other.ended_at or one.ended_at)
    length = until - max(one.started_at, other.started_at)
    return length > OVERLAP or (length > AT_ONCE and _is_told_twice(one.register, other.register))


def _is_told_twice(one: Span, other: Span) -> bool:
    """Whether the same energy went through the meter in both."""
    if None in (*one, *other):
        return False
    (begin, end), (other_begin, other_end) = one, other
    return min(end, other_end) - max(begin, other_begin) > SAME_WH  # type: ignore[type-var,operator]


RULES: tuple[Rule, ...] = (
    _phantom, _lost_stop, _lost_start, _gaps, _doubted, _no_register, _too_much, _too_little,
    _wrong_clock, _refused, _unauthorised, _whose, _two_stops, _late_stop, _two_evses, _overlap,
    _differs,
)  # fmt: skip
LASTING: tuple[Rule, ...] = (
    _wrong_clock,
    _unauthorised,
    _late_stop,
    _differs,
)  # whatever is decided
KINDS = frozenset({
    kinds.PHANTOM, kinds.LOST_STOP, kinds.LOST_START, kinds.GAPS, kinds.DOUBTED,
    kinds.NO_REGISTER, kinds.TOO_MUCH, kinds.TOO_LITTLE, kinds.WRONG_CLOCK, kinds.REFUSED,
    kinds.UNAUTHORISED, kinds.WHOSE, kinds.TWO_STOPS, kinds.LATE_STOP, kinds.TWO_EVSES,
    kinds.OVERLAP, kinds.DIFFERS,
})  # fmt: skip
