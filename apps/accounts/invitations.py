"""Writes: somebody is invited by a link, and becomes a person by it. Once, and for a week."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction

from apps.accounts import letters
from apps.accounts.models import Invitation, User
from apps.accounts.people import check_mandate
from apps.accounts.roles import Role
from apps.history import kinds
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce

LASTS = timedelta(days=7)


@transaction.atomic
def invite(
    *,
    organisation_id: int,
    role: str,
    actor: Doer,
    now: datetime,
    site_ids: list[int] | None = None,
    email: str = "",
) -> tuple[Invitation, str]:
    """A new invitation and what proves it, which is told once and not kept.

    Raises ValidationError with a message per field.
    """
    check_mandate(role, site_ids)
    secret = secrets.token_urlsafe(32)
    made = Invitation(
        organisation_id=organisation_id,
        role=Role(role).value,
        site_ids=site_ids,
        email=email,
        digest=_digest(secret),
        made_at=now,
        made_by=actor.label[:120],
        expires_at=now + LASTS,
    )
    made.full_clean()
    made.save(force_insert=True)
    details = {"role": made.role, "site_ids": site_ids, "email": email}
    _tell(kinds.PERSON_INVITED, made, actor, details=details)
    return made, secret


@transaction.atomic
def call_off(invitation: Invitation, *, actor: Doer, now: datetime) -> bool:
    """Its link proves nothing any more; False where it proved nothing already."""
    if not _open().filter(pk=invitation.pk).update(called_off_at=now):
        return False
    _tell(kinds.INVITATION_CALLED_OFF, invitation, actor)
    return True


def find_invitation(secret: str, now: datetime) -> Invitation | None:
    """That which ``secret`` proves, if somebody may still come by it."""
    given = _open().filter(digest=_digest(secret), expires_at__gt=now)
    return given.select_related("organisation").first()


@transaction.atomic
def accept(
    invitation: Invitation, *, username: str, password: str, now: datetime, **names: Any
) -> User:
    """The person that somebody becomes by it; raises ValidationError with a message per field."""
    person = User(
        username=username,
        organisation=invitation.organisation,
        role=invitation.role,
        site_ids=invitation.site_ids,
        **{"email": invitation.email, **names},
    )
    person.full_clean(exclude=["password"])
    _check_password(password, person)
    if not _open().filter(pk=invitation.pk, expires_at__gt=now).update(used_at=now):
        raise ValidationError("This invitation has been used, called off, or has ended.")
    person.set_password(password)
    person.save(force_insert=True)
    details = {"role": person.role, "site_ids": person.site_ids, "invited_by": invitation.made_by}
    record(
        kinds.PERSON_ADDED,
        actor=person,
        organisation_id=person.organisation_id,
        subject=(person.pk, person.label),
        details=details,
    )
    announce(person.organisation_id, "people")
    return person


def mail(invitation: Invitation, link: str) -> str:
    """Send ``link`` to whom it is for; "" once the mail server has it, else why it has not."""
    if not settings.EMAIL_HOST:
        return "no mail server is set (EMAIL_HOST)"
    said = {
        "organisation": invitation.organisation.name,
        "made_by": invitation.made_by,
        "role": invitation.get_role_display().lower(),
        "until": invitation.expires_at,
        "link": link,
    }
    subject, text = letters.SUBJECT.format(**said), letters.TEXT.format(**said)
    try:
        EmailMessage(" ".join(subject.split()), text, to=[invitation.email]).send()
    except OSError as error:  # as those of SMTP are
        return f"{type(error).__name__}: {error}"
    return ""


def _check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from weak


def _open() -> Any:
    return Invitation.objects.filter(used_at=None, called_off_at=None)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _tell(kind: kinds.Kind, invitation: Invitation, actor: Doer, **what: Any) -> None:
    subject, whose = (invitation.pk, invitation.label), invitation.organisation_id
    record(kind, actor=actor, organisation_id=whose, subject=subject, **what)
    announce(whose, "people")
