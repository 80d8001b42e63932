"""Writes: stations are held, accepted and rejected, and their set-ups begin, again if need be.

Locked in this order, as at the door: the station, its target of the campaign, its set-up.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from copy import copy
from datetime import datetime
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.batch.refs import StationRef
from apps.campaigns.advance import advance_stations
from apps.campaigns.standing import adopt, release, want
from apps.commands.models import CommandRow
from apps.domain.vocabulary import BootStatus
from apps.history import doers, kinds
from apps.history.changes import changes_of
from apps.history.doers import Doer
from apps.history.models import Fact
from apps.history.services import fact_of, record_many
from apps.onboarding import selectors
from apps.onboarding.models import Policy, RecipeStep, Setup, SetupStep, Stage, StepState
from apps.onboarding.orders import call_back
from apps.onboarding.recipe import note_policy
from apps.onboarding.setups import SET_UPS, finish, set_ups_of
from apps.stations import passwords
from apps.stations.models import Location, Station
from apps.stations.refs import find_refs
from apps.stations.services import add_station, change_station
from apps.stations.turned_away import is_blocked


def hold(
    identity: str, credentials: tuple[bytes, bytes] | None, now: datetime
) -> StationRef | None:
    """Let an unknown station wait, under the organisation that takes such; None: turn it away.

    The password that it shows is from now on its own. Safe where two sockets come at once.
    """
    policy = selectors.find_holder()
    if policy is None or _waiting(policy) >= policy.most_held:
        return None
    if is_blocked(policy.organisation_id, identity):
        return None
    user, password = credentials or (b"", b"")
    is_own = user.decode("utf-8", "replace").casefold() == identity.casefold()
    digest = passwords.digest(password) if is_own and password else ""
    try:
        with transaction.atomic():
            add_station(
                organisation=policy.organisation, identity=identity, now=now,
                boot_policy="pending", is_stranger=True, kind=kinds.STATION_HELD,
                actor=doers.station(None, identity),
            )  # fmt: skip
            Station.objects.filter(identity=identity).update(password_digest=digest)
    except (ValidationError, IntegrityError):
        pass  # an identity that cannot be, or one that came on another socket
    return find_refs([identity]).get(identity)


@transaction.atomic
def accept(
    station: Station,
    *,
    actor: Doer,
    now: datetime,
    location: Location | None = None,
    reason: str = "",
) -> None:
    """A person takes the station in; if there are steps, it is set up first.

    A set-up that failed is let be, but one that a rejection broke off goes on.
    """
    _held([station.pk])
    was_rejected = station.boot_policy == "rejected"
    change_station(
        station,
        actor=actor,
        kind=kinds.STATION_ACCEPTED,
        reason=reason,
        boot_policy="accepted",
        location=location or station.location,
    )
    setup = Setup.objects.filter(station=station).select_related("station").first()
    is_new = setup is None or not setup.stage
    if is_new and RecipeStep.objects.filter(organisation_id=station.organisation_id).exists():
        if station.boot_status == BootStatus.PENDING.value:
            begin(station.pk, actor=actor, now=now)
    elif setup is not None and setup.stage == Stage.FAILED and was_rejected:
        try_again(station, actor=actor, now=now)
    elif setup is not None and setup.stage in (Stage.RUNNING, Stage.FAILED):
        finish(setup, now, "Accepted by hand")
    else:
        call_back(station, now)


@transaction.atomic
def reject(station: Station, *, actor: Doer, now: datetime, reason: str = "") -> None:
    """From its next boot on it is told Rejected, and nothing else is said to it."""
    _held([station.pk])
    change_station(
        station, actor=actor, kind=kinds.STATION_REJECTED, reason=reason, boot_policy="rejected"
    )
    release(SET_UPS, [station.pk])
    Setup.objects.filter(station=station, stage=Stage.RUNNING).update(
        stage=Stage.FAILED, reason="The station was rejected", finished_at=now
    )
    call_back(station, now)


@transaction.atomic
def begin(station_id: int, *, actor: Doer, now: datetime, reason: str = "") -> None:
    """(Again) from the first step of the organisation, as the steps are now.

    A station that is in service stays so while it is set up again.
    """
    begin_all({station_id: actor}, now=now, reason=reason)
    advance_stations(SET_UPS, [station_id], now=now)


def begin_all(by: Mapping[int, Doer], *, now: datetime, reason: str = "") -> None:
    """Stations and who begins, in the caller's transaction.

    Their first steps go out when the campaign goes on.
    """
    stations = _held(by)
    by_organisation = sorted(stations, key=lambda one: one.organisation_id)
    for organisation_id, theirs in groupby(by_organisation, key=lambda one: one.organisation_id):
        want(set_ups_of(organisation_id, now), [one.pk for one in theirs], anew=True)
    setups = Setup.objects.bulk_create(
        [_begun(station, now) for station in stations],
        update_conflicts=True,
        unique_fields=["station"],
        update_fields=["stage", "is_blocking", "reason", "started_at", "finished_at"],
    )
    _write_steps(setups)
    record_many([_fact(kinds.SET_UP_BEGUN, one, by[one.pk], now, reason) for one in stations])


def _begun(station: Station, now: datetime) -> Setup:
    is_in = station.boot_status == BootStatus.ACCEPTED.value
    return Setup(station=station, stage=Stage.RUNNING, is_blocking=not is_in, started_at=now)


def _write_steps(setups: Collection[Setup]) -> None:
    """As the recipes of their organisations are now."""
    SetupStep.objects.filter(setup__in=setups).delete()
    recipes: defaultdict[int, list[RecipeStep]] = defaultdict(list)
    organisations = {setup.station.organisation_id for setup in setups}
    for step in RecipeStep.objects.filter(organisation_id__in=organisations):
        recipes[step.organisation_id].append(step)
    SetupStep.objects.bulk_create(
        SetupStep(
            setup=setup, position=position, name=step.name, parameters=step.parameters,
            must_succeed=step.must_succeed,
        )
        for setup in setups
        for position, step in enumerate(recipes[setup.station.organisation_id], start=1)
    )  # fmt: skip


@transaction.atomic
def try_again(station: Station, *, actor: Doer, now: datetime) -> None:
    """A failed set-up goes on with the steps that are not done."""
    _held([station.pk])
    failed = Setup.objects.filter(station=station, stage=Stage.FAILED)
    if not failed.exists():
        return
    campaign = set_ups_of(station.organisation_id, now)
    want(campaign, [station.pk])
    failed.update(stage=Stage.RUNNING, reason="", finished_at=None)
    theirs = SetupStep.objects.filter(setup__station=station)
    theirs.filter(state=StepState.FAILED).update(
        state=StepState.WAITING, attempts=0, detail="", command_id=None, settled_at=None
    )
    for row in CommandRow.objects.filter(pk__in=_under_way(theirs)):
        adopt(campaign, row)
    record_many([_fact(kinds.SET_UP_TRIED_AGAIN, station, actor, now)])
    advance_stations(SET_UPS, [station.pk], now=now)


def _under_way(theirs: QuerySet[SetupStep]) -> list[int]:
    """What was on its way when a rejection broke the set-up off."""
    keys = theirs.filter(state=StepState.SENT).values_list("command_id", flat=True)
    return [key for key in keys if key is not None]


@transaction.atomic
def set_policy(actor: Actor, **fields: object) -> Policy:
    """Change what is given. ValidationError where it cannot be."""
    policy, _ = Policy.objects.get_or_create(organisation_id=actor.organisation_id)
    before = copy(policy)
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save(update_fields=list(fields))
    note_policy(actor, changes_of(before, policy, fields))
    return policy


def _held(station_ids: Collection[int]) -> list[Station]:
    """These stations; nobody else decides about them until the transaction ends."""
    rows = Station.objects.select_for_update(no_key=True, of=("self",))
    return list(rows.filter(pk__in=station_ids).order_by("pk"))


def _fact(kind: kinds.Kind, station: Station, actor: Doer, now: datetime, reason: str = "") -> Fact:
    return fact_of(
        kind,
        actor=actor,
        organisation_id=station.organisation_id,
        subject=(station.pk, station.identity),
        reason=reason,
        now=now,
    )


def _waiting(policy: Policy) -> int:
    held = Station.objects.filter(organisation_id=policy.organisation_id, is_stranger=True)
    return held.filter(boot_policy="pending").count()
