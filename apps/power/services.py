"""Writes: a command made ready for its station, and what its answer and reports tell us."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from apps.commands.models import CommandRow
from apps.commands.questions import ask_later
from apps.commands.selectors import find_numbered, list_by_hand
from apps.commands.services import Whom
from apps.domain.command import BadParameters, Command
from apps.domain.commands import StartSession
from apps.domain.identifiers import key_of
from apps.domain.power import (
    ClearChargingProfile,
    GetChargingProfiles,
    LimitCleared,
    LimitNotified,
    ProfilesReported,
    SetChargingProfile,
)
from apps.domain.profiles import (
    EXTERNAL,
    TX,
    ChargingProfile,
    CompositeSchedule,
    period_json,
    profile_json,
    schedule_json,
)
from apps.live.announce import announce
from apps.power import keeping, rules, selectors
from apps.power.models import ExternalLimit, HeldProfile, StationSchedule
from apps.power.rules import Facts
from apps.power.ways import as_laid
from apps.stations.models import Station


def prepare(
    station: Station, command: Command, running: Mapping[str, int | None] | None = None
) -> Command:
    """The command as this station can take it, its profile numbered.

    Call it in the transaction that queues, so that no other is given the number. ``running``:
    EVSE by transaction id of sessions that are not in the database yet. BadParameters with
    everything that this station would refuse. Other commands pass as they are.
    """
    if isinstance(command, SetChargingProfile):
        profile = _fitting(station, command.charging_profile(), command.evse_id, running)
        return replace(command, profile=profile_json(profile))
    if isinstance(command, StartSession) and command.charging_profile is not None:
        given = selectors.profile_of(command.charging_profile)
        profile = _fitting(station, given, command.evse_id or command.connector_id or 0)
        return replace(command, charging_profile=profile_json(profile))
    return command


@transaction.atomic
def check(station: Station, command: Command) -> None:
    """BadParameters as ``prepare``, for who only asks: no number is given."""
    prepare(station, command)


def hold_numbers(keys: Collection[int], *, skip_held: bool = False) -> set[int]:
    """Until this transaction ends nobody else numbers profiles of these stations; which they are.

    ``skip_held``: those that another process holds are not waited for.
    """
    rows = Station.objects.select_for_update(no_key=True, skip_locked=skip_held)
    return set(rows.filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))


def _fitting(
    station: Station,
    profile: ChargingProfile,
    evse_id: int,
    running: Mapping[str, int | None] | None = None,
) -> ChargingProfile:
    if not profile.id:
        hold_numbers([station.pk])
    facts = selectors.facts_of(station)
    return fitted(profile, evse_id, replace(facts, open_at={**facts.open_at, **(running or {})}))


def fitted(profile: ChargingProfile, evse_id: int, facts: Facts) -> ChargingProfile:
    """The profile with its number. BadParameters with everything that the station would refuse."""
    numbered = profile if profile.id else replace(profile, id=number_for(profile, evse_id, facts))
    problems = rules.check(numbered, evse_id, facts)
    if problems:
        raise BadParameters(list(dict.fromkeys(problems)))
    return numbered


def number_for(profile: ChargingProfile, evse_id: int, facts: Facts) -> int:
    """The id of the profile that this one replaces where it will lie, else a new one."""
    profile, evse_id = as_laid(profile, evse_id, facts)
    for held in facts.held:
        if rules.is_same_place(held, profile, evse_id) and held.profile.purpose != EXTERNAL:
            return held.profile.id
    return max((held.profile.id for held in facts.held), default=0) + 1


def keep(
    station: Station, evse_id: int, profile: ChargingProfile, command_id: int, now: datetime
) -> HeldProfile:
    """A profile that the station accepted from us: it replaces the one with its id."""
    same = HeldProfile.objects.filter(station=station, number=profile.id)
    same.exclude(purpose=EXTERNAL).delete()
    if station.traits.is_replacing_profiles:
        HeldProfile.objects.filter(
            station=station,
            evse_id=evse_id,
            purpose=profile.purpose,
            stack_level=profile.stack_level,
            transaction_id=profile.transaction_id,
        ).delete()
    row, _ = HeldProfile.objects.update_or_create(
        station=station,
        evse_id=evse_id,
        number=profile.id,
        defaults=_columns(profile) | {"command_id": command_id, "known_at": now},
    )
    return row


def forget(station: Station, command: ClearChargingProfile) -> None:
    """What a station cleared; limits of others are not ours to clear (K10)."""
    rows = HeldProfile.objects.filter(station=station).exclude(purpose=EXTERNAL)
    wanted = {
        "number": command.profile_id,
        "evse_id": command.evse_id,
        "purpose": command.purpose,
        "stack_level": command.stack_level,
    }
    rows.filter(**{name: value for name, value in wanted.items() if value is not None}).delete()


def take_report(station: Station, event: ProfilesReported, now: datetime) -> None:
    """A part of a report. What it names is so; with the last part, the rest of what was asked
    for is gone.
    """
    for profile in event.profiles:
        facts = {
            "source": event.source,
            "is_reported": True,
            "report_id": event.request_id,
            "known_at": now,
        }
        HeldProfile.objects.filter(station=station, number=profile.id).exclude(
            report_id=event.request_id
        ).delete()
        HeldProfile.objects.update_or_create(
            station=station,
            evse_id=event.evse_id,
            number=profile.id,
            defaults=_columns(profile) | facts,
        )
    asked = find_numbered(station.pk, event.request_id, GetChargingProfiles.declared.name)
    if event.is_last and asked is not None:
        assumed = asked_for(station, asked)
        assumed.exclude(report_id=event.request_id).filter(known_at__lte=now).delete()
    tell(station)


def note_limit(station: Station, event: LimitNotified, now: datetime) -> None:
    """Somebody else limits the station (K11 to K13)."""
    ExternalLimit.objects.update_or_create(
        station=station,
        evse_id=event.evse_id,
        source=event.source,
        defaults={
            "is_grid_critical": event.is_grid_critical,
            "schedules": [schedule_json(schedule) for schedule in event.schedules],
            "at": now,
        },
    )
    tell(station)


def drop_limit(station: Station, event: LimitCleared) -> None:
    place = {} if event.evse_id is None else {"evse_id": event.evse_id}
    ExternalLimit.objects.filter(station=station, source=event.source, **place).delete()
    HeldProfile.objects.filter(
        station=station, source=event.source, purpose=EXTERNAL, **place
    ).delete()
    tell(station)


def note_schedule(station: Station, told: CompositeSchedule, now: datetime) -> None:
    """What the station itself says that it will draw at most (K08)."""
    StationSchedule.objects.update_or_create(
        station=station,
        evse_id=told.evse_id,
        defaults={
            "start_at": told.start_at,
            "duration_s": told.duration_s,
            "unit": told.unit,
            "periods": [period_json(period) for period in told.periods],
            "at": now,
        },
    )
    tell(station)


def read_again(booted: Mapping[int, Whom], now: datetime) -> None:
    """Profiles survive a boot, but better is asked than assumed (SC-14).

    Not those that were sent word for word: nothing follows such a call unasked.
    """
    by_hand = list_by_hand(booted).values("pk")
    assumed = HeldProfile.objects.filter(station_id__in=booted).exclude(command_id__in=by_hand)
    for station_id in set(assumed.values_list("station_id", flat=True)):
        ask_later(
            booted[station_id],
            GetChargingProfiles(),
            now=now,
            actor="reconciliation",
            reason="The station booted while it held charging profiles",
        )


def end_transactions(ended: Collection[tuple[int, str, int | None]], now: datetime) -> None:
    """A TxProfile dies with its transaction. ``ended``: station, transaction id, EVSE."""
    if not ended:
        return
    over = {(station_id, key_of(name)): evse for station_id, name, evse in ended}
    rows = HeldProfile.objects.filter(
        station_id__in={station_id for station_id, _ in over}, purpose=TX
    ).select_related("station")
    places = {(station_id, evse) for (station_id, _), evse in over.items()}
    dead = [
        row
        for row in rows
        if (row.station_id, key_of(row.transaction_id)) in over
        or (not row.transaction_id and _is_there(row.station_id, row.evse_id, places))
    ]
    keeping.clear_after(over, dead, now)
    if dead:
        HeldProfile.objects.filter(pk__in=[row.pk for row in dead]).delete()


def _is_there(station_id: int, evse_id: int, places: set[tuple[int, int | None]]) -> bool:
    """1.6: a start may name no connector; its profile then goes with any session."""
    return (station_id, evse_id) in places or (evse_id == 0 and station_id in dict(places))


def asked_for(station: Station, row: CommandRow) -> QuerySet[HeldProfile]:
    """What we assume of those profiles that a GetChargingProfiles asks for."""
    given = row.parameters
    rows = HeldProfile.objects.filter(station=station)
    wanted = {
        "evse_id": given.get("evse_id"),
        "number__in": given.get("profile_ids") or None,
        "purpose": given.get("purpose"),
        "stack_level": given.get("stack_level"),
        "source__in": given.get("sources") or None,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def _columns(profile: ChargingProfile) -> dict[str, object]:
    return {
        "purpose": profile.purpose,
        "stack_level": profile.stack_level,
        "transaction_id": profile.transaction_id,
        "body": profile_json(profile),
        "source": "CSO",
        "is_reported": False,
        "report_id": None,
    }


def tell(station: Station) -> None:
    """What the pages show of its limits has changed."""
    announce(station.organisation_id, f"station:{station.pk}", f"power:{station.pk}")
