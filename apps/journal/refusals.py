"""Refused handshakes as rows: many at once, and no more of strangers than a quota."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from apps.journal.models import Refusal
from ocpp_platform import bulk

UNKNOWN, MANY_NAMES = "unknown_identity", "many_names"
WRONG_ADDRESS = "wrong_address"
_MORE = "More than are listed one by one."
_COLUMNS = (
    "identity", "reason", "ip", "organisation_id", "station_id", "detail", "http_status",
    "offered", "user_agent", "first_at", "last_at", "count",
)  # fmt: skip
_KEY = _COLUMNS[:3]
_TOLD = {"identity": 120, "ip": 45, "detail": 200, "offered": 200, "user_agent": 200}


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A refused handshake. ``may_be_listed``: by its own identity, not just its address.

    What it tells is kept as long as its columns, and without what no database keeps or looks for.
    """

    identity: str
    reason: str
    http_status: int
    at: datetime
    detail: str = ""
    organisation_id: int | None = None
    station_id: int | None = None
    ip: str = ""
    offered: str = ""
    user_agent: str = ""
    may_be_listed: bool = True

    def __post_init__(self) -> None:
        for column, most in _TOLD.items():
            object.__setattr__(self, column, _shown(getattr(self, column), most))


@transaction.atomic
def record_refusals(turned_away: Iterable[TurnedAway], most_an_address: int) -> None:
    """Keep refused handshakes; the same one again only raises its count.

    Identities that nobody has registered are listed up to ``most_an_address``; what goes beyond
    is one row of that address, without an identity and for the reason MANY_NAMES.
    """
    counted = Counter[tuple[str, str, str]]()
    newest: dict[tuple[str, str, str], TurnedAway] = {}
    for fact in _within_quota(list(turned_away), most_an_address):
        key = (fact.identity, fact.reason, fact.ip)
        counted[key] += 1
        newest[key] = fact
    rows = [_row(newest[key], counted[key]) for key in sorted(newest)]
    with bulk.writes() as writes:
        writes.count_up(Refusal, _COLUMNS, _KEY, rows, kept=("first_at",))


def _within_quota(facts: list[TurnedAway], most: int) -> Iterator[TurnedAway]:
    listed = _listed({fact.ip for fact in facts if fact.organisation_id is None}, facts)
    counts = _counts({fact.ip for fact in facts if fact.organisation_id is None})
    for fact in facts:
        who = (fact.ip, fact.identity)
        if fact.organisation_id is not None or who in listed:
            yield fact
        elif fact.may_be_listed and counts[fact.ip] < most:
            listed.add(who)
            counts[fact.ip] += 1
            yield fact
        else:
            yield replace(fact, identity="", reason=MANY_NAMES, detail=_MORE)


def _listed(addresses: set[str], facts: list[TurnedAway]) -> set[tuple[str, str]]:
    identities = {fact.identity for fact in facts}
    rows = Refusal.objects.filter(
        organisation_id=None, ip__in=addresses, identity__in=identities
    )  # fmt: skip
    return set(rows.values_list("ip", "identity"))


def _counts(addresses: set[str]) -> Counter[str]:
    rows = Refusal.objects.filter(organisation_id=None, ip__in=addresses)
    return Counter(dict(rows.values_list("ip").annotate(Count("id"))))


def _shown(text: str, most: int) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:most])


def _row(fact: TurnedAway, count: int) -> tuple[object, ...]:
    return (
        fact.identity, fact.reason, fact.ip, fact.organisation_id, fact.station_id, fact.detail,
        fact.http_status, fact.offered, fact.user_agent, fact.at, fact.at, count,
    )  # fmt: skip
