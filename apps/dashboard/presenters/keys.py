"""API keys as administrators see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Actor, ApiKey
from apps.dashboard.presenters.people import Places


@dataclass(frozen=True, slots=True)
class KeyRow:
    key: ApiKey
    where: str
    chip: tuple[str, str, str]
    is_rotating: bool


def key_rows(actor: Actor, keys: Iterable[ApiKey], now: datetime) -> list[KeyRow]:
    rows = list(keys)
    where = Places(actor, rows)
    return [KeyRow(one, where.of(one), _chip(one, now), _is_rotating(one, now)) for one in rows]


def _chip(key: ApiKey, now: datetime) -> tuple[str, str, str]:
    if key.revoked_at is not None:
        return "out", "ban", "Revoked"
    if key.expires_at is not None and key.expires_at <= now:
        return "offline", "clock", "Ended"
    return "ok", "check", "Works"


def _is_rotating(key: ApiKey, now: datetime) -> bool:
    """Whether the secret before this one works as well."""
    until = key.former_until
    return key.revoked_at is None and until is not None and until > now
