"""Cases about two sessions: each belongs to one of the two, and is about the other as well."""

from collections.abc import Collection

from django.db.models import QuerySet

from apps.reconciliation.kinds import BETWEEN, OVERLAP, TWICE
from apps.reconciliation.models import Case
from apps.sessions.models import Session

KINDS = (BETWEEN, OVERLAP, TWICE)


def list_paired(ids: Collection[int]) -> set[int]:
    """Sessions with a current case that is also about one of these."""
    return {case.session_id for case in _naming(ids) if case.session_id}


def list_cases_beside(session_id: int) -> list[int]:
    """Numbers of the current cases that belong to another session, and are also about this one."""
    return [case.pk for case in _naming([session_id]) if case.session_id != session_id]


def _naming(ids: Collection[int]) -> list[Case]:
    stations = Session.objects.filter(pk__in=ids).values("station_id")
    current: QuerySet[Case] = Case.objects.filter(
        kind__in=KINDS, is_current=True, station_id__in=stations
    ).only("session_id", "evidence")
    wanted = {("session", pk) for pk in ids}
    return [case for case in current if wanted & {(e["link"], e["key"]) for e in case.evidence}]
