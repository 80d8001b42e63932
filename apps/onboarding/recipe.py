"""Writes: the steps that an organisation wants every new station to take."""

from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet

from apps.accounts.models import Actor, Organisation
from apps.onboarding import steps
from apps.onboarding.models import Step

MOST_STEPS = 50


class TooMany(ValueError):
    """The list of steps is full."""


@transaction.atomic
def add_step(
    actor: Actor, *, name: str, parameters: dict[str, Any], must_succeed: bool = True
) -> Step:
    """At the end of the list. BadParameters where it cannot be a step; TooMany."""
    steps.check(name, parameters)
    own = _held(actor.organisation_id)
    if own.count() >= MOST_STEPS:
        raise TooMany(f"A set-up has at most {MOST_STEPS} steps.")
    last = own.aggregate(last=Max("position"))["last"] or 0
    return Step.objects.create(
        organisation_id=actor.organisation_id, position=last + 1, name=name,
        parameters=parameters, must_succeed=must_succeed,
    )  # fmt: skip


def change_step(step: Step, *, parameters: dict[str, Any], must_succeed: bool) -> None:
    """Set-ups that have begun keep what they began with."""
    steps.check(step.name, parameters)
    step.parameters, step.must_succeed = parameters, must_succeed
    step.save(update_fields=["parameters", "must_succeed"])


@transaction.atomic
def move_step(step: Step, *, is_up: bool) -> None:
    """Change places with its neighbour; at the end of the list nothing happens."""
    own = _held(step.organisation_id)
    step.refresh_from_db(fields=["position"])
    if is_up:
        other = own.filter(position__lt=step.position).order_by("-position").first()
    else:
        other = own.filter(position__gt=step.position).order_by("position").first()
    if other is not None:
        own.filter(pk=other.pk).update(position=step.position)
        own.filter(pk=step.pk).update(position=other.position)


@transaction.atomic
def remove_step(step: Step) -> None:
    """Those behind it move up."""
    own = _held(step.organisation_id)
    step.refresh_from_db(fields=["position"])
    step.delete()
    own.filter(position__gt=step.position).update(position=F("position") - 1)


@transaction.atomic
def replace_steps(actor: Actor, wanted: list[dict[str, Any]]) -> None:
    """Exactly these, in this order: [{"name", "parameters", "must_succeed"}]."""
    _held(actor.organisation_id).delete()
    for step in wanted:
        add_step(actor, **step)


def _held(organisation_id: int) -> QuerySet[Step]:
    """The steps of an organisation; nobody else counts or moves them until the transaction ends."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    return Step.objects.filter(organisation_id=organisation_id)
