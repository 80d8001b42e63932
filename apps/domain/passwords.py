"""What becomes of a password that a station is sent."""

from dataclasses import dataclass, field

from apps.domain.events import Event


@dataclass(frozen=True, slots=True)
class PasswordOffered(Event):
    """The station is being sent this password: its answer may be lost, its effect not."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasswordRefused(Event):
    """The station keeps the password that it has."""


@dataclass(frozen=True, slots=True)
class PasswordTaken(Event):
    """The station accepted this as its password: from now on it will show it to us."""

    password: str = field(repr=False)
