"""Limits that go out at their time, to a station, a location, a group or all: a campaign.

A limit for an offline station waits in the outbox until it expires; what expired, or was refused,
is reported as a notice of the station.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from apps.campaigns.audience import Audience, check_reach
from apps.campaigns.kinds import Kind, Over, Send
from apps.campaigns.life import Life
from apps.campaigns.models import Campaign, Target
from apps.campaigns.services import Time, call_off, plan_campaign
from apps.domain import profile_rules
from apps.domain.command import BadParameters
from apps.domain.power import SetChargingProfile
from apps.domain.profiles import (
    RELATIVE,
    TX,
    ChargingProfile,
    Json,
    Reader,
    profile_json,
    read_profile,
)
from apps.history import kinds
from apps.history.doers import Doer
from apps.history.kinds import PUSH_CALLED_OFF, PUSH_PLANNED
from apps.history.services import record
from apps.live.announce import announce_all
from apps.power.composite import Held
from apps.power.rules import Facts
from apps.power.selectors import facts_of_many, profile_of
from apps.power.services import fitted, hold_numbers
from apps.stations.models import StationNotice


class PlannedLimits(Kind):
    """``parameters``: {"evse_id", "profile" (as profile_json)}; a schedule without beginning
    begins with the turn.
    """

    name = "planned_limit"

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Send | Over]:  # noqa: ARG002
        """Numbers are given to stations that nobody else numbers profiles of just now."""
        free = hold_numbers([target.station_id for target in targets], skip_held=True)
        mine = [target for target in targets if target.station_id in free]
        facts = facts_of_many({target.station_id: target.station for target in mine}.values())
        return {target.pk: _next(target, facts) for target in mine}

    def follow(self, over: Sequence[Target], now: datetime) -> None:
        lost = [target for target in over if target.state == Life.FAILED]
        StationNotice.objects.bulk_create(
            StationNotice(
                station_id=target.station_id,
                kind="power",
                title=f"Power push not taken: {target.campaign.name}"[:120],
                detail=target.problem[:255],
                at=target.turn_at,
                received_at=now,
            )
            for target in lost
        )
        announce_all((t.campaign.organisation_id, f"station:{t.station_id}") for t in lost)


@dataclass(frozen=True, slots=True)
class Limit:
    """A profile at an EVSE (0: the whole station), in time."""

    evse_id: int
    profile: Json
    time: Time


@transaction.atomic
def plan_limit(
    *,
    organisation_id: int,
    name: str,
    limit: Limit,
    audience: Audience,
    actor: Doer,
    now: datetime,
) -> Campaign:
    """BadParameters with everything that is wrong with it."""
    check_reach(actor, audience)
    campaign = plan_campaign(
        organisation_id=organisation_id, kind=LIMITS, name=name,
        parameters={"evse_id": limit.evse_id, "profile": limit.profile}, audience=audience,
        time=limit.time, actor=actor.label, now=now, problems=_problems(limit),
    )  # fmt: skip
    _record(PUSH_PLANNED, campaign, actor)
    return campaign


@transaction.atomic
def call_off_limit(campaign: Campaign, *, actor: Doer) -> None:
    """It is never due again; what is in the outbox already stays there."""
    if call_off(campaign):
        _record(PUSH_CALLED_OFF, campaign, actor)


def _record(kind: kinds.Kind, campaign: Campaign, actor: Doer) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=campaign.organisation_id,
        subject=(campaign.pk, campaign.name),
        station_id=campaign.station_id,
    )


def dated(profile: ChargingProfile, due_at: datetime) -> ChargingProfile:
    """The profile with its beginnings: a schedule without one begins when the turn does.

    Recurring profiles count in UTC and would move by an hour with daylight saving; a limit that
    is sent anew each day does not.
    """
    if profile.kind == RELATIVE:
        return profile
    schedules = tuple(
        schedule if schedule.start_at is not None else replace(schedule, start_at=due_at)
        for schedule in profile.schedules
    )
    return replace(profile, schedules=schedules)


def _next(target: Target, facts: dict[int, Facts]) -> Send | Over:
    """``facts`` learn what goes out, so that the next profile for the station has its number.

    One profile of a purpose and level lies at an EVSE, so the newest is enough.
    """
    given, known = target.campaign.parameters, facts[target.station_id]
    evse_id, profile = given["evse_id"], dated(profile_of(given["profile"]), target.turn_at)
    try:
        numbered = fitted(profile, evse_id, known)
    except BadParameters as error:
        return Over("; ".join(error.problems))
    others = [held for held in known.held if held.profile.id != numbered.id]
    facts[target.station_id] = replace(known, held=[*others, Held(evse_id, numbered)])
    return Send(
        SetChargingProfile(evse_id, profile_json(numbered)),
        f"Planned push: {target.campaign.name}",
        purpose=f"{profile.purpose} {profile.stack_level} at EVSE {evse_id}",
    )


def _problems(limit: Limit) -> list[str]:
    reader = Reader()
    template = read_profile(limit.profile, reader)
    if template.purpose == TX:
        said = "A push reaches stations, not one session: it cannot carry a TxProfile"
        return [*reader.problems, said]
    if reader.problems:
        return reader.problems
    return profile_rules.check(dated(template, limit.time.due_at), limit.evse_id)


LIMITS = PlannedLimits()
