"""What the platform made of each session, held against what it truly was. Pure.

A session is *right* where card, place, begin, end, energy and price are those of the truth; else it
must be *marked* with a word, or have a case, that says of what it is not sure, and may not bill
more than was taken and a sample's worth. All else is a discrepancy that nothing explains.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

ENERGY_PER_KWH, TIME_PER_HOUR = Decimal("0.50"), Decimal("1.20")
WHOLE_WH = 2.0  # a register of whole Wh, at either end
CLOCK_S = 60.0  # a clock that is off by less is called right
LENGTH_S = 10.0
CENT = 0.011  # of rounding

OF_ENERGY = frozenset({
    "between", "estimated", "gaps", "implausible_reading", "misnamed", "missing_reading",
    "no_register", "no_start", "refused_message", "unread_reading",
})  # fmt: skip
OF_TIME = frozenset({"clock", "estimated", "misnamed", "no_start", "refused_message"})
# What these habits keep from us, each by itself or all of them, cannot be known: samples' worth,
# and seconds.
HIDE_SAMPLES = {("meterstop_low",): 2, ("meterstop_low", "reordered_events"): 1}
HIDE_S = {"stop_by_the_minute": 60, "clock_drifts": 60}


class Outcome(StrEnum):
    """``UNTOLD``: no word of it ever reached the platform."""

    RIGHT = "right"
    MARKED = "marked"
    UNTOLD = "untold"
    STUCK = "stuck"
    LOST = "lost"
    DOUBLED = "doubled"
    OVERBILLED = "overbilled"
    UNEXPLAINED = "unexplained"
    PHANTOM = "phantom"


WRONG = (
    Outcome.STUCK, Outcome.LOST, Outcome.DOUBLED, Outcome.OVERBILLED, Outcome.UNEXPLAINED,
    Outcome.PHANTOM,
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What a session was. ``sample_wh``: the most that flows between two samples; ``told``: how
    many messages of it were acknowledged."""

    station: str
    maker: str
    quirks: tuple[str, ...]
    evse_id: int
    card: str
    transaction_id: str | None
    began_at: datetime
    ended_at: datetime
    energy_wh: float
    sample_wh: float
    told: int


@dataclass(frozen=True)
class Kept:
    """What the platform has of a session. ``cases``: kinds of those that are about it."""

    station: str
    id: int
    evse_id: int | None
    card: str
    transaction_id: str
    began_at: datetime
    ended_at: datetime | None
    energy_wh: float
    price: Decimal | None
    flags: frozenset[str]
    cases: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judged:
    """``why``: what differs, for whoever looks into it."""

    maker: str
    outcome: Outcome
    why: str = ""
    truth: Truth | None = None
    kept: Kept | None = None


def judge(truths: Sequence[Truth], kept: Iterable[Kept], makers: dict[str, str]) -> list[Judged]:
    """One verdict a true session, and one for each that is kept and none; ``makers``: of each
    station."""
    found, strangers = _matched(truths, kept)
    judged = [_one(truth, found[number]) for number, truth in enumerate(truths)]
    return judged + [_stranger(one, makers.get(one.station, "")) for one in strangers]


def _matched(
    truths: Sequence[Truth], kept: Iterable[Kept]
) -> tuple[dict[int, list[Kept]], list[Kept]]:
    """By the card, which is used once, or the transaction where no card is kept."""
    cards = {(t.station, t.card.upper()): n for n, t in enumerate(truths)}
    names = {(t.station, t.transaction_id): n for n, t in enumerate(truths) if t.transaction_id}
    found: dict[int, list[Kept]] = defaultdict(list)
    strangers = []
    for one in kept:
        name = one.transaction_id.partition("~")[0]
        number = cards.get((one.station, one.card.upper()), names.get((one.station, name)))
        if number is None:
            strangers.append(one)
        else:
            found[number].append(one)
    return found, strangers


def _stranger(one: Kept, maker: str) -> Judged:
    """A session that no driver asked for: it must be over, and say what it is not sure of."""
    if one.ended_at is None:
        return Judged(maker, Outcome.STUCK, "a phantom", None, one)
    is_marked = bool(one.flags) and one.energy_wh < WHOLE_WH
    return Judged(maker, Outcome.MARKED if is_marked else Outcome.PHANTOM, "a phantom", None, one)


def _one(truth: Truth, found: Sequence[Kept]) -> Judged:
    if not found:
        outcome = Outcome.LOST if truth.told else Outcome.UNTOLD
        return Judged(truth.maker, outcome, f"{truth.told} messages", truth)
    if len(found) > 1:
        return Judged(truth.maker, Outcome.DOUBLED, f"{len(found)} times", truth, found[-1])
    kept = found[0]
    if kept.ended_at is None:
        return Judged(truth.maker, Outcome.STUCK, "still runs", truth, kept)
    wrong = list(_differences(truth, kept, kept.ended_at))
    if not wrong:
        return Judged(truth.maker, Outcome.RIGHT, "", truth, kept)
    why = ", ".join(what for what, _ in wrong)
    if kept.energy_wh > truth.energy_wh + truth.sample_wh + WHOLE_WH:
        return Judged(truth.maker, Outcome.OVERBILLED, why, truth, kept)
    is_explained = all((kept.flags | kept.cases) & words for _, words in wrong)
    outcome = Outcome.MARKED if is_explained else Outcome.UNEXPLAINED
    return Judged(truth.maker, outcome, why, truth, kept)


def _differences(
    truth: Truth, kept: Kept, ended_at: datetime
) -> Iterator[tuple[str, frozenset[str]]]:
    """What differs, and the words that say so."""
    hidden = sum(n for habits, n in HIDE_SAMPLES.items() if set(habits) <= set(truth.quirks))
    hidden_wh = truth.sample_wh * hidden
    hidden_s = sum(HIDE_S.get(name, 0) for name in truth.quirks)
    energy_wh = kept.energy_wh - truth.energy_wh
    took_s = (ended_at - kept.began_at).total_seconds()
    longer_s = took_s - (truth.ended_at - truth.began_at).total_seconds()
    if abs(energy_wh) > WHOLE_WH + hidden_wh:
        yield f"energy {'more' if energy_wh > 0 else 'less'}", OF_ENERGY
    if abs((kept.began_at - truth.began_at).total_seconds()) > CLOCK_S:
        yield "begin", OF_TIME
    if abs(longer_s) > LENGTH_S + hidden_s:
        yield "length", OF_TIME
    if not _is_priced(kept, took_s):
        yield "price", frozenset()
    if kept.card and kept.card.upper() != truth.card.upper():
        yield "card", frozenset()
    if kept.evse_id not in (None, truth.evse_id):
        yield "place", frozenset()


def _is_priced(kept: Kept, took_s: float) -> bool:
    """Its price is that of the energy and the time which it shows."""
    if kept.price is None:
        return False
    right = ENERGY_PER_KWH * Decimal(kept.energy_wh / 1000) + TIME_PER_HOUR * Decimal(took_s / 3600)
    return abs(float(kept.price - right)) <= CENT
