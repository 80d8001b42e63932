"""Secrets never enter the journal. Pure: a payload in, the same payload masked out."""

import json
import re
from typing import Any

MASK = "•••"
SECRET_NAMES = (
    "authorizationkey",
    "basicauthpassword",
    "password",
    "passphrase",
    "apikey",
    "secret",
    "privatekey",
    "stationpassword",
)
_USERINFO = re.compile(r"(://[^/\s:@]*:)[^/\s@]+@")  # the password in an address
_NAMED_VALUES = (("key", "value"), ("variable", "attributeValue"))


_PERSONAL = {"NotifyCustomerInformation": "data"}  # has a shorter life than the journal


def impersonal(action: str, payload: Any) -> Any:
    """``payload`` of a station's call without what it tells of a customer."""
    member = _PERSONAL.get(action)
    if member is None or not isinstance(payload, dict) or not payload.get(member):
        return payload
    return {**payload, member: MASK}


def is_secret(name: str) -> bool:
    """Whether a configuration key, variable or member name holds a secret."""
    plain = name.lower().replace("_", "").replace("-", "")
    return any(secret in plain for secret in SECRET_NAMES)


def masked(payload: Any) -> Any:
    """``payload`` with every secret value replaced; the same object where there is none."""
    if isinstance(payload, str):
        return _masked_text(payload)
    if isinstance(payload, list):
        items = [masked(item) for item in payload]
        changed = any(new is not old for new, old in zip(items, payload, strict=True))
        return items if changed else payload
    if not isinstance(payload, dict):
        return payload
    members = {key: _masked_member(key, value, payload) for key, value in payload.items()}
    changed = any(members[key] is not payload[key] for key in payload)
    return members if changed else payload


def _masked_text(text: str) -> str:
    """The password in an address, and secrets in JSON that is carried as text (DataTransfer)."""
    if text[:1] in ("{", "["):
        try:
            inner = json.loads(text)
            hidden = masked(inner)
        except ValueError:
            return text
        except RecursionError:
            return MASK  # too deep to be searched
        return text if hidden is inner else json.dumps(hidden, ensure_ascii=False)
    return _USERINFO.sub(rf"\1{MASK}@", text) if "://" in text else text


def _masked_member(key: str, value: Any, owner: dict[str, Any]) -> Any:
    if not isinstance(value, str):
        return masked(value)
    if is_secret(key) or _is_named_secret(key, owner) or _is_key_code(key, owner):
        return MASK
    return masked(value)


def _is_key_code(key: str, owner: dict[str, Any]) -> bool:
    """What a driver types at the station is a password (2.0.1 C04, IdTokenEnumType)."""
    kind = {"idToken": "type", "token": "token_type"}.get(key, "")
    return owner.get(kind) == "KeyCode"


def _is_named_secret(key: str, owner: dict[str, Any]) -> bool:
    """{"key": "AuthorizationKey", "value": …} and {"variable": {"name": …}, "attributeValue"}."""
    for name_key, value_key in _NAMED_VALUES:
        if key in (value_key, "value"):
            name = owner.get(name_key)
            if isinstance(name, dict):
                name = name.get("name")
            if isinstance(name, str) and is_secret(name):
                return True
    return False
