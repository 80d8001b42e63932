"""Attempts as rows of their page."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.attempts.attempt import Attempt, Outcome
from apps.stations.selectors import list_identities

_WORDS = {
    Outcome.REFUSED: ("Card refused", "faulted", "ban"),
    Outcome.NOT_STARTED: ("Never started", "paused", "circle"),
    Outcome.REMOTE_FAILED: ("Start from here failed", "faulted", "circle-x"),
    Outcome.NO_ENERGY: ("No energy", "paused", "circle-slash"),
}
VIEWS = (("", "All"), *((outcome.value, word) for outcome, (word, _, _) in _WORDS.items()))


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """``identity`` "" where the station has been removed."""

    attempt: Attempt
    identity: str
    word: str
    tone: str
    icon: str


def attempt_rows(actor: Actor, found: Sequence[Attempt]) -> list[AttemptRow]:
    """In one query, however many."""
    identities = list_identities(actor, [attempt.station_id for attempt in found])
    return [
        AttemptRow(attempt, identities.get(attempt.station_id, ""), *_WORDS[attempt.outcome])
        for attempt in found
    ]
