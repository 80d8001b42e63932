"""Sessions that run, and do not run as they should."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.domain.vocabulary import ConnectorStatus, SessionState
from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding, Moment
from apps.sessions.flow import FRESH
from apps.sessions.models import Session
from apps.stations.models import Connector
from ocpp_platform import keyset

_ANSWER = timedelta(minutes=1)  # in which an answer comes
_CHARGING = SessionState.CHARGING.value
_IDLE = (
    ConnectorStatus.AVAILABLE.value, ConnectorStatus.RESERVED.value,
    ConnectorStatus.UNAVAILABLE.value, ConnectorStatus.FAULTED.value,
)  # fmt: skip


def silent(moment: Moment) -> Iterator[Finding]:
    """Online, asked for, and not heard of since."""
    asked = Q(asked_at__lte=moment.now - _ANSWER, asked_at__gt=F("last_received_at"))
    for session in _running(asked, is_connected=True):
        yield _found(
            kinds.SILENT, session, session.last_received_at,
            Evidence("Last heard of", session.last_received_at, "session", session.pk),
            Evidence("Asked for", session.asked_at, "session", session.pk),
        )  # fmt: skip


def stuck_offline(moment: Moment) -> Iterator[Finding]:
    """At a station that has been offline for long."""
    since = moment.ago("offline_session")
    lost = Q(station__connection_changed_at__lte=since, last_received_at__lte=since)
    for session in _running(lost, is_connected=False):
        yield _found(
            kinds.STUCK_OFFLINE, session, session.last_received_at,
            Evidence("Last heard of", session.last_received_at, "session", session.pk),
            Evidence("Its station has been offline since", session.station.connection_changed_at),
        )  # fmt: skip


def without_energy(moment: Moment) -> Iterator[Finding]:
    """Charges, as its station says, and was seen by a right clock to stand still for so long."""
    patience = timedelta(seconds=moment.waits_s["no_flow"])
    seen = F("sampled_at") - patience
    still = (
        Q(state=_CHARGING, started_at__lte=seen, last_received_at__gte=moment.now - FRESH)
        & Q(sampled_at__range=(moment.now - FRESH, moment.now + FRESH))
        & (Q(flowed_at__lte=seen) | Q(flowed_at=None))
        & Q(~Exists(_says_otherwise()))
    )
    for session in _running(still, is_connected=True):
        begun = session.flowed_at or session.started_at
        yield _found(
            kinds.NO_FLOW, session, begun,
            Evidence("No energy has flowed since", begun, "session", session.pk),
            Evidence("Last measured", session.sampled_at, "session", session.pk),
        )  # fmt: skip


WATCHES = {
    kinds.SILENT: silent,
    kinds.STUCK_OFFLINE: stuck_offline,
    kinds.NO_FLOW: without_energy,
}


def _says_otherwise() -> QuerySet[Connector]:
    """The connector of a session that says itself that nothing charges there."""
    number = Coalesce(OuterRef("connector_id"), F("number"))
    return Connector.objects.filter(
        station_id=OuterRef("station_id"), evse__number=OuterRef("evse_id"), number=number,
        status__in=_IDLE,
    )  # fmt: skip


def _running(such: Q, *, is_connected: bool) -> Iterator[Session]:
    rows: QuerySet[Session] = Session.objects.filter(
        such, ended_at__isnull=True, station__is_connected=is_connected
    ).select_related("station")
    for page in keyset.pages(rows):
        yield from page


def _found(kind: str, session: Session, since: datetime, *evidence: Evidence) -> Finding:
    return Finding(
        kind, f"session-{session.pk}", session.organisation_id, session.station_id, since,
        evidence, session.pk, session.evse_id,
    )  # fmt: skip
