"""The table that is printed, a row for each maker, and what is to be looked into. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fleet.makers import Maker
from fleet.verdict import WRONG, Judged, Outcome

EXAMPLES = 40
_COLUMNS = ("sessions", *Outcome, "attempts")
_FIRST, _WIDTH = 18, 9


@dataclass
class Row:
    """``attempts``: cards that were refused at a charger; ``lost_attempts``: of which no row is."""

    maker: str
    chargers: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    attempts: int = 0
    lost_attempts: int = 0

    @property
    def sessions(self) -> int:
        """That truly were."""
        return self.outcomes.total() - self.outcomes[Outcome.PHANTOM]

    @property
    def wrong(self) -> int:
        return sum(self.outcomes[outcome] for outcome in WRONG) + self.lost_attempts


def rows(
    makers: Sequence[Maker],
    judged: Iterable[Judged],
    attempts: Iterable[tuple[str, bool]],
    chargers: Counter[str],
) -> list[Row]:
    """One for each maker, and the last for all; ``attempts``: maker, and whether it is kept."""
    found = {maker.name: Row(maker.name, chargers[maker.name]) for maker in makers}
    for one in judged:
        found[one.maker].outcomes[one.outcome] += 1
    for name, is_kept in attempts:
        found[name].attempts += 1
        found[name].lost_attempts += not is_kept
    return [*found.values(), _sum(found.values())]


def _sum(all_rows: Iterable[Row]) -> Row:
    total = Row("all")
    for row in all_rows:
        total.chargers += row.chargers
        total.outcomes += row.outcomes
        total.attempts += row.attempts
        total.lost_attempts += row.lost_attempts
    return total


def lines(all_rows: Iterable[Row]) -> Iterator[str]:
    """The table."""
    names = ("chargers", *_COLUMNS)
    yield "maker".ljust(_FIRST) + "".join(f"{name:>{len(name) + 2}}" for name in names)
    for row in all_rows:
        shown = [row.chargers, row.sessions, *(row.outcomes[o] for o in Outcome)]
        cells = [f"{value:,}" if value else "·" for value in shown]
        kept = f"{row.attempts - row.lost_attempts}/{row.attempts}" if row.attempts else "·"
        told = zip(names, [*cells, kept], strict=True)
        yield row.maker.ljust(_FIRST) + "".join(f"{cell:>{len(name) + 2}}" for name, cell in told)


def discrepancies(judged: Iterable[Judged]) -> Iterator[str]:
    """What nothing explains, alike ones together: how many, what, whose habits, and one of them."""
    alike: dict[tuple[str, str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        if one.outcome in WRONG:
            habits = "+".join(one.truth.quirks) if one.truth else one.maker
            alike[one.outcome, one.why, habits].append(one)
    ordered = sorted(alike.items(), key=lambda item: (item[0][0], -len(item[1])))
    for (outcome, why, habits), found in ordered[:EXAMPLES]:
        yield f"{len(found):>4} {outcome}, {why}: {habits}"
        yield f"       e.g. {_example(found[0])}"
    if len(ordered) > EXAMPLES:
        yield f"     and {len(ordered) - EXAMPLES} other kinds"


def _example(one: Judged) -> str:
    parts = []
    if (truth := one.truth) is not None:
        took_s = (truth.ended_at - truth.began_at).total_seconds()
        parts.append(
            f"{truth.station}/{truth.evse_id} {truth.card} {truth.began_at:%H:%M:%S} {took_s:.0f} s"
            f" {truth.energy_wh:.0f} Wh"
        )
    if (kept := one.kept) is not None:
        ended = f"{kept.ended_at:%Y-%m-%d %H:%M:%S}" if kept.ended_at else "runs"
        flags = " ".join(sorted(kept.flags)) or "no mark"
        parts.append(
            f"kept {kept.id}: {kept.began_at:%Y-%m-%d %H:%M:%S} to {ended}, {kept.energy_wh:.0f} Wh"
            f", {flags}"
        )
    return "; ".join(parts)
