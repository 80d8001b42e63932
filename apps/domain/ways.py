"""Other ways to put one command, for stations that refuse it in one and take it in another.

A way is an axis and where the command stands on it ("unit:A"); what is known of a station is
which ways it takes, yes or no. A command put otherwise limits no less than the one that was
given. Pure.
"""

from collections.abc import Iterator, Mapping

from apps.domain.command import Command
from apps.domain.way_axis import Axis, Place
from apps.domain.way_calls import CALLS
from apps.domain.way_limits import LIMITS

AXES: tuple[Axis, ...] = (*CALLS, *LIMITS)
ALONE = frozenset(axis.name for axis in AXES if axis.is_alone)
APART = "start:without a limit"
_DECIDES = ("level", "purpose", "scope")
_WORDS = {f"{axis.name}:{value}": words for axis in AXES for value, words in axis.words.items()}

Known = Mapping[str, bool]


def way_of(axis: Axis, command: Command, place: Place) -> str:
    """Where the command stands on the axis, "" where that says nothing of it."""
    value = axis.value(command, place)
    return f"{axis.name}:{value}" if value else ""


def ways_of(command: Command, place: Place) -> tuple[str, ...]:
    """Every way in which it is put."""
    return tuple(filter(None, (way_of(axis, command, place) for axis in AXES)))


def others(command: Command, place: Place) -> Iterator[tuple[str, Command]]:
    """The command moved along one axis each, with the way in which it is then put."""
    for axis in AXES:
        if not way_of(axis, command, place):
            continue
        moved = axis.shift(command, place)
        if moved is not None:
            yield way_of(axis, moved, place), moved


def shifted(command: Command, place: Place, known: Known) -> Command:
    """The command put in ways that are not known to be refused, as far as there are such."""
    for axis in AXES:
        way = way_of(axis, command, place)
        if not way or known.get(way) is not False:
            continue
        moved = axis.shift(command, place)
        if moved is not None and known.get(way_of(axis, moved, place)) is not False:
            command = moved
    return command


def laid(command: Command, place: Place, known: Known) -> Command:
    """As ``shifted``, as far as it decides where a profile lies: its level, purpose and EVSE."""
    return shifted(command, place, {w: k for w, k in known.items() if w.split(":")[0] in _DECIDES})


def is_alone(way: str) -> bool:
    """Whether each answer by itself teaches whether that is taken."""
    return way.split(":")[0] in ALONE


def words_of(way: str) -> str:
    """A way as people say it: "limits in watts"."""
    axis, _, value = way.partition(":")
    if axis == "question":
        return f"a question for {value}"
    return _WORDS.get(way) or value.replace("_", " ") or way
