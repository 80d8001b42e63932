"""Writes: profiles that go out at their time, to a station, a location, a group or all.

Safe to run twice.

A push to an offline station waits in the outbox until it expires; what expired, or was refused,
is reported as a notice of the station.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import QuerySet

from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.domain import profile_rules
from apps.domain.command import BadParameters
from apps.domain.power import SetChargingProfile
from apps.domain.profiles import TX, Json, Reader, profile_json, read_profile
from apps.live.announce import announce
from apps.power import calendar
from apps.power.models import Push, PushDelivery
from apps.power.services import prepare
from apps.stations.models import Location, Station, StationNotice
from ocpp_platform.scope import Insider, scoped

REFUSED = "refused"
_REACHED = (State.ACCEPTED, State.CONFIRMED)
_OPEN = (State.QUEUED, State.SENT)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Whither:
    """One station, one location, a group of stations, or all stations of the organisation."""

    station: Station | None = None
    location: Location | None = None
    group: tuple[Station, ...] | None = None


def plan_push(
    *,
    organisation_id: int,
    name: str,
    profile: Json,
    evse_id: int,
    whither: Whither,
    due_at: datetime,
    every: str,
    timezone: str,
    expires_s: int,
    actor: str,
    now: datetime,
) -> Push:
    """Plan a push. BadParameters with everything that is wrong with it."""
    _check(profile, evse_id, due_at, every, timezone, now)
    push = Push.objects.create(
        organisation_id=organisation_id, name=name, station=whither.station,
        location=whither.location, evse_id=evse_id, profile=profile, due_at=due_at, every=every,
        timezone=timezone, expires_s=expires_s, actor=actor, created_at=now,
        is_of_group=whither.group is not None,
    )  # fmt: skip
    push.group.set(whither.group or ())
    announce(organisation_id, "power")
    return push


def group_of(actor: Insider, identities: Iterable[str]) -> tuple[Station, ...]:
    """The actor's stations of these names. BadParameters with those that are not there."""
    names = list(dict.fromkeys(identities))
    found = scoped(Station, actor).filter(identity__in=names)
    by_name = {station.identity: station for station in found}
    if missing := [name for name in names if name not in by_name]:
        raise BadParameters([f"There is no station {name!r}" for name in missing[:20]])
    return tuple(by_name.values())


def cancel_push(push: Push) -> None:
    """It is never due again; what is in the outbox already stays there."""
    Push.objects.filter(pk=push.pk).update(due_at=None)
    announce(push.organisation_id, "power")


def push_due(*, now: datetime) -> int:
    """Put what is due into the outbox; how many commands that were."""
    queued = 0
    for push in Push.objects.filter(due_at__lte=now).order_by("due_at")[:_AT_ONCE]:
        due_at = push.due_at
        if due_at is None:
            continue
        for station in _targets(push):
            queued += _deliver(push, station, due_at, now)
        following = calendar.next_due(due_at, push.every, push.timezone, now)
        Push.objects.filter(pk=push.pk, due_at=due_at).update(due_at=following)
        announce(push.organisation_id, "power")
    return queued


def report_outcomes(*, now: datetime) -> int:
    """Note what became of deliveries; a station that was not reached gets a notice."""
    waiting = list(PushDelivery.objects.filter(outcome="").select_related("push")[:500])
    rows = CommandRow.objects.in_bulk([d.command_id for d in waiting if d.command_id])
    settled = 0
    for delivery in waiting:
        row = rows.get(delivery.command_id or 0)
        if row is not None and row.state not in _OPEN:
            settled += _settle(delivery, row, now)
    return settled


@transaction.atomic
def _deliver(push: Push, station: Station, due_at: datetime, now: datetime) -> int:
    delivery, is_new = PushDelivery.objects.get_or_create(push=push, station=station, due_at=due_at)
    if not is_new:
        return 0
    template = read_profile(push.profile, Reader())
    profile = profile_json(calendar.dated(template, due_at))
    try:
        command = prepare(station, SetChargingProfile(push.evse_id, profile))
    except BadParameters as error:
        delivery.outcome, delivery.problem = REFUSED, "; ".join(error.problems)
        delivery.save(update_fields=["outcome", "problem"])
        _notice(delivery, push, delivery.problem, now)
        return 0
    row = queue(
        organisation_id=push.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=command,
        now=now,
        actor=push.actor,
        reason=f"Planned push: {push.name}",
        expires_s=push.expires_s,
    )
    PushDelivery.objects.filter(pk=delivery.pk).update(command_id=row.pk)
    return 1


@transaction.atomic
def _settle(delivery: PushDelivery, row: CommandRow, now: datetime) -> int:
    """Once: the outcome is taken by a conditional UPDATE."""
    mine = PushDelivery.objects.filter(pk=delivery.pk, outcome="")
    if not mine.update(outcome=row.state):
        return 0
    if row.state not in _REACHED:
        _notice(delivery, delivery.push, _words(row), now)
    return 1


def _words(row: CommandRow) -> str:
    if row.state == State.EXPIRED:
        return "It expired: the station was not there in time"
    return " ".join(filter(None, (row.get_state_display(), row.detail)))


def _notice(delivery: PushDelivery, push: Push, why: str, now: datetime) -> None:
    StationNotice.objects.create(
        station_id=delivery.station_id,
        kind="power",
        title=f"Power push not taken: {push.name}"[:120],
        detail=why[:255],
        at=delivery.due_at,
        received_at=now,
    )
    announce(push.organisation_id, f"station:{delivery.station_id}")


def _targets(push: Push) -> QuerySet[Station]:
    stations = Station.objects.filter(organisation_id=push.organisation_id)
    if push.station_id is not None:
        stations = stations.filter(pk=push.station_id)
    elif push.location_id is not None:
        stations = stations.filter(location_id=push.location_id)
    elif push.is_of_group:
        stations = stations.filter(pk__in=push.group.all())
    return stations.order_by("pk")


def _check(
    given: Json, evse_id: int, due_at: datetime, every: str, timezone: str, now: datetime
) -> None:
    reader = Reader()
    template = read_profile(given, reader)
    problems = reader.problems + _zone_problems(timezone)
    if every not in (Push.ONCE, Push.DAILY, Push.WEEKLY):
        problems.append("'every' must be daily, weekly or left out")
    if due_at < now:
        problems.append("The time of the push has passed: choose a later one")
    if template.purpose == TX:
        problems.append("A push reaches stations, not one session: it cannot carry a TxProfile")
    elif not reader.problems:
        dated = calendar.dated(template, due_at)
        problems += profile_rules.check(dated, evse_id)
    if problems:
        raise BadParameters(problems)


def _zone_problems(timezone: str) -> list[str]:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return [f"{timezone!r} is no time zone; one like Europe/Amsterdam is needed"]
    return []
