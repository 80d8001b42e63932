"""What was done, as rows of the audit log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse

from apps.accounts.models import Actor
from apps.audit.selectors import EVERYBODY, Entry, entries_of
from apps.dashboard.presenters.commands import CommandLife, command_life, title_of
from apps.history.doers import CLOCK_KIND, KEY, PERSON
from apps.history.kinds import CASE, INCIDENT, KINDS, SESSION
from apps.history.kinds import title_of as title_of_kind
from apps.history.models import Fact

BY = (
    ("", "people and programs"), (PERSON, "people"), (KEY, "API keys"),
    ("command-line", "the command line"), (CLOCK_KIND, "the clock"),
    (EVERYBODY, "everything"),
)  # fmt: skip
_PAGES = {SESSION: ("session", "session_id"), CASE: ("case", "case_id"),
          INCIDENT: ("incident", "incident_id")}  # fmt: skip
_WORDS = {True: "yes", False: "no", None: "none", "": "none"}


@dataclass(frozen=True, slots=True)
class Changed:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """``href``: to what it was done to, "" where it has no page, or may be gone."""

    fact: Fact
    title: str
    about: str
    href: str
    station: str
    changed: list[Changed]
    told: list[tuple[str, str]]
    life: CommandLife | None


def audit_rows(actor: Actor, facts: Sequence[Fact]) -> list[AuditRow]:
    """In a constant number of questions."""
    return [_row(entry) for entry in entries_of(actor, facts)]


def kinds_by_subject() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can have been done, by what it is done to."""
    ordered = sorted(KINDS.values(), key=lambda kind: (kind.about, kind.name))
    return [
        (title_of_kind(about), [(kind.name, title_of_kind(kind.name)) for kind in kinds])
        for about, kinds in groupby(ordered, key=lambda kind: kind.about)
    ]


def _row(entry: Entry) -> AuditRow:
    fact, command = entry.fact, entry.command
    title = title_of_kind(fact.kind)
    return AuditRow(
        fact,
        f"{title}: {title_of(command)}" if command else title,
        fact.subject_label,
        _href(entry),
        entry.station,
        [Changed(name.replace("_", " "), *_pair(pair)) for name, pair in entry.changes.items()],
        list(_told(entry)),
        command_life(command) if command else None,
    )


def _href(entry: Entry) -> str:
    fact = entry.fact
    if entry.command:
        return reverse("dashboard:command", args=[entry.command.pk])
    if entry.station and entry.station == fact.subject_label:
        return reverse("dashboard:station", args=[entry.station])
    if fact.subject_kind in _PAGES and fact.subject_id:
        name, argument = _PAGES[fact.subject_kind]
        return reverse(f"dashboard:{name}", kwargs={argument: fact.subject_id})
    return ""


def _pair(pair: Any) -> tuple[str, str]:
    """A secret's pair is masked as a whole."""
    if isinstance(pair, list) and len(pair) == 2:
        return _said(pair[0]), _said(pair[1])
    return "•••", "•••"


def _told(entry: Entry) -> Iterator[tuple[str, str]]:
    """What else was written down, but what the row says anyway."""
    for name, value in entry.details.items():
        if name != "station" and value not in ("", None, [], {}):
            yield name.replace("_", " "), _said(value)


def _said(value: Any) -> str:
    if isinstance(value, bool) or value in (None, ""):
        return _WORDS[value]
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(one)}" for name, one in value.items())
    return str(value)
