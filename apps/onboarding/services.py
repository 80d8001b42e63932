"""Writes: stations are held, accepted, rejected and set up, step by step through the outbox.

A set-up is rows: whoever sees that a step is over, the door or the clock, locks the set-up and
goes on with the next. Nothing of it lives in a process.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.models import Actor
from apps.batch.refs import StationRef
from apps.domain.vocabulary import BootStatus
from apps.history import doers, kinds
from apps.history.doers import Doer
from apps.history.services import record
from apps.onboarding import selectors
from apps.onboarding.advance import advance, finish
from apps.onboarding.models import Policy, RecipeStep, Setup, SetupStep, Stage, StepState
from apps.onboarding.orders import call_back
from apps.onboarding.recipe import note_policy
from apps.stations import passwords
from apps.stations.models import Location, Station
from apps.stations.refs import find_refs
from apps.stations.services import add_station, change_station
from ocpp_platform.keyset import pages


def hold(
    identity: str, credentials: tuple[bytes, bytes] | None, now: datetime
) -> StationRef | None:
    """Let an unknown station wait, under the organisation that takes such; None: turn it away.

    The password that it shows is from now on its own. Safe where two sockets come at once.
    """
    policy = selectors.find_holder()
    if policy is None or _waiting(policy) >= policy.most_held:
        return None
    user, password = credentials or (b"", b"")
    digest = passwords.digest(password) if user == identity.encode() and password else ""
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
    was_rejected = station.boot_policy == "rejected"
    change_station(
        station,
        actor=actor,
        kind=kinds.STATION_ACCEPTED,
        reason=reason,
        boot_policy="accepted",
        location=location or station.location,
    )
    setup = Setup.objects.filter(station=station).first()
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
    Setup.objects.filter(station=station, stage=Stage.RUNNING).update(
        stage=Stage.FAILED, reason="The station was rejected", finished_at=now
    )
    change_station(
        station, actor=actor, kind=kinds.STATION_REJECTED, reason=reason, boot_policy="rejected"
    )
    call_back(station, now)


@transaction.atomic
def begin(station_id: int, *, actor: Doer, now: datetime, reason: str = "") -> None:
    """(Again) from the first step of the organisation, as the steps are now.

    A station that is in service stays so while it is set up again.
    """
    station = Station.objects.get(pk=station_id)
    is_in = station.boot_status == BootStatus.ACCEPTED.value
    setup, _ = Setup.objects.update_or_create(
        station=station,
        defaults={
            "stage": Stage.RUNNING, "is_blocking": not is_in, "reason": "", "started_at": now,
            "finished_at": None,
        },
    )  # fmt: skip
    _record(kinds.SET_UP_BEGUN, station, actor, now, reason)
    setup.steps.all().delete()
    wanted = RecipeStep.objects.filter(organisation_id=station.organisation_id)
    SetupStep.objects.bulk_create(
        SetupStep(
            setup=setup, position=position, name=step.name, parameters=step.parameters,
            must_succeed=step.must_succeed,
        )
        for position, step in enumerate(wanted, start=1)
    )  # fmt: skip
    advance([station_id], now)


@transaction.atomic
def try_again(station: Station, *, actor: Doer, now: datetime) -> None:
    """A failed set-up goes on with the steps that are not done."""
    setup = Setup.objects.select_for_update().get(station=station)
    if setup.stage != Stage.FAILED:
        return
    setup.steps.filter(state=StepState.FAILED).update(
        state=StepState.WAITING, attempts=0, detail="", command_id=None, settled_at=None
    )
    setup.stage, setup.reason, setup.finished_at = Stage.RUNNING, "", None
    setup.save(update_fields=["stage", "reason", "finished_at"])
    _record(kinds.SET_UP_TRIED_AGAIN, station, actor, now)
    advance([station.pk], now)


def go_on(station_ids: Collection[int], *, now: datetime) -> None:
    """Settle the steps of these stations whose commands are over, and send the next ones."""
    if station_ids:
        advance(station_ids, now)


def go_on_with_all(*, now: datetime) -> None:
    """As ``go_on``, for whatever was missed: a step that expired, a process that died."""
    for page in pages(Setup.objects.filter(stage=Stage.RUNNING).only("station_id")):
        advance([setup.station_id for setup in page], now, skip_held=True)


@transaction.atomic
def set_policy(actor: Actor, **fields: object) -> Policy:
    """Change what is given. ValidationError where it cannot be."""
    policy, _ = Policy.objects.get_or_create(organisation_id=actor.organisation_id)
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save(update_fields=list(fields))
    note_policy(actor, fields)
    return policy


def _record(
    kind: kinds.Kind, station: Station, actor: Doer, now: datetime, reason: str = ""
) -> None:
    record(
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
