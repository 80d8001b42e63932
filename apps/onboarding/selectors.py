"""Reads: policies, steps, who waits, and how far each has come."""

from dataclasses import dataclass

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.onboarding import steps
from apps.onboarding.models import Policy, RecipeStep, Setup, SetupStep, Stage, Unknown
from apps.stations.models import Station
from ocpp_platform.scope import scoped


@dataclass(frozen=True, slots=True)
class SetupState:
    """Of one station; ``setup`` is not saved where nothing has been done."""

    station: Station
    setup: Setup
    steps: tuple[SetupStep, ...]
    has_steps: bool

    @property
    def is_waiting(self) -> bool:
        """For somebody to accept it."""
        return self.station.is_stranger and self.station.boot_policy == "pending"


def get_policy(actor: Actor) -> Policy:
    """The organisation's; the default where it has none yet."""
    found = scoped(Policy, actor).first()
    return found or Policy(organisation_id=actor.organisation_id)


def list_steps(actor: Actor) -> QuerySet[RecipeStep]:
    return scoped(RecipeStep, actor)


def get_step(actor: Actor, step_id: int) -> RecipeStep:
    """The step, or RecipeStep.DoesNotExist: also where it is somebody else's."""
    return list_steps(actor).get(pk=step_id)


def list_held(actor: Actor) -> QuerySet[Station]:
    """Stations that came unknown and wait for somebody, the longest first."""
    held = scoped(Station, actor).filter(is_stranger=True, boot_policy="pending")
    return held.select_related("location").order_by("registered_at", "id")


def list_unfinished(actor: Actor) -> QuerySet[Setup]:
    """Set-ups that run or failed, failed ones first."""
    found = scoped(Setup, actor).filter(stage__in=("running", "failed"))
    return found.select_related("station").order_by("stage", "started_at", "id")


def count_needing(actor: Actor) -> int:
    """Stations that wait for a person: to be accepted, or for their failed set-up."""
    failed = scoped(Setup, actor).filter(stage=Stage.FAILED)
    return list_held(actor).order_by().count() + failed.count()


def state_of(actor: Actor, station: Station) -> SetupState:
    """How far a station of the actor's has come."""
    setup = scoped(Setup, actor).filter(station_id=station.pk).first()
    taken = tuple(setup.steps.all()) if setup else ()
    made = setup or Setup(station=station)
    return SetupState(station, made, taken, list_steps(actor).exists())


def may_renew(organisation_id: int) -> bool:
    """Whether a certificate that has ended still opens a socket, to be renewed."""
    return Policy.objects.filter(organisation_id=organisation_id, renews_certificates=True).exists()


def find_holder() -> Policy | None:
    """The policy under which unknown stations wait; None where they are turned away."""
    return Policy.objects.filter(unknown=Unknown.HOLD).select_related("organisation").first()


def title(step: RecipeStep | SetupStep) -> str:
    """A step in a few words."""
    return steps.title(step.name, step.parameters)
