"""Writes: what people are and may do, their passwords. Each deed is a fact, and holds at once."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import log_ins
from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.history import kinds
from apps.history.changes import CHANGES, differing
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce, group_of_person, signal

EDITABLE = frozenset(
    {"role", "site_ids", "first_name", "last_name", "email", "timezone", "is_active"}
)
LAST = "There must be an active administrator: make somebody else one first."
NOT_LIMITED = "An administrator is never limited to sites."


def check_mandate(role: str, site_ids: list[int] | None) -> None:
    """Raises ValidationError where nobody may have this role with these sites."""
    if role == Role.ADMIN and site_ids is not None:
        raise ValidationError({"site_ids": NOT_LIMITED})


@transaction.atomic
def change_person(
    person: User, *, actor: Doer, kind: kinds.Kind = kinds.PERSON_CHANGED, **fields: Any
) -> User:
    """Set the named fields; what is as it was before is no change.

    Raises ValidationError with a message per field, DoesNotExist where the person was removed.
    """
    if unknown := fields.keys() - EDITABLE:
        raise ValidationError(dict.fromkeys(unknown, "This cannot be changed."))
    Organisation.objects.select_for_update(no_key=True).get(pk=person.organisation_id)
    known = User.objects.get(pk=person.pk)
    before = {name: getattr(known, name) for name in fields if getattr(known, name) != fields[name]}
    after = {name: fields[name] for name in before}
    was_one = _is_administrator(known)
    for name, value in after.items():
        setattr(known, name, value)
    check_mandate(known.role, known.site_ids)
    if after:
        if was_one and not _is_administrator(known):
            _check_one_is_left(known)
        known.full_clean(exclude=["password"])
        known.save(update_fields=list(after))
        _tell(kind, known, actor, details={CHANGES: differing(before, after)})
    for name, value in fields.items():
        setattr(person, name, value)
    return person


@transaction.atomic
def deactivate(person: User, *, actor: Doer, **fields: Any) -> None:
    """Nobody logs in as this person until it is reactivated; who is logged in is no longer.

    ``fields`` are changed before, as by ``change_person``.
    """
    change_person(person, actor=actor, **fields)
    change_person(person, actor=actor, kind=kinds.PERSON_DEACTIVATED, is_active=False)
    log_ins.end_log_ins(person, actor=actor)


def reactivate(person: User, *, actor: Doer) -> None:
    change_person(person, actor=actor, kind=kinds.PERSON_REACTIVATED, is_active=True)


@transaction.atomic
def make_password_link(person: User, *, actor: Doer) -> str:
    """What proves for PASSWORD_RESET_TIMEOUT seconds that a new password may be set, once."""
    if not person.is_active:
        raise ValidationError("Reactivate the person first.")
    _tell(kinds.PASSWORD_LINK_MADE, person, actor)
    return default_token_generator.make_token(person)


def find_by_password_link(person_id: int, token: str) -> User | None:
    """Whose link this is; None for one that was used, has ended, or is of nobody."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not default_token_generator.check_token(person, token):
        return None
    return person


@transaction.atomic
def set_password(person: User, password: str, *, actor: Doer, keep: str = "") -> None:
    """Set it, and end all log-ins but that of the session ``keep``.

    Raises ValidationError where it is too weak.
    """
    validate_password(password, person)
    person.set_password(password)
    person.has_generated_password = False
    person.save(update_fields=["password", "has_generated_password"])
    _tell(kinds.PASSWORD_CHANGED, person, actor)
    log_ins.end_log_ins(person, actor=actor, but=keep)


def _is_administrator(person: User) -> bool:
    return person.role == Role.ADMIN and person.is_active


def _check_one_is_left(gone: User) -> None:
    """Call it with the organisation locked, so that two who go at once are asked in turn."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True)
    if not admins.filter(organisation_id=gone.organisation_id).exclude(pk=gone.pk).exists():
        raise ValidationError(LAST)


def _tell(kind: kinds.Kind, person: User, actor: Doer, **what: Any) -> None:
    subject = (person.pk, person.label)
    record(kind, actor=actor, organisation_id=person.organisation_id, subject=subject, **what)
    announce(person.organisation_id, "people")
    signal(group_of_person(person.pk), {"type": "access.changed"})
