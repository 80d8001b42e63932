"""What a sentence about a session rests on, as a link of its page: to a message, a command, a row
of its samples, or the moment of its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.telling.case import Finding
from apps.telling.refs import Kind, Ref
from apps.telling.selectors import Telling
from apps.telling.story import Moment

_SHOWN = 6
_NOUNS = {
    Kind.SAMPLE: "reading",
    Kind.STATUS: "status",
    Kind.LINK: "connection",
    Kind.COMMAND: "command",
    Kind.ATTEMPT: "card",
    Kind.ALARM: "notice",
    Kind.LIMIT: "limit",
    Kind.SESSION: "record",
    Kind.FACT: "decision",
    Kind.CASE: "case",
}


@dataclass(frozen=True, slots=True)
class Link:
    """``url`` "": there is nothing to open, or the actor may not."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ToldFinding:
    finding: Finding
    links: list[Link]
    more: int


@dataclass(frozen=True, slots=True)
class ToldMoment:
    """``anchor``: its place on the page."""

    moment: Moment
    anchor: str
    links: list[Link]


class References:
    """The links of one page; a moment that a finding names is linked by its place."""

    def __init__(self, actor: Actor, telling: Telling, zone: ZoneInfo) -> None:
        self._zone = zone
        self._may_see = actor.may(Permission.SEE_MESSAGES)
        self._own_id = telling.evidence.session.pk
        self._actions = {said.id: said.action for said in telling.evidence.said}
        self._anchors = {
            ref: f"moment-{index}"
            for index, moment in reversed(list(enumerate(telling.moments)))
            for ref in moment.evidence
        }

    def findings(self, found: Sequence[Finding]) -> list[ToldFinding]:
        return [
            ToldFinding(one, self._links(one.evidence), max(len(one.evidence) - _SHOWN, 0))
            for one in found
        ]

    def moments(self, told: Sequence[Moment]) -> list[ToldMoment]:
        """Only what leads away from the page: the moment itself is what the others rest on."""
        return [
            ToldMoment(one, f"moment-{index}", [
                link for link in self._links(one.evidence[:1]) if link.url.startswith("/")
            ])
            for index, one in enumerate(told)
        ]  # fmt: skip

    def _links(self, refs: Sequence[Ref]) -> list[Link]:
        return [Link(self._label(ref), self._url(ref)) for ref in refs[:_SHOWN]]

    def _label(self, ref: Ref) -> str:
        noun = self._actions.get(ref.key) if ref.kind is Kind.MESSAGE else _NOUNS[ref.kind]
        return f"{noun or 'message'} {ref.at.astimezone(self._zone):%H:%M:%S}"

    def _url(self, ref: Ref) -> str:
        if ref.kind is Kind.MESSAGE:
            return reverse("dashboard:message", args=[ref.key]) if self._may_see else ""
        if ref.kind is Kind.COMMAND:
            return reverse("dashboard:command", args=[ref.key]) if self._may_see else ""
        if ref.kind is Kind.CASE:
            return reverse("dashboard:case", args=[ref.key])
        if ref.kind is Kind.SAMPLE:
            return f"#sample-{ref.at:%s}"
        if ref.kind is Kind.SESSION and ref.key != self._own_id:
            return reverse("dashboard:session", args=[ref.key])
        anchor = self._anchors.get(ref)
        return f"#{anchor}" if anchor else ""
