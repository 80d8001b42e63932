"""The root of all commands, apart so that each block can add its own."""

from dataclasses import dataclass


class BadParameters(ValueError):
    """The parameters do not fit the command; ``problems`` are sentences for the caller."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a station shall do."""


@dataclass(frozen=True, slots=True)
class Stepwise(Command):
    """One whose calls build on each other: after a refusal no further one is sent."""
