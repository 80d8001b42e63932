"""Incidents as lines, and one with its cases and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Actor
from apps.dashboard.presenters.cases import CaseRow, case_rows
from apps.history.models import Fact
from apps.history.selectors import list_of_subject
from apps.incidents.models import Incident, State
from apps.incidents.selectors import SNOOZED, cases_of
from apps.reconciliation.kind import Severity

VIEWS = (
    ("", "Need a person"),
    (SNOOZED, "Snoozed"),
    (State.CLOSED.value, "Closed"),
)
_SHOWN = 100
_SEVERITIES = {
    Severity.CRITICAL: ("Critical", "faulted", "octagon-alert"),
    Severity.MAJOR: ("Major", "faulted", "triangle-alert"),
    Severity.MINOR: ("Minor", "paused", "circle-alert"),
}


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """A line of one: ``word``, ``tone`` and ``icon`` of its severity, or that it is over."""

    incident: Incident
    word: str
    tone: str
    icon: str

    @property
    def taken_by(self) -> str:
        """Whose it is: to whom it was given, else who has taken note of it."""
        assignee = self.incident.assignee
        return assignee.label if assignee else self.incident.acknowledged_by


@dataclass(frozen=True, slots=True)
class IncidentSheet:
    """All that the page of one shows."""

    row: IncidentRow
    cases: list[CaseRow]
    more: int
    steps: list[Fact]


def incident_rows(incidents: Iterable[Incident]) -> list[IncidentRow]:
    return [_row(one) for one in incidents]


def incident_sheet(actor: Actor, incident: Incident) -> IncidentSheet:
    found = cases_of(incident).select_related("station__location", "session")
    shown = list(found.order_by("-opened_at", "-id")[: _SHOWN + 1])
    return IncidentSheet(
        _row(incident),
        case_rows(shown[:_SHOWN]),
        max(0, len(shown) - _SHOWN),
        list(list_of_subject(actor, "incident", incident.pk)[:_SHOWN]),
    )


def is_asleep(incident: Incident, now: datetime) -> bool:
    return incident.snoozed_until is not None and incident.snoozed_until > now


def _row(one: Incident) -> IncidentRow:
    shown = ("Closed", "ok", "check") if one.closed_at else _SEVERITIES[Severity(one.severity)]
    return IncidentRow(one, *shown)
