"""Rules of who is told: made and removed."""

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from apps.domain.texts import is_one_line
from apps.history.doers import Doer
from apps.history.kinds import RULE_ADDED, RULE_REMOVED
from apps.history.services import record
from apps.incidents.models import Channel, Rule
from apps.incidents.notices import addresses
from ocpp_platform.outside import NotAllowed, target_of

MOST = 50


@transaction.atomic
def add_rule(*, organisation_id: int, actor: Doer, now: datetime, **given: Any) -> Rule:
    """``given``: the columns of ``Rule``. ValidationError where nobody could be told so."""
    check_target(given["channel"], given["to"])
    if not is_one_line(given["name"]):
        raise ValidationError({"name": "A name is one line, without control characters."})
    if Rule.objects.filter(organisation_id=organisation_id).count() >= MOST:
        raise ValidationError({"name": f"There are {MOST} rules already."})
    try:
        with transaction.atomic():
            rule = Rule.objects.create(
                organisation_id=organisation_id, secret=secrets.token_hex(24),
                made_at=now, **given,
            )  # fmt: skip
    except IntegrityError as error:
        raise ValidationError({"name": "There is a rule of this name already."}) from error
    _record(RULE_ADDED, rule, actor)
    return rule


@transaction.atomic
def remove_rule(rule: Rule, *, actor: Doer) -> None:
    """It tells nobody any more; what it has told goes with it."""
    _record(RULE_REMOVED, rule, actor)
    rule.delete()


def check_target(channel: str, to: str) -> None:
    """ValidationError where ``to`` is no address of the channel."""
    try:
        if channel == Channel.WEBHOOK:
            target_of(to)
            return
        found = list(addresses(to))
        for address in found:
            validate_email(address)
    except (NotAllowed, ValidationError) as error:
        raise ValidationError({"to": _WRONG[Channel(channel)]}) from error
    if not found:
        raise ValidationError({"to": _WRONG[Channel(channel)]})


_WRONG = {
    Channel.EMAIL: "Give addresses of e-mail, with commas between them.",
    Channel.WEBHOOK: "Give one address that begins with http:// or https://.",
}


def _record(kind: Any, rule: Rule, actor: Doer) -> None:
    record(
        kind, actor=actor, organisation_id=rule.organisation_id, subject=(rule.pk, rule.name),
        details={"channel": rule.channel, "least": rule.least},
    )  # fmt: skip
