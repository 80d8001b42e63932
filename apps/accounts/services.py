"""Writes: organisations, API keys."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import FIRST_NETWORK, ApiKey, Organisation
from apps.accounts.roles import Role
from apps.history.doers import Doer
from apps.history.kinds import KEY_CREATED
from apps.history.services import record

_USE_RESOLUTION = timedelta(minutes=1)


def home_organisation() -> Organisation:
    """The first organisation of this installation; made when there is none."""
    first = Organisation.objects.order_by("id").first()
    return first or Organisation.objects.create(name=FIRST_NETWORK)


@transaction.atomic
def create_api_key(
    *, organisation: Organisation, name: str, actor: Doer, role: Role = Role.ADMIN
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown once and not kept."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        organisation=organisation, name=name, role=role, prefix=prefix, digest=_digest(secret)
    )
    record(
        KEY_CREATED,
        actor=actor,
        organisation_id=organisation.pk,
        subject=(key.pk, name),
        details={"role": role.value},
    )
    return key, f"{prefix}.{secret}"


def find_api_key(given: str, *, now: datetime) -> ApiKey | None:
    """The live key that ``given`` proves, its use noted to the minute."""
    prefix, _, secret = given.partition(".")
    key = (
        ApiKey.objects.select_related("organisation")
        .filter(prefix=prefix, revoked_at__isnull=True)
        .first()
    )
    if key is None or not hmac.compare_digest(key.digest, _digest(secret)):
        return None
    if key.last_used_at is None or now - key.last_used_at > _USE_RESOLUTION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
