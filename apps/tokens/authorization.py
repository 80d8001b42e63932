"""The verdict on a presented token. Pure.

A master pass may stop sessions but never start one (OCPP 2.0.1 C16); an expired token is
Expired whatever its status says; the exact status is always told (Blocked is not Invalid).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from apps.domain.answers import TokenAnswer
from apps.domain.authorization import NO_AUTHORIZATION
from apps.domain.events import Token
from apps.domain.vocabulary import TokenStatus

_STATUSES = {status.value.lower(): status for status in TokenStatus}


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A registered token; ``status`` is a TokenStatus in lower case.

    ``max_sessions``: how many sessions it may have at once; None is any number.
    """

    id: int
    uid: str
    type: str
    status: str
    group: str
    is_master_pass: bool
    expires_at: datetime | None
    language: str
    personal_message: str
    charging_priority: int = 0
    max_sessions: int | None = None


def decide(
    presented: Token, known: KnownToken | None, now: datetime, *, starts: bool = False
) -> TokenAnswer:
    """May ``presented`` charge? ``starts``: it is about to begin a session."""
    if presented.kind == NO_AUTHORIZATION:
        return TokenAnswer(TokenStatus.ACCEPTED)
    if known is None:
        return TokenAnswer(TokenStatus.UNKNOWN if presented.kind else TokenStatus.INVALID)
    return TokenAnswer(
        status=_status(known, now, starts),
        group=known.group,
        group_kind="Central" if known.group else "",
        expires_at=known.expires_at,
        language=known.language,
        personal_message=known.personal_message,
        charging_priority=known.charging_priority,
    )


def choose(
    presented: Token, candidates: Sequence[KnownToken], now: datetime, *, starts: bool = False
) -> KnownToken | None:
    """Who decides of the tokens that have this uid: the one of the type that is presented.

    Where there is none it is the others, whatever their type: a type is the reader's guess. Of
    several, which only an older version could register, the one that grants least.
    """
    exact = [known for known in candidates if known.type == presented.kind]
    statuses = {
        known.id: decide(presented, known, now, starts=starts).status is TokenStatus.ACCEPTED
        for known in exact or candidates
    }
    return min(exact or candidates, key=lambda known: (statuses[known.id], known.id), default=None)


def limit(answer: TokenAnswer, max_sessions: int | None, running: int) -> TokenAnswer:
    """``answer`` to a start while the token has ``running`` other sessions (C, ConcurrentTx)."""
    is_free = max_sessions is None or running < max_sessions
    if is_free or answer.status is not TokenStatus.ACCEPTED:
        return answer
    return replace(answer, status=TokenStatus.CONCURRENT_TX)


def find_status(status: str, expires_at: datetime | None, now: datetime) -> TokenStatus:
    """The status of a token at ``now``; ``status`` in lower case, Invalid where unknown."""
    known = _STATUSES.get(status, TokenStatus.INVALID)
    is_over = expires_at is not None and expires_at <= now
    return TokenStatus.EXPIRED if is_over and known is TokenStatus.ACCEPTED else known


def _status(known: KnownToken, now: datetime, starts: bool) -> TokenStatus:
    status = find_status(known.status, known.expires_at, now)
    if status is TokenStatus.ACCEPTED and starts and known.is_master_pass:
        return TokenStatus.INVALID
    return status


def same(one: str, other: str) -> bool:
    """Id tokens are compared without regard to case (2.0.1 IdTokenType, 1.6 CiString20)."""
    return one.casefold() == other.casefold()
