"""Reads: tokens and their presentations, within the actor's organisation."""

from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.tokens.models import Attempt, Token


def list_tokens(actor: Actor, *, q: str = "", status: str = "") -> QuerySet[Token]:
    """By uid; ``q`` is a part of the uid, the contract, the group or the holder."""
    tokens = Token.objects.filter(organisation_id=actor.organisation_id)
    if q:
        parts = Q(uid__icontains=q) | Q(contract_id__icontains=q)
        tokens = tokens.filter(parts | Q(group__icontains=q) | Q(holder__icontains=q))
    if status:
        tokens = tokens.filter(status=status)
    return tokens.order_by("uid", "id")


def get_token(actor: Actor, token_id: int) -> Token:
    """The token, or Token.DoesNotExist: also where it is somebody else's."""
    return list_tokens(actor).get(pk=token_id)


def find_token(actor: Actor, uid: str, type_: str) -> Token | None:
    """The token of this uid, regardless of case, and type."""
    return list_tokens(actor).filter(uid__iexact=uid, type=type_).first()


def list_attempts(
    actor: Actor, *, station_id: int | None = None, uid: str = "", limit: int = 50
) -> list[Attempt]:
    """Who held which card where, newest first."""
    attempts = Attempt.objects.filter(organisation_id=actor.organisation_id)
    if station_id is not None:
        attempts = attempts.filter(station_id=station_id)
    if uid:
        attempts = attempts.filter(uid__iexact=uid)
    return list(attempts.order_by("-at", "-id")[:limit])
