"""The root of all commands, and what each has to say of itself.

A command is a frozen dataclass with a ``declared`` of its own. Nothing in a ``Declaration`` has a
default: what was forgotten is an error when the module is loaded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from apps.domain.confirmation import Confirmation, Unconfirmed
from apps.domain.permissions import Permission

Titled = Callable[[dict[str, Any]], str]


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


class WhilePending(Enum):
    """Whether it may go to a station that has not been accepted yet.

    SETS_UP    it reads, sets or triggers, or is about certificates: always
               (2.0.1 B02.FR.01, A00.FR.429)
    SERVES     the rest: where the version does not forbid it (1.6 §4.2.1)
    CHARGES    it begins or ends a session: never
    AS_CALLED  a raw call is judged by its action
    """

    SETS_UP = "sets up"
    SERVES = "serves"
    CHARGES = "charges"
    AS_CALLED = "as called"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is true of every command of a kind.

    ``name``: in the outbox, in REST and in addresses. ``noun``: what was asked, in a sentence
    ("Reset asked by Anna"). ``title``: what is done, by its parameters. ``limited_as``: the
    message whose ItemsPerMessage and BytesPerMessage it must keep to, "" where none is limited.
    ``is_stepwise``: its calls build on each other, so after a refusal no further one is sent.
    ``is_for_many``: the same parameters may mean the same at any number of stations.
    """

    name: str
    noun: str
    title: Titled
    permission: Permission
    confirmed_by: Confirmation
    while_pending: WhilePending
    limited_as: str
    is_stepwise: bool
    is_for_many: bool


class Undeclared(TypeError):
    """A command that says nothing of itself, or has the name of another."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a station shall do. A command made of another one is a part of that."""

    declared: ClassVar[Declaration]

    def __init_subclass__(cls) -> None:
        if not isinstance(getattr(cls, "declared", None), Declaration):
            raise Undeclared(f"{cls.__name__} does not say what kind of command it is")
        if "declared" not in cls.__dict__:
            return
        known = _KINDS.get(cls.declared.name)
        if known is not None and known.declared is not cls.declared:
            raise Undeclared(f"{cls.__name__}: {known.__name__} is called {cls.declared.name}, too")
        _KINDS[cls.declared.name] = cls

    @property
    def interrupts(self) -> bool:
        """Whether people who charge at this moment are interrupted by it."""
        return False


_KINDS: dict[str, type[Command]] = {}


def declared_kinds() -> dict[str, type[Command]]:
    """All that have been declared by now, sorted by their names."""
    return dict(sorted(_KINDS.items()))


def unknown(name: str) -> Declaration:
    """Of a row whose command is of another age: next to nothing is known."""
    words = name.replace("_", " ").capitalize()
    return Declaration(
        name=name,
        noun=words,
        title=always(words),
        permission=Permission.ENGINEER,
        confirmed_by=Unconfirmed(),
        while_pending=WhilePending.CHARGES,
        limited_as="",
        is_stepwise=False,
        is_for_many=False,
    )


def always(words: str) -> Titled:
    """The same title, whatever the parameters."""
    return lambda _parameters: words


def with_mode(words: str) -> Titled:
    """``words``, and the mode in brackets."""

    def title(given: dict[str, Any]) -> str:
        mode = str(given.get("mode", "")).replace("_", " ")
        return f"{words} ({mode})" if mode else words

    return title
