"""Writes: tokens and their presentations; and verdicts for a batch of presentations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Upper

from apps.domain.answers import TokenAnswer
from apps.domain.events import Token as Presented
from apps.live.announce import announce
from apps.tokens.authorization import KnownToken, decide
from apps.tokens.models import Attempt, Token
from ocpp_platform.bulk import Writes

_FIELDS = (
    "organisation_id",
    "id",
    "uid",
    "type",
    "status",
    "group",
    "is_master_pass",
    "expires_at",
    "language",
    "personal_message",
)
_ATTEMPT = ("organisation_id", "station_id", "at", "uid", "kind", "verdict", "token_id")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and for which registered token (None: unknown)."""

    answer: TokenAnswer
    token_id: int | None


class Desk:
    """Decides on the tokens of one batch: loaded once, attempts written once."""

    def __init__(self, presented: Iterable[tuple[int, Presented]]) -> None:
        self._known: dict[tuple[int, str], list[KnownToken]] = {}
        self._attempts: list[tuple[object, ...]] = []
        wanted = {(organisation_id, token.uid.upper()) for organisation_id, token in presented}
        if wanted:
            self._load(wanted)

    def decide(
        self, organisation_id: int, token: Presented, at: datetime, *, starts: bool = False
    ) -> Verdict:
        """The verdict on a token of an organisation; ``starts``: it begins a session."""
        known = self._find(organisation_id, token)
        answer = decide(token, known, at, starts=starts)
        return Verdict(answer, None if known is None else known.id)

    def note(
        self,
        organisation_id: int,
        station_id: int,
        token: Presented,
        verdict: Verdict,
        at: datetime,
    ) -> None:
        """Write down that the token was presented, for those who search for it later."""
        who = (organisation_id, station_id, at, token.uid[:36], token.kind[:20])
        self._attempts.append((*who, verdict.answer.status.value, verdict.token_id))

    def flush(self, writes: Writes) -> None:
        writes.insert(Attempt, _ATTEMPT, self._attempts)

    def _load(self, wanted: set[tuple[int, str]]) -> None:
        rows = (
            Token.objects.annotate(upper=Upper("uid"))
            .filter(
                organisation_id__in={organisation_id for organisation_id, _ in wanted},
                upper__in={uid for _, uid in wanted},
            )
            .values_list(*_FIELDS)
        )
        for organisation_id, *row in rows:
            known = KnownToken(*row)
            self._known.setdefault((organisation_id, known.uid.upper()), []).append(known)

    def _find(self, organisation_id: int, token: Presented) -> KnownToken | None:
        """The token of the presented type; 1.6 names no type, and "Central" is ours."""
        candidates = self._known.get((organisation_id, token.uid.upper()), [])
        for known in candidates:
            if known.type == token.kind:
                return known
        return candidates[0] if candidates and token.kind in ("", "Central") else None


def add_token(*, organisation_id: int, uid: str, **fields: object) -> Token:
    """Register a token; ``fields`` as the model has them."""
    token = Token(organisation_id=organisation_id, uid=uid.strip(), **fields)
    token.full_clean()
    token.save(force_insert=True)
    announce(organisation_id, "tokens")
    return token


def change_token(token: Token, **fields: object) -> Token:
    """Set the named fields of a token."""
    for name, value in fields.items():
        setattr(token, name, value)
    token.full_clean()
    token.save(update_fields=list(fields))
    announce(token.organisation_id, "tokens")
    return token


def remove_token(token: Token) -> None:
    """Forget a token; its sessions keep the uid."""
    token.delete()
    announce(token.organisation_id, "tokens")
