"""What was told, in the order in which it was, and which of several clocks is believed. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from apps.sessions.pace import ROUNDING_WH
from apps.sessions.timing.told import LEAST, ROUNDING, Era, Mark, Said

SUMMER = timedelta(hours=1)
_INSTANT = timedelta(milliseconds=1)
_ZERO = timedelta(0)


def marks_of(said: Said, readings: Iterable[Mark]) -> list[Mark]:
    """Begin, readings between and end, in the order in which they were."""
    marks = [said.begin, *in_order(readings)]
    return marks if said.end is None else [*marks, said.end]


def in_order(readings: Iterable[Mark]) -> list[Mark]:
    """By the register, which never falls; what shows none stays where its instant puts it."""
    ordered = sorted(readings, key=lambda mark: mark.at)
    shown = iter(sorted((m for m in ordered if m.wh is not None), key=lambda m: (m.wh, m.at)))
    return [mark if mark.wh is None else next(shown) for mark in ordered]


def nearest(said: Said, eras: Sequence[Era]) -> int:
    """Which of them was told by the clock that is nearest to ours."""
    off = {0: abs(said.began_heard_at - said.began_at)}
    heard_at = said.ended_heard_at
    if said.ended_at is not None and heard_at is not None:
        off[len(eras) - 1] = abs(heard_at - said.ended_at)
    last_heard_at = heard_at or said.began_heard_at
    for number, era in enumerate(eras):
        off.setdefault(number, abs(last_heard_at - era[-1].at))
    told = [
        number
        for number in off
        if any(mark.is_told for mark in eras[number]) and not is_still(eras, number)
    ]
    if _is_of_summer(eras):
        return max(told or off, key=lambda number: len(eras[number]))
    return min(told or off, key=lambda n: (off[n] // ROUNDING, -len(eras[n]), -n))


def is_still(eras: Sequence[Era], number: int) -> bool:
    """Whether the clock of that era stood still since the one before it."""
    return number > 0 and stood(eras[number - 1][-1], eras[number][0])


def stood(before: Mark, after: Mark) -> bool:
    """Whether energy flowed in no time by the clock."""
    if before.wh is None or after.wh is None or not (before.is_told and after.is_told):
        return False
    return abs(after.at - before.at) < _INSTANT and after.wh > before.wh + ROUNDING_WH


def _is_of_summer(eras: Sequence[Era]) -> bool:
    """Two of them, less than an hour apart: most of what was told is as right as any of it."""
    return len(eras) == 2 and _ZERO < eras[0][-1].at - eras[1][0].at < SUMMER


def pace_of(eras: Iterable[Sequence[Mark]]) -> float | None:
    """Wh that flowed in a second, where one clock told of it."""
    gained_wh, elapsed = 0.0, _ZERO
    for era in eras:
        shown = [mark for mark in era if mark.wh is not None]
        if len(shown) > 1:
            gained_wh += (shown[-1].wh or 0.0) - (shown[0].wh or 0.0)
            elapsed += shown[-1].at - shown[0].at
    return gained_wh / elapsed.total_seconds() if gained_wh > 0 and elapsed >= LEAST else None
