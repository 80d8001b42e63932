"""One habit of stations, and what the product makes of it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    COVERED = "covered"
    IN_PART = "in part"
    NOT_YET = "not yet"
    NOT_FOR_US = "not for us"


@dataclass(frozen=True, slots=True)
class Habit:
    """``how`` in at most a dozen words; ``proof``: nodes of pytest below ``tests/``.

    ``why``: what is missing, or why it is not covered; "" where it is covered.
    """

    number: int
    what: str
    verdict: Verdict
    how: str = ""
    proof: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    habits: tuple[Habit, ...]


def covered(number: int, what: str, how: str, *proof: str) -> Habit:
    return Habit(number, what, Verdict.COVERED, how, proof)


def in_part(number: int, what: str, how: str, *proof: str, why: str) -> Habit:
    return Habit(number, what, Verdict.IN_PART, how, proof, why)


def not_yet(number: int, what: str, why: str) -> Habit:
    return Habit(number, what, Verdict.NOT_YET, why=why)


def not_for_us(number: int, what: str, why: str) -> Habit:
    return Habit(number, what, Verdict.NOT_FOR_US, why=why)
