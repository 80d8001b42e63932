"""Whether what a station sends may be the effect of a command: asked for each of its messages.

The rows of the outbox say which commands wait. What was found there holds until the next
command leaves by this link, so that a firmware update of a day costs its other messages nothing.
"""

from apps.commands.batch import may_be_sign
from apps.domain.events import Event


class Watch:
    """``turn`` counts the commands that left here: what was found before one is old."""

    __slots__ = ("_names", "turn")

    def __init__(self) -> None:
        self._names: frozenset[str] | None = None
        self.turn = 0

    def renew(self) -> None:
        """A command leaves: the rows must be looked at again."""
        self._names = None
        self.turn += 1

    def concerns(self, event: Event | None) -> bool:
        """Whether the rows must be looked at for ``event``."""
        return event is not None and may_be_sign(event, self._names)

    def learn(self, found: frozenset[str] | None, turn: int) -> None:
        """The names of the commands that waited when a batch looked, in this ``turn``."""
        if found is not None and turn == self.turn:
            self._names = found
