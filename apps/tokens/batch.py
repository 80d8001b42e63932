"""The tokens of one batch: loaded once, attempts written once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models.lookups import In

from apps.batch.parts import Batch, Part
from apps.domain.answers import TokenAnswer
from apps.domain.events import Token as Presented
from apps.journal.secrecy import shown
from apps.tokens.authorization import KnownToken, choose, decide, limit, same
from apps.tokens.keys import Key, key_of
from apps.tokens.models import Attempt, Token
from apps.tokens.spelling import trimmed
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
    "charging_priority",
    "max_sessions",
)
_POLICY = (
    "organisation__token_policy__max_sessions",
    "organisation__token_policy__master_pass_group",
)
_ATTEMPT = ("organisation_id", "station_id", "at", "uid", "kind", "verdict", "token_id")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and for which registered token (None: unknown).

    ``note``: where that is of another type than the one presented, or otherwise written.
    """

    answer: TokenAnswer
    token_id: int | None
    max_sessions: int | None = None
    note: str = ""

    def among(self, running: int) -> "Verdict":
        """The same, for a start while the token has ``running`` other sessions."""
        return replace(self, answer=limit(self.answer, self.max_sessions, running))


class Tokens(Part):
    """Decides on the presented tokens."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._asked: set[tuple[int, str]] = set()
        self._known: dict[tuple[int, str], list[KnownToken]] = {}
        self._attempts: list[tuple[object, ...]] = []

    def load(self) -> None:
        presented = [
            (item.ref.organisation_id, getattr(event, "token", None))
            for item, event in self.batch.events
        ]
        self.fetch((whose, token) for whose, token in presented if token is not None)

    def fetch(self, presented: Iterable[tuple[int, Presented]]) -> None:
        """Read these tokens of organisations."""
        wanted = {
            (organisation_id, key_of(token.uid)) for organisation_id, token in presented
        } - self._asked
        if wanted:
            self._asked |= wanted
            self._read(wanted)

    def decide(
        self, organisation_id: int, token: Presented, at: datetime, *, starts: bool = False
    ) -> Verdict:
        """The verdict on a token of an organisation; ``starts``: it begins a session."""
        known = self._find(organisation_id, token, at, starts=starts)
        answer = decide(token, known, at, starts=starts)
        if known is None:
            return Verdict(answer, None)
        return Verdict(answer, known.id, known.max_sessions, _difference(token, known))

    def may_end(self, organisation_id: int, presented: Presented, holder_uid: str) -> bool:
        """Whether a token may end a session of ``holder_uid``: it is that, of its group, or a
        master pass (1.6 §4.8; 2.0.1 C16, E07).
        """
        if not holder_uid or same(presented.uid, holder_uid):
            return True
        self.fetch([(organisation_id, presented), (organisation_id, Presented(holder_uid))])
        one = self._find(organisation_id, presented, self.batch.now)
        other = self._find(organisation_id, Presented(holder_uid), self.batch.now)
        if one is None:
            return False
        if one.is_master_pass or other is None:
            return one.is_master_pass
        return one.id == other.id or (bool(one.group) and same(one.group, other.group))

    def note(
        self,
        organisation_id: int,
        station_id: int,
        token: Presented,
        verdict: Verdict,
        at: datetime,
    ) -> None:
        """Write down that the token was presented, for those who search for it later."""
        uid = shown(token.uid[:36], token.kind)
        who = (organisation_id, station_id, at, uid, token.kind[:20])
        self._attempts.append((*who, verdict.answer.status.value, verdict.token_id))

    def flush(self, writes: Writes) -> None:
        writes.insert(Attempt, _ATTEMPT, self._attempts)

    def _read(self, wanted: set[tuple[int, str]]) -> None:
        rows = Token.objects.filter(
            In(Key("uid"), sorted({key for _, key in wanted})),
            organisation_id__in={organisation_id for organisation_id, _ in wanted},
        ).values_list(*_FIELDS, *_POLICY)
        for organisation_id, *row, most, master_group in rows:
            known = _under_policy(KnownToken(*row), most, master_group)
            place = (organisation_id, key_of(known.uid))
            if place in wanted:
                self._known.setdefault(place, []).append(known)

    def _find(
        self, organisation_id: int, token: Presented, at: datetime, *, starts: bool = False
    ) -> KnownToken | None:
        """By its uid, whatever the type; as it may be printed, where that is one token's only."""
        known = self._known.get((organisation_id, key_of(token.uid)), [])
        written = trimmed(token.uid)
        if exact := [one for one in known if trimmed(one.uid) == written]:
            return choose(token, exact, at, starts=starts)
        return known[0] if len(known) == 1 else None


def _difference(token: Presented, known: KnownToken) -> str:
    """How what was presented differs from what is registered; no code that a driver types."""
    if token.kind not in ("", "Central", known.type):
        return f"Presented as {token.kind}, registered as {known.type}"
    if not same(token.uid, known.uid) and shown(known.uid, known.type) == known.uid:
        return f"Written as {token.uid}, registered as {known.uid}"
    return ""


def _under_policy(
    known: KnownToken, max_sessions: int | None, master_pass_group: str | None
) -> KnownToken:
    """The token with what its organisation has settled for all."""
    in_master_group = bool(master_pass_group) and same(known.group, master_pass_group or "")
    return replace(
        known,
        is_master_pass=known.is_master_pass or in_master_group,
        max_sessions=known.max_sessions or max_sessions,
    )
