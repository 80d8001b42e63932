"""In which ways a command was put, and what that shows of what its station's make takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Lesson:
    """``way``: of domain.ways; whether it was taken.

    ``is_sure``: one time says it. ``answer``: the word that says so.
    """

    way: str
    is_taken: bool
    is_sure: bool
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A fact of an answer. ``given``: the parameters as they were taken, where that is not as they
    were given; ``tries``: each call as {"ways", "answer"}, where it was not sent as given alone.
    """

    given: dict[str, Any] | None = None
    tries: tuple[dict[str, Any], ...] = ()
    lessons: tuple[Lesson, ...] = ()


def tried_in(facts: Iterable[object]) -> Tried:
    """The one among the facts of an answer."""
    return next((fact for fact in facts if isinstance(fact, Tried)), Tried())
