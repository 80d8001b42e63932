"""Reads: people, invitations, keys, log-ins."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from apps.accounts.models import Actor, ApiKey, Invitation, LogIn, User
from ocpp_platform.scope import scoped


def list_people(actor: Actor) -> QuerySet[User]:
    """Everybody of the organisation, who has left as well, by user name."""
    return _people(actor).order_by("username")


def _people(actor: Actor) -> QuerySet[User]:
    return scoped(User, actor).select_related("second_factor")


def get_person(actor: Actor, person_id: int) -> User:
    """DoesNotExist where there is nobody of this number in the organisation."""
    return _people(actor).get(pk=person_id)


def list_invitations(actor: Actor, now: datetime) -> QuerySet[Invitation]:
    """Those that somebody may still come by, the newest first."""
    waiting = scoped(Invitation, actor).filter(used_at=None, called_off_at=None)
    return waiting.filter(expires_at__gt=now).order_by("-made_at", "-pk")


def get_invitation(actor: Actor, invitation_id: int) -> Invitation:
    return scoped(Invitation, actor).get(pk=invitation_id)


def list_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Keys of the organisation, revoked ones as well, the newest first."""
    return scoped(ApiKey, actor).order_by("-created_at", "-pk")


def get_key(actor: Actor, key_id: int) -> ApiKey:
    return scoped(ApiKey, actor).get(pk=key_id)


def list_log_ins(person: User, now: datetime) -> QuerySet[LogIn]:
    """Where the person is logged in, what was seen last first."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    return LogIn.objects.filter(user=person, session_key__in=alive).order_by("-seen_at", "-pk")
