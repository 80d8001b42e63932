"""Cards as they were judged: before it began, and in its own messages. Pure."""

from dataclasses import dataclass
from datetime import datetime

from apps.telling.evidence import Evidence
from apps.telling.messages import Said
from apps.telling.refs import Ref, attempt_ref, said_ref

ACCEPTED = "Accepted"
_ENDINGS = frozenset({"Deauthorized", "RemoteStop", "StopAuthorized"})


@dataclass(frozen=True, slots=True)
class Judged:
    """``card`` as it may be shown."""

    at: datetime
    card: str
    verdict: str
    ref: Ref

    @property
    def is_accepted(self) -> bool:
        return self.verdict == ACCEPTED


def cards_of(evidence: Evidence) -> list[Judged]:
    """Those presented to begin it, oldest first.

    What its messages say of accepted ones is news only where another one was refused.
    """
    before = [Judged(a.at, a.shown_uid, a.verdict, attempt_ref(a)) for a in evidence.attempts]
    within = [_judged(said) for said in evidence.said if _presents(said)]
    if all(one.is_accepted for one in within):
        within = []
    return sorted([*before, *within], key=lambda one: one.at)


def _presents(said: Said) -> bool:
    """A card, to begin it; codes that drivers type are not shown."""
    is_begin = said.phase in ("start", "update") and said.trigger not in _ENDINGS
    return is_begin and said.token.isalnum() and bool(said.verdict)


def _judged(said: Said) -> Judged:
    return Judged(said.at or said.received_at, said.token, said.verdict, said_ref(said))
