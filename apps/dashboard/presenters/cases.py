"""Cases as rows of their page, and one with all that it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.history.models import Fact
from apps.history.selectors import list_of_subject
from apps.reconciliation import resolving
from apps.reconciliation.kind import Kind, Severity
from apps.reconciliation.kinds import KINDS, kind_of
from apps.reconciliation.life import Outcome, State
from apps.reconciliation.models import Case

VIEWS = (
    ("", "Unsettled"),
    (State.OPEN.value, "Need a person"),
    (State.WAITING.value, "Waiting"),
    (State.CLOSED.value, "Closed"),
)
_OUTCOMES = {
    Outcome.GONE: ("Over by itself", "ok", "check"),
    Outcome.SETTLED: ("Settled by rule", "ok", "scale"),
    Outcome.DECIDED: ("Decided", "ok", "user-check"),
}
_OPEN = {
    Severity.CRITICAL: ("Critical", "faulted", "octagon-alert"),
    Severity.MAJOR: ("Needs a person", "faulted", "triangle-alert"),
    Severity.MINOR: ("Needs a look", "paused", "circle-alert"),
}
_WAITING = ("Waiting", "plugged", "hourglass")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in words; ``state``: word, tone and icon."""

    case: Case
    kind: Kind
    word: str
    tone: str
    icon: str

    @property
    def what(self) -> str:
        """The first thing that it rests on."""
        return str(self.case.evidence[0]["text"]) if self.case.evidence else ""

    @property
    def at(self) -> datetime | None:
        return _instant(self.case.evidence[0]["at"]) if self.case.evidence else None


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that a case rests on. ``url`` "": there is nothing to open, or he may not."""

    text: str
    at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """All that the page of a case shows; ``ways``: what the actor may do, with its words."""

    row: CaseRow
    proofs: list[Proof]
    ways: list[tuple[str, str]]
    proposal: str
    steps: list[Fact]


def case_rows(cases: Iterable[Case]) -> list[CaseRow]:
    return [_row(case) for case in cases]


def case_sheet(actor: Actor, case: Case) -> CaseSheet:
    ways = [(str(way), resolving.LABELS[way]) for way in resolving.ways(case, actor)]
    kind = kind_of(case.kind)
    return CaseSheet(
        _row(case),
        [_proof(actor, case, one) for one in case.evidence],
        ways,
        resolving.LABELS[kind.proposal],
        list(list_of_subject(actor, "case", case.pk)[:50]),
    )


def kind_choices() -> list[tuple[str, str]]:
    """Name and title of every kind, as a filter offers them."""
    return sorted(((kind.name, kind.title) for kind in KINDS.values()), key=lambda pair: pair[1])


def _row(case: Case) -> CaseRow:
    kind = kind_of(case.kind)
    if case.state == State.CLOSED:
        return CaseRow(case, kind, *_OUTCOMES[Outcome(case.outcome)])
    return CaseRow(case, kind, *(_WAITING if case.state == State.WAITING else _OPEN[kind.severity]))


def _proof(actor: Actor, case: Case, one: dict[str, object]) -> Proof:
    return Proof(str(one["text"]), _instant(one["at"]), _url(actor, case, one))


def _url(actor: Actor, case: Case, one: dict[str, object]) -> str:
    match one["link"]:
        case "session":
            return reverse("dashboard:session", args=[one["key"]])
        case "parked" if actor.may(Permission.SEE_MESSAGES):
            query = urlencode({"station": case.station.identity})
            return f"{reverse('dashboard:messages')}?{query}"
    return ""


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
