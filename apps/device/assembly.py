"""A report is the set of its parts. Pure: any order and any repetition make the same report.

Parts count from 0; the last one says that none follows (L-08). Which parts came is kept as
ranges, so that a report of a thousand parts is a short text.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from apps.sessions import seqs


class Kind(StrEnum):
    """What a report tells of."""

    VARIABLES = "variables"
    MONITORS = "monitors"
    CUSTOMER = "customer"


class State(StrEnum):
    """asked → receiving → complete | incomplete; empty where the station had nothing to tell.

    Incomplete: it fell silent. Parts that come later count all the same.
    """

    ASKED = "asked"
    RECEIVING = "receiving"
    COMPLETE = "complete"
    EMPTY = "empty"
    INCOMPLETE = "incomplete"


OPEN = (State.ASKED, State.RECEIVING)


@dataclass(frozen=True, slots=True)
class Assembly:
    """``seqs``: the parts that came, as ranges; ``last_seq``: of the part that said so."""

    seqs: str = ""
    last_seq: int | None = None
    items: int = 0

    @property
    def parts(self) -> int:
        return sum(last - first + 1 for first, last in seqs.parse(self.seqs))

    @property
    def is_complete(self) -> bool:
        return self.last_seq is not None and seqs.parse(self.seqs) == ((0, self.last_seq),)

    @property
    def missing(self) -> str:
        """The parts that are known to be missing, as ranges: "1,4-6"; "" for none."""
        gaps, expected = [], 0
        for first, last in seqs.parse(self.seqs):
            if first > expected:
                gaps.append((expected, first - 1))
            expected = last + 1
        return seqs.write(gaps)


def take(known: Assembly, seq: int, items: int, *, is_last: bool) -> Assembly:
    """``known`` with one more part of ``items`` entries; a repetition changes nothing."""
    if seqs.has(known.seqs, seq):
        return known
    last_seq = max(seq, known.last_seq or 0) if is_last else known.last_seq
    return replace(
        known, seqs=seqs.add(known.seqs, seq), last_seq=last_seq, items=known.items + items
    )


def state_of(known: Assembly, *, is_silent: bool) -> State:
    """Where a report of which something came stands."""
    if known.is_complete:
        return State.COMPLETE
    return State.INCOMPLETE if is_silent else State.RECEIVING


def lack(known: Assembly) -> str:
    """What an incomplete report lacks, in words."""
    if not known.seqs:
        return "No part came"
    if known.missing:
        is_one = known.missing.isdecimal()
        return f"Part{'' if is_one else 's'} {known.missing} missing"
    return f"The end is missing, after {known.parts} part{'' if known.parts == 1 else 's'}"
