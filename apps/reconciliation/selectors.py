"""Reads: cases, always within the actor's organisation."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.reconciliation.life import State
from apps.reconciliation.models import Case
from apps.reconciliation.paired import list_cases_beside
from ocpp_platform.scope import scoped

UNSETTLED = "unsettled"
COUNTED_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """``state``: of life.State, or ``unsettled``; empty words narrow nothing."""

    state: str = ""
    kind: str = ""
    station: str = ""
    location: str = ""
    session: int | None = None
    after: datetime | None = None
    before: datetime | None = None


def list_cases(actor: Actor, wanted: CaseFilter | None = None) -> QuerySet[Case]:
    """Newest first."""
    cases = scoped(Case, actor).select_related("station__location", "session")
    for name, value in _conditions(wanted or CaseFilter()).items():
        cases = cases.filter(**{name: value})
    if wanted is not None and wanted.state == UNSETTLED:
        cases = cases.exclude(state=State.CLOSED.value)
    return cases.order_by("-opened_at", "-id")


def get_case(actor: Actor, case_id: int) -> Case:
    """The case, or Case.DoesNotExist: also where it is somebody else's."""
    return list_cases(actor).get(pk=case_id)


def list_of_session(actor: Actor, session_id: int) -> QuerySet[Case]:
    """All cases of one session, newest first; those that it is the other session of, too."""
    beside = list_cases_beside(session_id)
    return list_cases(actor).filter(Q(session_id=session_id) | Q(pk__in=beside))


def list_of_station(actor: Actor, station_id: int) -> QuerySet[Case]:
    """What is not settled at a station, newest first."""
    return list_cases(actor, CaseFilter(state=UNSETTLED)).filter(station_id=station_id)


def count_open(actor: Actor) -> int:
    """Cases that ask for a person; one more than COUNTED_AT_MOST where there are more."""
    waiting = scoped(Case, actor).filter(state=State.OPEN.value).order_by()
    return waiting.values("pk")[: COUNTED_AT_MOST + 1].count()


def _conditions(wanted: CaseFilter) -> dict[str, object]:
    given = {
        "state": "" if wanted.state == UNSETTLED else wanted.state,
        "kind": wanted.kind,
        "station__identity": wanted.station,
        "station__location__name": wanted.location,
        "session_id": wanted.session,
        "opened_at__gte": wanted.after,
        "opened_at__lt": wanted.before,
    }
    return {name: value for name, value in given.items() if value not in ("", None)}
