"""Writes: tokens, and what holds for all of them."""

from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import Organisation
from apps.history import kinds
from apps.history.changes import CHANGES, changes_of
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce
from apps.tokens.models import Token, TokenPolicy
from apps.tokens.selectors import find_twin, taken
from apps.tokens.spelling import same


@transaction.atomic
def set_policy(organisation_id: int, *, actor: Doer, **fields: object) -> TokenPolicy:
    """Settle what holds for all tokens of the organisation; ``fields`` as the model has them."""
    policy, _ = TokenPolicy.objects.select_related("organisation").get_or_create(
        organisation_id=organisation_id
    )
    before = copy(policy)
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save(update_fields=[*fields] or None)
    if changes := changes_of(before, policy, fields):
        record(
            kinds.TOKEN_POLICY_CHANGED, actor=actor, organisation_id=organisation_id,
            subject=(organisation_id, policy.organisation.name), details={CHANGES: changes},
        )  # fmt: skip
    announce(organisation_id, "tokens")
    return policy


@transaction.atomic
def add_token(*, organisation_id: int, uid: str, actor: Doer, **fields: object) -> Token:
    """Register a token; ``fields`` as the model has them. ValidationError where its uid has one."""
    token = Token(organisation_id=organisation_id, uid=uid.strip(), **fields)
    _check_free(token)
    token.full_clean()
    token.save(force_insert=True)
    _record(kinds.TOKEN_ADDED, token, actor)
    announce(organisation_id, "tokens")
    return token


@transaction.atomic
def change_token(token: Token, *, actor: Doer, **fields: object) -> Token:
    """Set the named fields of a token. DoesNotExist where it has been removed."""
    before = Token.objects.select_for_update(no_key=True).get(pk=token.pk)
    for name, value in fields.items():
        setattr(token, name, value)
    if not same(before.uid, token.uid) or before.type != token.type:
        _check_free(token)
    token.full_clean()
    token.changed_at = Now()
    token.save(update_fields=[*fields, "changed_at"])
    token.refresh_from_db(fields=["changed_at"])
    if changes := changes_of(before, token, fields):
        _record(kinds.TOKEN_CHANGED, token, actor, {CHANGES: changes})
    announce(token.organisation_id, "tokens")
    return token


@transaction.atomic
def remove_token(token: Token, *, actor: Doer) -> None:
    """Forget a token; its sessions keep the uid. DoesNotExist where somebody was faster."""
    Token.objects.select_for_update().get(pk=token.pk)
    _record(kinds.TOKEN_REMOVED, token, actor)
    token.delete()
    announce(token.organisation_id, "tokens")


def _check_free(token: Token) -> None:
    """A card is found by its uid, so that no two tokens may have one."""
    Organisation.objects.select_for_update(no_key=True).get(pk=token.organisation_id)
    twin = find_twin(token.organisation_id, token.uid, but=token.pk or 0)
    if twin is not None:
        raise ValidationError({"uid": taken(twin)})


def _record(
    kind: kinds.Kind, token: Token, actor: Doer, details: dict[str, Any] | None = None
) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=token.organisation_id,
        subject=(token.pk, token.shown_uid),
        details=details,
    )
