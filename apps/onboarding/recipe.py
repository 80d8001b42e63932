"""Writes: the steps that an organisation wants every new station to take."""

from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet

from apps.accounts.models import Actor, Organisation
from apps.history import kinds
from apps.history.changes import CHANGES, Changes, changes_of, differing
from apps.history.doers import Doer
from apps.history.services import record
from apps.onboarding import steps
from apps.onboarding.models import RecipeStep

MOST_STEPS = 50


class TooMany(ValueError):
    """The list of steps is full."""


@transaction.atomic
def add_step(
    actor: Actor, *, name: str, parameters: dict[str, Any], must_succeed: bool = True
) -> RecipeStep:
    """At the end of the list. BadParameters where it cannot be a step; TooMany."""
    step = _added(actor, name=name, parameters=parameters, must_succeed=must_succeed)
    _record(kinds.STEP_ADDED, step, actor)
    return step


def _added(
    actor: Actor, *, name: str, parameters: dict[str, Any], must_succeed: bool = True
) -> RecipeStep:
    steps.check(name, parameters)
    own = _held(actor.organisation_id)
    if own.count() >= MOST_STEPS:
        raise TooMany(f"A set-up has at most {MOST_STEPS} steps.")
    last = own.aggregate(last=Max("position"))["last"] or 0
    return RecipeStep.objects.create(
        organisation_id=actor.organisation_id, position=last + 1, name=name,
        parameters=parameters, must_succeed=must_succeed,
    )  # fmt: skip


@transaction.atomic
def change_step(
    step: RecipeStep, *, actor: Doer, parameters: dict[str, Any], must_succeed: bool
) -> None:
    """Set-ups that have begun keep what they began with."""
    steps.check(step.name, parameters)
    before = _held(step.organisation_id).get(pk=step.pk)
    step.parameters, step.must_succeed = parameters, must_succeed
    step.save(update_fields=["name", "parameters", "must_succeed"])
    if changes := changes_of(before, step, ("name", "parameters", "must_succeed")):
        _record(kinds.STEP_CHANGED, step, actor, {CHANGES: changes})


@transaction.atomic
def move_step(step: RecipeStep, *, actor: Doer, is_up: bool) -> None:
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
        _record(kinds.STEP_MOVED, step, actor)


@transaction.atomic
def remove_step(step: RecipeStep, *, actor: Doer) -> None:
    """Those behind it move up."""
    own = _held(step.organisation_id)
    step.refresh_from_db(fields=["position"])
    _record(kinds.STEP_REMOVED, step, actor)
    step.delete()
    own.filter(position__gt=step.position).update(position=F("position") - 1)


@transaction.atomic
def replace_steps(actor: Actor, wanted: list[dict[str, Any]]) -> None:
    """Exactly these, in this order: [{"name", "parameters", "must_succeed"}]."""
    own = _held(actor.organisation_id)
    before = [_written(step) for step in own.order_by("position")]
    own.delete()
    made = [_written(_added(actor, **step)) for step in wanted]
    note_policy(actor, differing({"steps": before}, {"steps": made}))


def note_policy(actor: Actor, changes: Changes) -> None:
    """How new stations come into service was settled anew."""
    if changes:
        record(
            kinds.ONBOARDING_POLICY_CHANGED,
            actor=actor,
            organisation_id=actor.organisation_id,
            subject=(actor.organisation_id, actor.organisation.name),
            details={CHANGES: changes},
        )


def _written(step: RecipeStep) -> dict[str, Any]:
    return {"name": step.name, "parameters": step.parameters, "must_succeed": step.must_succeed}


def _record(
    kind: kinds.Kind, step: RecipeStep, actor: Doer, details: dict[str, Any] | None = None
) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=step.organisation_id,
        subject=(step.pk, steps.title(step.name, step.parameters)),
        details=details,
    )


def _held(organisation_id: int) -> QuerySet[RecipeStep]:
    """The steps of an organisation; nobody else counts or moves them until the transaction ends."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    return RecipeStep.objects.filter(organisation_id=organisation_id)
