"""Reads: tokens and their presentations, within the actor's organisation."""

from datetime import datetime

from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.tokens.models import Attempt, Token, TokenPolicy
from ocpp_platform.scope import scoped


def list_tokens(actor: Actor, *, q: str = "", status: str = "") -> QuerySet[Token]:
    """By uid; ``q`` is a part of the uid, the contract, the group or the holder."""
    tokens = scoped(Token, actor)
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


def get_policy(actor: Actor) -> TokenPolicy:
    """What holds for all tokens of the actor's organisation; not yet stored where nothing does."""
    known = scoped(TokenPolicy, actor).first()
    return known or TokenPolicy(organisation_id=actor.organisation_id)


def list_ordinary(organisation_id: int) -> QuerySet[Token]:
    """The tokens of an organisation that are no master passes."""
    tokens = Token.objects.filter(organisation_id=organisation_id, is_master_pass=False)
    policy = TokenPolicy.objects.filter(organisation_id=organisation_id).first()
    group = policy.master_pass_group if policy else ""
    return tokens.exclude(group__iexact=group) if group else tokens


def list_attempts(
    actor: Actor,
    *,
    station_id: int | None = None,
    uid: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Attempt]:
    """Who held which card where, newest first."""
    attempts = scoped(Attempt, actor)
    if station_id is not None:
        attempts = attempts.filter(station_id=station_id)
    if uid:
        attempts = attempts.filter(uid__iexact=uid)
    if since is not None:
        attempts = attempts.filter(at__gte=since)
    if until is not None:
        attempts = attempts.filter(at__lte=until)
    return list(attempts.order_by("-at", "-id")[:limit])
