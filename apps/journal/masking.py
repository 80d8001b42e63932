"""Secrets never enter the journal. Pure: a payload in, the same payload masked out.

What is a secret is told by the name of a member in any depth, by the name that stands beside a
value (``key`` and ``value``, ``variable`` and ``variableAttribute``), by the type of a token,
and, in texts, by what addresses and JSON look like.
"""

import json
from functools import lru_cache
from typing import Any, NamedTuple

from apps.journal.secrecy import (
    MASK,
    hidden_in,
    is_code,
    is_secret,
    is_secret_of_makers,
    is_secret_variable,
    unread,
)

_NAMES = frozenset({
    "key", "variable", "variableName", "name", "param", "parameter", "setting", "option",
    "messageId", "message_id",
})  # fmt: skip
_VALUES = ("value", "val", "data", "content")  # a member of such a name holds what was named
_KINDS = frozenset({"type", "token_type", "tokenType", "token_kind", "kind"})
_CODES = frozenset({"idToken", "additionalIdToken", "token", "token_uid", "uid"})
_MAKERS_DATA = frozenset({"data", "customData"})
_PERSONAL = {"NotifyCustomerInformation": "data"}  # has a shorter life than the journal


class _Place(NamedTuple):
    """Where a value stands: below which member, in a maker's own data, beside a secret name."""

    parent: str = ""
    is_makers: bool = False
    is_named: bool = False


_TOP, _IN_TEXT = _Place(), _Place(is_makers=True)


def impersonal(action: str, payload: Any) -> Any:
    """``payload`` of a station's call without what it tells of a customer."""
    member = _PERSONAL.get(action)
    if member is None or not isinstance(payload, dict) or not payload.get(member):
        return payload
    return {**payload, member: MASK}


def masked(payload: Any) -> Any:
    """``payload`` with every secret value replaced; the same object where there is none."""
    try:
        return _walk(payload, _TOP)
    except RecursionError:
        return MASK  # too deep to be searched


def masked_frame(text: str) -> str:
    """A frame as it came; one that is no JSON is kept only if it can hold no secret."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return unread(text)
    return str(masked(text))


def _walk(value: Any, place: _Place) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        items = [_walk(item, place) for item in value]
        changed = any(new is not old for new, old in zip(items, value, strict=True))
        return items if changed else value
    return _object(value, place) if isinstance(value, dict) else value


def _object(owner: dict[str, Any], place: _Place) -> dict[str, Any]:
    is_named = place.is_named or _names_a_secret(owner)
    has_code = _has_code(owner)
    members, changed = {}, False
    for key, value in owner.items():
        is_hidden = (has_code and key in _CODES) or _is_secret_member(
            key, place.parent, place.is_makers and not (key == "key" and "value" in owner), is_named
        )
        if is_hidden:
            members[key] = _hidden(value)
        elif isinstance(value, dict | list):
            is_makers = place.is_makers or key in _MAKERS_DATA
            members[key] = _walk(value, _Place(key, is_makers, is_named))
        else:
            members[key] = _text(value) if isinstance(value, str) else value
        changed |= members[key] is not value
    return members if changed else owner


@lru_cache(maxsize=8192)
def _is_secret_member(key: str, parent: str, is_makers: bool, is_named: bool) -> bool:
    if is_named and _is_value(key):
        return True
    if is_secret(key) or (parent and is_secret(f"{parent} {key}")):
        return True
    return is_makers and is_secret_of_makers(key)


def _has_code(owner: dict[str, Any]) -> bool:
    if _KINDS.isdisjoint(owner):
        return False
    return any(is_code(owner[kind]) for kind in _KINDS.intersection(owner))


def _hidden(value: Any) -> Any:
    """All that stands below a secret name; whether there is anything may be seen."""
    if isinstance(value, dict):
        return {key: _hidden(inner) for key, inner in value.items()} if value else value
    if isinstance(value, list):
        return [_hidden(item) for item in value] if value else value
    return value if value in ("", MASK) or value is None or isinstance(value, bool) else MASK


def _text(text: str) -> str:
    """Addresses, pairs, and JSON that is carried as text (DataTransfer)."""
    start = text.lstrip()[:1]
    if start not in ("{", "[", '"'):
        return hidden_in(text)
    try:
        inner = json.loads(text)
    except ValueError:
        return hidden_in(text)
    except RecursionError:
        return MASK
    if not isinstance(inner, dict | list | str):
        return text
    hidden = _walk(inner, _IN_TEXT)
    return text if hidden is inner else json.dumps(hidden, ensure_ascii=False)


def _is_value(key: str) -> bool:
    plain = key.casefold()
    return plain.endswith(_VALUES) or plain == "valueslist"


def _names_a_secret(owner: dict[str, Any]) -> bool:
    """{"key": "AuthorizationKey", "value": …} and {"variable": {"name": …}, "attributeValue"}."""
    for member in _NAMES.intersection(owner):
        name = owner[member]
        if isinstance(name, str) and is_secret_of_makers(name):
            return True
    variable = owner.get("variable")
    return isinstance(variable, dict) and is_secret_variable(
        _name_of(owner.get("component")), _name_of(variable)
    )


def _name_of(thing: Any) -> str:
    """Name and instance of a component or a variable."""
    if not isinstance(thing, dict):
        return ""
    parts = (thing.get("name"), thing.get("instance"))
    return " ".join(part for part in parts if isinstance(part, str))
