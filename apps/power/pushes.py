"""Writes: profiles are planned for a time, to a station, a location, a group or all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from apps.domain import profile_rules
from apps.domain.command import BadParameters
from apps.domain.profiles import TX, Json, Reader, read_profile
from apps.history import kinds
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce
from apps.power import calendar
from apps.power.models import Push
from apps.stations.models import Location, Station
from ocpp_platform.scope import Insider, scoped


@dataclass(frozen=True, slots=True)
class Whither:
    """One station, one location, a group of stations, or all stations of the organisation."""

    station: Station | None = None
    location: Location | None = None
    group: tuple[Station, ...] | None = None


@transaction.atomic
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
    actor: Doer,
    now: datetime,
) -> Push:
    """Plan a push. BadParameters with everything that is wrong with it."""
    _check(profile, evse_id, due_at, every, timezone, now)
    push = Push.objects.create(
        organisation_id=organisation_id, name=name, station=whither.station,
        location=whither.location, evse_id=evse_id, profile=profile, due_at=due_at, every=every,
        timezone=timezone, expires_s=expires_s, actor=actor.label, created_at=now,
        is_of_group=whither.group is not None,
    )  # fmt: skip
    push.group.set(whither.group or ())
    _record(kinds.PUSH_PLANNED, push, actor)
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


@transaction.atomic
def cancel_push(push: Push, *, actor: Doer) -> None:
    """It is never due again; what is in the outbox already stays there."""
    Push.objects.filter(pk=push.pk).update(due_at=None)
    _record(kinds.PUSH_CALLED_OFF, push, actor)
    announce(push.organisation_id, "power")


def _record(kind: kinds.Kind, push: Push, actor: Doer) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=push.organisation_id,
        subject=(push.pk, push.name),
        station_id=push.station_id,
    )


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
