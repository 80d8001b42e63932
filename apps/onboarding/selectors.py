"""Reads: policies, steps, who waits, and how far each has come."""

from dataclasses import dataclass

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.onboarding import steps
from apps.onboarding.models import Policy, Setup, Stage, Step, Task, Unknown
from apps.stations.models import Station


@dataclass(frozen=True, slots=True)
class SetupState:
    """Of one station; ``setup`` is not saved where nothing has been done."""

    station: Station
    setup: Setup
    tasks: tuple[Task, ...]
    has_steps: bool

    @property
    def is_waiting(self) -> bool:
        """For somebody to accept it."""
        return self.station.is_stranger and self.station.boot_policy == "pending"


def get_policy(actor: Actor) -> Policy:
    """The organisation's; the default where it has none yet."""
    found = Policy.objects.filter(organisation_id=actor.organisation_id).first()
    return found or Policy(organisation_id=actor.organisation_id)


def list_steps(actor: Actor) -> QuerySet[Step]:
    return Step.objects.filter(organisation_id=actor.organisation_id)


def get_step(actor: Actor, step_id: int) -> Step:
    """The step, or Step.DoesNotExist: also where it is somebody else's."""
    return list_steps(actor).get(pk=step_id)


def list_held(actor: Actor) -> QuerySet[Station]:
    """Stations that came unknown and wait for somebody, the longest first."""
    held = Station.objects.filter(
        organisation_id=actor.organisation_id, is_stranger=True, boot_policy="pending"
    )
    return held.select_related("location").order_by("registered_at", "id")


def list_unfinished(actor: Actor) -> QuerySet[Setup]:
    """Set-ups that run or failed, failed ones first."""
    found = Setup.objects.filter(
        station__organisation_id=actor.organisation_id, stage__in=("running", "failed")
    )
    return found.select_related("station").order_by("stage", "started_at", "id")


def count_needing(actor: Actor) -> int:
    """Stations that wait for a person: to be accepted, or for their failed set-up."""
    failed = Setup.objects.filter(
        station__organisation_id=actor.organisation_id, stage=Stage.FAILED
    )
    return list_held(actor).order_by().count() + failed.count()


def state_of(actor: Actor, station: Station) -> SetupState:
    """How far a station of the actor's has come."""
    setup = Setup.objects.filter(
        station_id=station.pk, station__organisation_id=actor.organisation_id
    ).first()
    tasks = tuple(setup.tasks.all()) if setup else ()
    made = setup or Setup(station=station)
    return SetupState(station, made, tasks, list_steps(actor).exists())


def may_renew(organisation_id: int) -> bool:
    """Whether a certificate that has ended still opens a socket, to be renewed."""
    return Policy.objects.filter(organisation_id=organisation_id, renews_certificates=True).exists()


def find_holder() -> Policy | None:
    """The policy under which unknown stations wait; None where they are turned away."""
    return Policy.objects.filter(unknown=Unknown.HOLD).select_related("organisation").first()


def title(step: Step | Task) -> str:
    """A step in a few words."""
    return steps.title(step.name, step.parameters)
