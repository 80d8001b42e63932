"""The root of all commands, apart so that each block can add its own."""

from collections.abc import Sequence
from dataclasses import dataclass


class BadParameters(ValueError):
    """The parameters do not fit the command; ``problems`` are sentences for the caller."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def check(problems: list[str]) -> None:
    """Nothing, or BadParameters with them all."""
    if problems:
        raise BadParameters(problems)


def list_problems(**lists: Sequence[object]) -> list[str]:
    """A sentence for each that has no item; their names are the parameters'."""
    return [f"{name!r} must have at least one item" for name, given in lists.items() if not given]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a station shall do."""


@dataclass(frozen=True, slots=True)
class Stepwise(Command):
    """One whose calls build on each other: after a refusal no further one is sent."""
