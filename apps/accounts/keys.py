"""Writes: API keys. A secret is told once, and only its digest is kept."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from apps.accounts.models import ApiKey, Organisation
from apps.accounts.people import check_mandate
from apps.accounts.roles import Role
from apps.history import kinds
from apps.history.changes import CHANGES, differing, plain
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce

EDITABLE = frozenset({"name", "role", "site_ids", "expires_at"})
LONGEST_OVERLAP = timedelta(days=90)
_USE_RESOLUTION = timedelta(minutes=1)
_REVOKED = "This key is revoked."


@transaction.atomic
def create_api_key(
    *, organisation: Organisation, name: str, actor: Doer, role: Role = Role.ADMIN, **fields: Any
) -> tuple[ApiKey, str]:
    """A new key and its secret; ``fields``: site_ids, expires_at.

    Raises ValidationError with a message per field.
    """
    prefix, secret = _new_secret()
    key = ApiKey(
        organisation=organisation,
        name=name,
        role=role,
        prefix=prefix,
        digest=_digest(secret),
        created_by=actor.label[:120],
        **fields,
    )
    _check(key)
    key.save(force_insert=True)
    details = {
        "role": Role(role).value,
        "site_ids": key.site_ids,
        "expires_at": plain(key.expires_at),
    }
    _tell(kinds.KEY_CREATED, key, actor, details)
    return key, f"{prefix}.{secret}"


@transaction.atomic
def change_key(key: ApiKey, *, actor: Doer, **fields: Any) -> ApiKey:
    """Set the named fields; what is as it was before is no change.

    Raises ValidationError with a message per field.
    """
    if unknown := fields.keys() - EDITABLE:
        raise ValidationError(dict.fromkeys(unknown, "This cannot be changed."))
    known = _locked(key)
    before = {name: getattr(known, name) for name in fields if getattr(known, name) != fields[name]}
    for name in before:
        setattr(known, name, fields[name])
    _check(known)
    if before:
        known.save(update_fields=list(before))
        after = {name: fields[name] for name in before}
        _tell(kinds.KEY_CHANGED, known, actor, {CHANGES: differing(before, after)})
    return known


@transaction.atomic
def rotate(key: ApiKey, *, actor: Doer, now: datetime, until: datetime | None = None) -> str:
    """A new secret; the one before it works until ``until``, without from now on not any more.

    The one before that ends at once. Raises ValidationError.
    """
    if until is not None and not now < until <= now + LONGEST_OVERLAP:
        raise ValidationError({"until": "Choose a time within the next 90 days."})
    known = _locked(key)
    prefix, secret = _new_secret()
    known.former_prefix = known.prefix if until else ""
    known.former_digest = known.digest if until else ""
    known.former_until, known.prefix, known.digest = until, prefix, _digest(secret)
    known.save(update_fields=["prefix", "digest", "former_prefix", "former_digest", "former_until"])
    _tell(kinds.KEY_ROTATED, known, actor, {"former_until": plain(until)})
    return f"{prefix}.{secret}"


@transaction.atomic
def revoke(key: ApiKey, *, actor: Doer, now: datetime) -> bool:
    """It proves nothing any more, for ever; False where it was revoked before."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        return False
    _tell(kinds.KEY_REVOKED, key, actor, {})
    return True


def find_api_key(given: str, *, now: datetime) -> ApiKey | None:
    """The live key that ``given`` proves, its use noted to the minute."""
    prefix, _, secret = given.partition(".")
    former = Q(former_prefix=prefix, former_until__gt=now)
    alive = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    key = alive.select_related("organisation").filter(Q(prefix=prefix) | former).first()
    if not prefix or key is None:
        return None
    digest = key.digest if key.prefix == prefix else key.former_digest
    if not hmac.compare_digest(digest, _digest(secret)):
        return None
    if key.last_used_at is None or now - key.last_used_at > _USE_RESOLUTION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def check_end(expires_at: datetime | None, now: datetime) -> None:
    """Raises ValidationError where a key would end before it begins."""
    if expires_at is not None and expires_at <= now:
        raise ValidationError({"expires_at": "It must be in the future."})


def _locked(key: ApiKey) -> ApiKey:
    known = ApiKey.objects.select_for_update(no_key=True, of=("self",)).get(pk=key.pk)
    if known.revoked_at is not None:
        raise ValidationError(_REVOKED)
    return known


def _check(key: ApiKey) -> None:
    check_mandate(key.role, key.site_ids)
    key.full_clean(validate_unique=False)


def _new_secret() -> tuple[str, str]:
    return secrets.token_hex(4), secrets.token_urlsafe(32)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _tell(kind: kinds.Kind, key: ApiKey, actor: Doer, details: dict[str, Any]) -> None:
    whose, subject = key.organisation_id, (key.pk, key.name)
    record(kind, actor=actor, organisation_id=whose, subject=subject, details=details)
    announce(whose, "keys")
