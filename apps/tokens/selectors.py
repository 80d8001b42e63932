"""Reads: tokens and their presentations, within the actor's organisation."""

from datetime import datetime

from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.tokens.keys import has_number
from apps.tokens.models import Attempt, Token, TokenPolicy
from apps.tokens.spelling import bare
from ocpp_platform.scope import scoped


def list_tokens(actor: Actor, *, q: str = "", status: str = "") -> QuerySet[Token]:
    """By uid; ``q`` is a part of the uid, as it may be printed, the contract, the group or the
    holder.
    """
    tokens = scoped(Token, actor)
    if q:
        parts = Q(uid__icontains=q) | Q(uid__icontains=bare(q) or q) | Q(contract_id__icontains=q)
        tokens = tokens.filter(parts | Q(group__icontains=q) | Q(holder__icontains=q))
    if status:
        tokens = tokens.filter(status=status)
    return tokens.order_by("uid", "id")


def get_token(actor: Actor, token_id: int) -> Token:
    """The token, or Token.DoesNotExist: also where it is somebody else's."""
    return list_tokens(actor).get(pk=token_id)


def list_of_uid(actor: Actor, uid: str) -> QuerySet[Token]:
    """Those of this uid, of whatever type and however it is printed; one, since older versions."""
    return list_tokens(actor).filter(has_number("uid", uid))


def find_twin(organisation_id: int, uid: str, *, but: int = 0) -> Token | None:
    """The token that has this uid already, apart from token ``but``."""
    twins = Token.objects.filter(has_number("uid", uid), organisation_id=organisation_id)
    return twins.exclude(pk=but).order_by("id").first()


def taken(twin: Token) -> str:
    """Why a uid that ``twin`` has cannot be registered again."""
    return f"{twin.shown_uid} is registered already, as {twin.type} ({twin.status})."


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
        attempts = attempts.filter(has_number("uid", uid))
    if since is not None:
        attempts = attempts.filter(at__gte=since)
    if until is not None:
        attempts = attempts.filter(at__lte=until)
    return list(attempts.select_related("token").order_by("-at", "-id")[:limit])
