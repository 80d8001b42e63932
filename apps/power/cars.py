"""Writes: what cars want by ISO 15118, what they are offered, what they mean to do.

A profile is sent because a car told its needs or broke its limits, never for another reason
(K15 to K17): the operator may always set one himself.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from apps.commands.models import CommandRow
from apps.commands.services import queue
from apps.domain.command import BadParameters
from apps.domain.power import EvNeedsTold, EvScheduleTold, SetChargingProfile
from apps.domain.profile_rules import MOST_PERIODS
from apps.domain.profiles import TX, ChargingSchedule, profile_json, schedule_json
from apps.power import offers, selectors
from apps.power.composite import Held, Running, composite
from apps.power.models import EvPlan, HeldProfile
from apps.power.rules import ProfileLimits
from apps.power.services import hold_numbers, prepare
from apps.stations.models import Connector, Station

ACTOR = "ISO 15118"
ACCEPTED, REJECTED = "Accepted", "Rejected"
OFFER_EXPIRY_S = 60  # a profile must be there within a minute (K15.FR.08)


@dataclass(frozen=True, slots=True)
class Charging:
    """The session that a car speaks of, as the caller knows it."""

    session_id: int
    transaction_id: str
    offered_at: datetime | None


def take_needs(
    station: Station, event: EvNeedsTold, charging: Charging | None, now: datetime
) -> str:
    """The answer to NotifyEVChargingNeeds; on Accepted an offer is in the outbox."""
    if charging is None:
        return REJECTED
    plan, _ = EvPlan.objects.update_or_create(
        station=station,
        transaction_id=charging.transaction_id,
        defaults={
            "evse_id": event.evse_id,
            "session_id": charging.session_id,
            "mode": event.mode[:20],
            "max_tuples": event.max_tuples,
            "departure_at": event.departure_at,
            "energy_wh": event.energy_wh,
            "most_w": event.most_w,
            "most_a": event.most_a,
            "needs": event.needs,
            "needs_at": now,
        },
    )
    offered = _offer(station, plan, charging, now, "The car told its needs")
    plan.answer = ACCEPTED if offered else REJECTED
    plan.save(update_fields=["answer"])
    return plan.answer


def take_schedule(
    station: Station, event: EvScheduleTold, charging: Charging | None, now: datetime
) -> str:
    """The answer to NotifyEVChargingSchedule; a schedule beyond the limits brings a new offer."""
    if charging is None:
        return REJECTED
    plan, _ = EvPlan.objects.get_or_create(
        station=station,
        transaction_id=charging.transaction_id,
        defaults={"evse_id": event.evse_id, "session_id": charging.session_id},
    )
    asked = selectors.question(
        station,
        event.evse_id,
        start_at=event.base_at,
        duration_s=event.schedule.duration_s or offers.HORIZON_S,
        unit=event.schedule.unit,
    )
    running = {event.evse_id: Running(charging.transaction_id, charging.offered_at)}
    held = selectors.held_at(station.pk, with_waiting=True) + selectors.imposed_on(station.pk)
    pieces = composite(held, replace(asked, running=running))
    plan.schedule, plan.base_at = schedule_json(event.schedule), event.base_at
    plan.schedule_at = now
    plan.is_within = offers.is_within(event.schedule, pieces)
    plan.save(update_fields=["schedule", "base_at", "schedule_at", "is_within"])
    if not plan.is_within:
        _offer(station, plan, charging, now, "The car meant to exceed its limits")
    return ACCEPTED if plan.is_within else REJECTED


def _offer(
    station: Station, plan: EvPlan, charging: Charging, now: datetime, why: str
) -> CommandRow | None:
    """Queue a TxProfile for the car; None where nothing can be offered."""
    hold_numbers([station.pk])
    number = _own_number(station, plan)
    held = selectors.held_at(station.pk, with_waiting=True)
    others = [one for one in held if one.profile.id != number]
    limits = selectors.limits(station.pk)
    schedule = _schedule(station, plan, charging, others, limits, now)
    if schedule is None:
        return None
    level = _level(others, charging.transaction_id, limits.stack_level)
    profile = offers.tx_profile(schedule, charging.transaction_id, number=number, level=level)
    wanted = SetChargingProfile(plan.evse_id, profile_json(profile))
    try:
        command = prepare(station, wanted, {charging.transaction_id: plan.evse_id})
    except BadParameters:
        return None
    row = queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=command,
        now=now,
        actor=ACTOR,
        reason=why,
        session_id=charging.session_id,
        expires_s=OFFER_EXPIRY_S,
    )
    plan.offer_command_id = row.pk
    plan.save(update_fields=["offer_command_id"])
    return row


def _schedule(
    station: Station,
    plan: EvPlan,
    charging: Charging,
    others: list[Held],
    limits: ProfileLimits,
    now: datetime,
) -> ChargingSchedule | None:
    """As much as all other profiles and limits leave, and the car can take."""
    unit = offers.unit_for(plan.mode, limits.units)
    tuples = min(plan.max_tuples or MOST_PERIODS, limits.periods or MOST_PERIODS)
    wish = offers.Wish(unit, _most(station, plan, unit), offers.PHASES.get(plan.mode), tuples)
    asked = selectors.question(
        station,
        plan.evse_id,
        start_at=now,
        duration_s=offers.horizon_s(now, plan.departure_at),
        unit=unit,
    )
    running = {plan.evse_id: Running(charging.transaction_id, charging.offered_at)}
    pieces = composite(others + selectors.imposed_on(station.pk), replace(asked, running=running))
    return offers.offer(pieces, wish, start_at=offers.base(now))


def _own_number(station: Station, plan: EvPlan) -> int:
    """The id of our offers to this car, which the next one replaces; 0 where there is none.

    An answer may be older than the newest offer, and somebody else may have taken the id since.
    """
    ours = CommandRow.objects.filter(
        station_id=station.pk,
        name=SetChargingProfile.declared.name,
        session_id=plan.session_id,
        actor=ACTOR,
    ).order_by("-pk")
    row = ours.first()
    if row is None:
        return 0
    number = int(row.parameters["profile"]["id"])
    held = HeldProfile.objects.filter(station=station, number=number).first()
    is_free = held is None or ours.filter(pk=held.command_id or 0).exists()
    return number if is_free else 0


def _level(others: list[Held], transaction_id: str, most: int | None) -> int:
    """Above what the operator set for this session, so that both his limits and ours count."""
    levels = [
        held.profile.stack_level
        for held in others
        if held.profile.purpose == TX and held.profile.transaction_id == transaction_id
    ]
    level = max(levels, default=-1) + 1
    return level if most is None else min(level, most)


def _most(station: Station, plan: EvPlan, unit: str) -> float:
    """The car's most, or the connector's where the car did not say, or any plug's."""
    most = offers.most_for(plan.mode, unit, most_a=plan.most_a, most_w=plan.most_w)
    if most is not None:
        return most
    places = Connector.objects.filter(station=station, evse__number=plan.evse_id)
    rated_w = max((c.max_power_w or 0 for c in places), default=0) or None
    rated = offers.most_for(plan.mode, unit, most_a=None, most_w=rated_w)
    return offers.ceiling(plan.mode, unit) if rated is None else rated
