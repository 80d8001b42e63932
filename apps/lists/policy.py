"""Writes: what the stations of an organisation should hold."""

from copy import copy
from typing import Any

from django.db import transaction

from apps.accounts.models import Organisation
from apps.history import kinds
from apps.history.changes import CHANGES, changes_of
from apps.history.doers import Doer
from apps.history.services import record
from apps.lists.models import ListPolicy
from apps.live.announce import announce


@transaction.atomic
def set_policy(organisation: Organisation, *, actor: Doer, **fields: Any) -> ListPolicy:
    """Settle what the stations of an organisation should hold."""
    policy, _ = ListPolicy.objects.get_or_create(organisation=organisation)
    before = copy(policy)
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save(update_fields=[*fields] or None)
    if changes := changes_of(before, policy, fields):
        record(
            kinds.LIST_POLICY_CHANGED, actor=actor, organisation_id=organisation.pk,
            subject=(organisation.pk, organisation.name), details={CHANGES: changes},
        )  # fmt: skip
    announce(organisation.pk, "tokens")
    return policy
