"""Writes: incidents open, grow and close; people take them, put them off, and close them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Actor, User
from apps.history.doers import CLOCK, Doer
from apps.history.kinds import (
    INCIDENT_ACKNOWLEDGED,
    INCIDENT_ASSIGNED,
    INCIDENT_CLOSED,
    INCIDENT_NOTED,
    INCIDENT_OPENED,
    INCIDENT_REOPENED,
    INCIDENT_SNOOZED,
    Kind,
)
from apps.history.models import Position
from apps.history.services import fact_of, record_many
from apps.incidents.gathering import Gathered, gather
from apps.incidents.models import Incident, State
from apps.incidents.selectors import cases_left, cases_of
from apps.live.announce import announce_all
from apps.reconciliation import services as cases

TURN = "incidents"  # one at a time brings cases together
OVER = "Its cause is gone."
DECIDED = "Its cases were decided."
MAINTENANCE = "There is maintenance now."
_SHOWN = (
    "severity", "kinds", "cases", "stations", "of", "since_at", "worst", "state",
    "snoozed_until", "only",
)  # fmt: skip


@transaction.atomic
def keep_incidents(*, now: datetime) -> None:
    """Open, renew and close what the open cases say. Safe to run twice, and at once."""
    Position.objects.get_or_create(name=TURN)
    Position.objects.select_for_update().get(name=TURN)
    found = gather(now)
    current = (
        Incident.objects.exclude(state=State.CLOSED)
        .select_related("only")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    held = {(one.location_id, one.cause): one for one in current}
    _close([one for key, one in held.items() if key not in found], now)
    _renew([(held[key], one) for key, one in found.items() if key in held])
    _open([one for key, one in found.items() if key not in held], now)


def acknowledge(incident: Incident, *, actor: Actor, now: datetime) -> bool:
    """Somebody looks after it; with more cases it is open again."""
    return _change(
        incident, INCIDENT_ACKNOWLEDGED, actor, "",
        state=State.ACKNOWLEDGED, acknowledged_by=actor.label[:160], acknowledged_at=now,
        worst=incident.cases, snoozed_until=None,
    )  # fmt: skip


def assign(incident: Incident, to: User | None, *, actor: Actor) -> bool:
    """Give it to somebody of the organisation; None: to nobody."""
    return _change(
        incident, INCIDENT_ASSIGNED, actor, f"to {to.label}" if to else "to nobody", assignee=to
    )


def snooze(incident: Incident, until: datetime, *, actor: Actor) -> bool:
    """Leave it out of what needs a person until then, or until it gets worse."""
    return _change(
        incident, INCIDENT_SNOOZED, actor, f"until {until:%Y-%m-%d %H:%M} UTC",
        snoozed_until=until, worst=incident.cases,
    )  # fmt: skip


def note(incident: Incident, text: str, *, actor: Actor) -> None:
    """Write something down for the next who looks at it."""
    record_many([_fact(INCIDENT_NOTED, incident, actor, text)])
    _announce([incident])


@transaction.atomic
def close(incident: Incident, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Close it with all its cases: they are dismissed, and asked for no more while they last."""
    open_cases = list(cases_of(incident).filter(state="open").values_list("pk", flat=True))
    done = _change(
        incident, INCIDENT_CLOSED, actor, reason, state=State.CLOSED, closed_at=now,
        closed_by=actor.label[:160], reason=reason[:200], snoozed_until=None,
    )  # fmt: skip
    if done:
        cases.decide_all(open_cases, cases.Decision("dismiss", actor, reason), now=now)
    return done


def _open(found: list[Gathered], now: datetime) -> None:
    rows = Incident.objects.bulk_create(
        Incident(
            organisation_id=one.organisation_id, location_id=one.location_id,
            cause=one.cause.name, opened_at=now, **_told(one), worst=one.cases,
        )
        for one in found
    )  # fmt: skip
    made = list(_named(rows))
    record_many(_fact(INCIDENT_OPENED, one, CLOCK) for one in made)
    _announce(made)


def _renew(pairs: list[tuple[Incident, Gathered]]) -> None:
    changed, again = [], []
    for incident, one in pairs:
        told = _told(one)
        if all(getattr(incident, name) == value for name, value in told.items()):
            continue
        for name, value in told.items():
            setattr(incident, name, value)
        if incident.cases > incident.worst:
            if incident.state == State.ACKNOWLEDGED:
                incident.state = State.OPEN
                again.append(incident)
            incident.worst, incident.snoozed_until = incident.cases, None
        changed.append(incident)
    Incident.objects.bulk_update(changed, _SHOWN)
    record_many(_fact(INCIDENT_REOPENED, one, CLOCK) for one in _named(again))
    _announce(changed)


def _close(gone: list[Incident], now: datetime) -> None:
    """Each for its own reason: what is only decided, or under maintenance, is not over."""
    for reason, some in _by_reason(gone).items():
        Incident.objects.filter(pk__in=[one.pk for one in some]).update(
            state=State.CLOSED, closed_at=now, closed_by=CLOCK.label, reason=reason,
            snoozed_until=None,
        )  # fmt: skip
        for one in some:
            one.reason = reason
        record_many(_fact(INCIDENT_CLOSED, one, CLOCK, reason) for one in some)
    _announce(gone)


def _by_reason(gone: list[Incident]) -> dict[str, list[Incident]]:
    open_there, decided_there = cases_left(gone)
    found: dict[str, list[Incident]] = {}
    for one in gone:
        key = (one.location_id, one.cause)
        why = MAINTENANCE if key in open_there else DECIDED if key in decided_there else OVER
        found.setdefault(why, []).append(one)
    return found


def _named(incidents: list[Incident]) -> Iterable[Incident]:
    """As they are written, with the stations that their lines name."""
    found = Incident.objects.filter(pk__in=[one.pk for one in incidents])
    return found.select_related("only").order_by("pk") if incidents else ()


def _told(one: Gathered) -> dict[str, Any]:
    return {
        "severity": one.severity.value, "kinds": sorted(one.kinds), "cases": one.cases,
        "stations": len(one.stations), "of": one.of, "since_at": one.since,
        "only_id": next(iter(one.stations)) if len(one.stations) == 1 else None,
    }  # fmt: skip


@transaction.atomic
def _change(incident: Incident, kind: Kind, actor: Doer, why: str, **fields: Any) -> bool:
    """False where it was closed meanwhile."""
    current = Incident.objects.filter(pk=incident.pk).exclude(state=State.CLOSED)
    if not current.update(**fields):
        return False
    incident.refresh_from_db()
    record_many([_fact(kind, incident, actor, why)])
    _announce([incident])
    return True


def _fact(kind: Kind, incident: Incident, by: Doer, reason: str = "") -> Any:
    return fact_of(
        kind, actor=by, organisation_id=incident.organisation_id,
        subject=(incident.pk, incident.title), reason=reason,
        details={"cause": incident.cause, "location_id": incident.location_id,
                 "severity": incident.severity, "cases": incident.cases},
    )  # fmt: skip


def _announce(incidents: Iterable[Incident]) -> None:
    announce_all(
        (one.organisation_id, topic)
        for one in incidents
        for topic in ("incidents", f"incident:{one.pk}")
    )
