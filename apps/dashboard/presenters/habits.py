"""What stations of one make, model and firmware take, as people read it."""

from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.dashboard.actions import refused_words
from apps.domain.ways import words_of
from apps.habits.judgement import ENOUGH
from apps.habits.models import Habit
from apps.habits.selectors import list_of_maker, list_of_station
from apps.stations.models import Station

_WORDS: dict[bool | None, tuple[str, str, str]] = {  # tone, icon, word
    True: ("ok", "circle-check", "Yes"),
    False: ("faulted", "ban", "No"),
    None: ("offline", "circle-slash", "Not known"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One way to put a command. ``habit`` None: its maker is known for it."""

    words: str
    chip: tuple[str, str, str]
    why: str
    habit: Habit | None = None


@dataclass(frozen=True, slots=True)
class HabitCard:
    lines: list[Line]
    make: str


def habit_card(actor: Actor, station: Station) -> HabitCard:
    """What was seen, then what the maker is known for and nobody has seen otherwise."""
    seen = list_of_station(actor, station)
    judged = {habit.way for habit in seen if habit.works is not None}
    known = sorted(list_of_maker(station) - judged)
    lines = [_line(habit) for habit in seen]
    lines += [Line(_sentence(way), _WORDS[False], "Its maker is known for it") for way in known]
    make = " ".join(filter(None, (station.vendor, station.model, station.firmware)))
    return HabitCard(lines, make)


def _line(habit: Habit) -> Line:
    return Line(_sentence(habit.way), _WORDS[habit.works], _why(habit), habit)


def _sentence(way: str) -> str:
    words = words_of(way)
    return f"{words[:1].upper()}{words[1:]}"


def _why(habit: Habit) -> str:
    if habit.works:
        return f"{habit.identity} took it"
    if habit.works is None:
        return f"{habit.refusals} of {ENOUGH} refusals: {habit.answer}"
    return refused_words(habit)
