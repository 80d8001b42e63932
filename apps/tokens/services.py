"""Writes: tokens, and what holds for all of them."""

from django.db.models.functions import Now

from apps.live.announce import announce
from apps.tokens.models import Token, TokenPolicy


def set_policy(organisation_id: int, **fields: object) -> TokenPolicy:
    """Settle what holds for all tokens of the organisation; ``fields`` as the model has them."""
    policy, _ = TokenPolicy.objects.get_or_create(organisation_id=organisation_id)
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save(update_fields=[*fields] or None)
    announce(organisation_id, "tokens")
    return policy


def add_token(*, organisation_id: int, uid: str, **fields: object) -> Token:
    """Register a token; ``fields`` as the model has them."""
    token = Token(organisation_id=organisation_id, uid=uid.strip(), **fields)
    token.full_clean()
    token.save(force_insert=True)
    announce(organisation_id, "tokens")
    return token


def change_token(token: Token, **fields: object) -> Token:
    """Set the named fields of a token."""
    for name, value in fields.items():
        setattr(token, name, value)
    token.full_clean()
    token.changed_at = Now()
    token.save(update_fields=[*fields, "changed_at"])
    token.refresh_from_db(fields=["changed_at"])
    announce(token.organisation_id, "tokens")
    return token


def remove_token(token: Token) -> None:
    """Forget a token; its sessions keep the uid."""
    token.delete()
    announce(token.organisation_id, "tokens")
