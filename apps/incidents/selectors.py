"""Reads: incidents and maintenance, always within the actor's organisation."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from apps.accounts.models import Actor, User
from apps.accounts.roles import Permission, Role, may
from apps.incidents.causes import BY_KIND, BY_NAME, SEVERITIES
from apps.incidents.models import Incident, Maintenance, Notice, Rule, State
from apps.reconciliation import models as cases
from ocpp_platform.scope import scoped

Key = tuple[int, str]  # location, cause
CURRENT, SNOOZED = "current", "snoozed"
VIEWS = frozenset({CURRENT, SNOOZED, *State.values})


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """``state``: of State, ``current`` (what asks for a person) or ``snoozed``."""

    state: str = ""
    cause: str = ""
    severity: str = ""
    location: str = ""
    assignee: str = ""


def list_incidents(
    actor: Actor, wanted: IncidentFilter | None = None, *, now: datetime
) -> QuerySet[Incident]:
    """Newest first."""
    wanted = wanted or IncidentFilter()
    found = scoped(Incident, actor).select_related("location", "assignee", "only")
    found = found.filter(_in_state(wanted.state, now))
    if wanted.cause:
        found = found.filter(cause=wanted.cause)
    if wanted.severity:
        found = found.filter(severity=wanted.severity)
    if wanted.location:
        found = found.filter(location__name=wanted.location)
    if wanted.assignee:
        found = found.filter(assignee__username=wanted.assignee)
    return found.order_by("-opened_at", "-id")


def list_needing(actor: Actor, *, now: datetime) -> QuerySet[Incident]:
    """What asks for a person now, the worst first."""
    return worst_first(list_incidents(actor, IncidentFilter(CURRENT), now=now))


def worst_first(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """The worst first, and of those the oldest."""
    return incidents.annotate(rank=_rank()).order_by("rank", "since_at", "id")


def count_needing(actor: Actor, *, now: datetime) -> int:
    """How long ``list_needing`` is."""
    return list_incidents(actor, IncidentFilter(CURRENT), now=now).order_by().count()


def get_incident(actor: Actor, incident_id: int, *, now: datetime) -> Incident:
    """The incident, or Incident.DoesNotExist: also where it is somebody else's."""
    return list_incidents(actor, now=now).get(pk=incident_id)


def list_people(actor: Actor) -> QuerySet[User]:
    """To whom it can be given."""
    may_see = [role for role in Role if may(role, Permission.SEE_STATIONS)]
    people = scoped(User, actor).filter(is_active=True, role__in=may_see)
    return people.order_by("username")


def cases_of(incident: Incident) -> QuerySet[cases.Case]:
    """The cases of its cause at its site that are not closed; of a closed one those of its time."""
    kinds = BY_NAME[incident.cause].kinds
    there = cases.Case.objects.filter(station__location_id=incident.location_id, kind__in=kinds)
    if incident.closed_at is None:
        return there.exclude(state="closed")
    return there.filter(opened_at__lte=incident.closed_at, closed_at__gte=incident.opened_at)


def cases_left(incidents: list[Incident]) -> tuple[set[Key], set[Key]]:
    """Where cases of incidents that are over are open still, and where people decided them."""
    if not incidents:
        return set(), set()
    since = min(one.opened_at for one in incidents)
    there = cases.Case.objects.filter(
        Q(state="open") | Q(outcome="decided", closed_at__gte=since, is_current=True),
        station__location_id__in={one.location_id for one in incidents},
    )  # fmt: skip
    left: dict[str, set[Key]] = {"open": set(), "closed": set()}
    for location_id, kind, state in there.values_list("station__location_id", "kind", "state"):
        left[state].add((location_id, BY_KIND[kind].name))
    return left["open"], left["closed"]


def list_maintenance(actor: Actor, *, now: datetime) -> QuerySet[Maintenance]:
    """Work that goes on or is planned, the next first."""
    ahead = scoped(Maintenance, actor).filter(ends_at__gt=now)
    return ahead.select_related("location", "station").order_by("begins_at", "id")


def get_maintenance(actor: Actor, maintenance_id: int) -> Maintenance:
    """The work, or Maintenance.DoesNotExist."""
    return scoped(Maintenance, actor).select_related("location").get(pk=maintenance_id)


def _in_state(state: str, now: datetime) -> Q:
    asleep = Q(snoozed_until__gt=now)
    match state:
        case "":
            return Q()
        case "current":
            return ~Q(state=State.CLOSED) & (Q(snoozed_until=None) | ~asleep)
        case "snoozed":
            return ~Q(state=State.CLOSED) & asleep
    return Q(state=state)


def _rank() -> Case:
    ranks = [When(severity=s.value, then=Value(n)) for n, s in enumerate(SEVERITIES)]
    return Case(*ranks, default=Value(len(SEVERITIES)), output_field=IntegerField())


def list_rules(actor: Actor) -> QuerySet[Rule]:
    """Who is told, by name."""
    return scoped(Rule, actor).select_related("location").order_by("name", "id")


def get_rule(actor: Actor, rule_id: int) -> Rule:
    """The rule, or Rule.DoesNotExist."""
    return list_rules(actor).get(pk=rule_id)


def list_notices(actor: Actor, limit: int) -> list[Notice]:
    """What was told last, the newest first."""
    told = Notice.objects.filter(rule__in=scoped(Rule, actor)).order_by("-made_at", "-pk")
    return list(told.select_related("rule", "incident__location", "incident__only")[:limit])
