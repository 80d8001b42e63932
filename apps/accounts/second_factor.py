"""Writes: the second factor of a person: six digits that an app shows (TOTP, RFC 6238).

A code is taken once, half a minute early or late. For a lost phone there are recovery codes, each
good once; only their digests are kept. How often somebody may try is for the throttle.
"""

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Any

import pyotp
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import sealing
from apps.accounts.models import SecondFactor, User
from apps.history import kinds
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce

RECOVERY_CODES = 10
_DIGITS, _EARLY_OR_LATE = 6, 1
_WRONG = "This is not the code that the app shows now."


def new_secret() -> str:
    return pyotp.random_base32()


def address_of(secret: str, person: User) -> str:
    """What an app reads from the picture: ``otpauth://totp/…``."""
    issuer = person.organisation.name
    return pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=issuer)


@transaction.atomic
def turn_on(person: User, secret: str, code: str, *, actor: Doer, now: datetime) -> list[str]:
    """The recovery codes, told once. Raises ValidationError where ``code`` is not of ``secret``."""
    step = _step(secret, code, now)
    if step is None:
        raise ValidationError({"code": _WRONG})
    codes = _new_codes()
    SecondFactor.objects.update_or_create(
        user=person,
        defaults={
            "sealed": sealing.seal(secret),
            "last_step": step,
            "recovery_digests": [_digest(one) for one in codes],
            "turned_on_at": now,
        },
    )
    _tell(kinds.SECOND_FACTOR_ON, person, actor)
    return codes


@transaction.atomic
def turn_off(person: User, *, actor: Doer) -> bool:
    """The password is enough from now on; False where it was before."""
    removed, _ = SecondFactor.objects.filter(user=person).delete()
    if removed:
        _tell(kinds.SECOND_FACTOR_OFF, person, actor)
    return bool(removed)


@transaction.atomic
def renew_codes(person: User, *, actor: Doer) -> list[str]:
    """Other recovery codes in the place of those before. DoesNotExist without a second factor."""
    factor = SecondFactor.objects.select_for_update().get(user=person)
    codes = _new_codes()
    factor.recovery_digests = [_digest(one) for one in codes]
    factor.save(update_fields=["recovery_digests"])
    _tell(kinds.RECOVERY_CODES_MADE, person, actor)
    return codes


@transaction.atomic
def prove(person: User, given: str, *, now: datetime) -> bool:
    """Whether ``given`` is a code of the app or a recovery code; it is none any more then."""
    factor = SecondFactor.objects.select_for_update().filter(user=person).first()
    if factor is None:
        return False
    text = _plain(given)
    if len(text) == _DIGITS and text.isascii() and text.isdigit():
        return _takes_code(factor, text, now)
    return _takes_recovery_code(factor, person, text)


def _takes_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    secret = sealing.unseal(factor.sealed)
    step = None if secret is None else _step(secret, code, now)
    if step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    factor.save(update_fields=["last_step"])
    return True


def _takes_recovery_code(factor: SecondFactor, person: User, text: str) -> bool:
    digest = _digest(text)
    if digest not in factor.recovery_digests:
        return False
    factor.recovery_digests = [one for one in factor.recovery_digests if one != digest]
    factor.save(update_fields=["recovery_digests"])
    left = len(factor.recovery_digests)
    _tell(kinds.RECOVERY_CODE_USED, person, person, details={"left": left})
    return True


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The step of the clock at which ``secret`` gives ``code``, about now."""
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            _plain(code), for_time=now, valid_window=_EARLY_OR_LATE
        )
    except pyotp.OTPVerificationError:
        return None


def _new_codes() -> list[str]:
    """Sixteen letters and digits in four groups: 80 bits, which need no slow digest."""
    texts = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    return ["-".join(text[i : i + 4] for i in range(0, 16, 4)).lower() for text in texts]


def _plain(given: str) -> str:
    return "".join(given.split()).replace("-", "").lower()


def _digest(code: str) -> str:
    return hashlib.sha256(_plain(code).encode()).hexdigest()


def _tell(kind: kinds.Kind, person: User, actor: Doer, **what: Any) -> None:
    subject = (person.pk, person.label)
    record(kind, actor=actor, organisation_id=person.organisation_id, subject=subject, **what)
    announce(person.organisation_id, "people")
