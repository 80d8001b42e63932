"""Messages with a secret in every place where one may stand."""

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from apps.domain.vocabulary import Protocol
from tests.protocol.payloads import build

SECRET = 8675309421  # a number, for a SIM's PIN is one
TEXT = str(SECRET)
_TEXTS = (
    json.dumps({"pin": SECRET, "wifi": [{"name": "psk", "value": TEXT}], "token": TEXT}),
    f"ftps://fred:{TEXT}@files.example/a?X-Amz-Signature={TEXT}&sig={TEXT}#token={TEXT}",
    f"pin={TEXT}; password: {TEXT}",
    f"fred:{TEXT}@files.example/log",
)
_URI = _TEXTS[1]
_LONG = 100  # texts that are shorter are names
_VALUES = ("value", "attributeValue", "actualValue")
_BY_PARENT: dict[str, dict[str, Any]] = {
    "customData": {"pin": SECRET, "access": {"token": TEXT, "key": TEXT}},
    "vpn": {"key": TEXT, "password": TEXT},
    "apn": {"simPin": SECRET, "apnPassword": TEXT},
}
# A display shows it to everybody; a hash gives nothing away.
_PUBLIC = frozenset({"content", "issuerNameHash", "issuerKeyHash"})


def planted(protocol: Protocol, action: str, kind: str = "request") -> Any:
    """The fullest payload of a message, with the secret wherever the schema lets it stand."""
    return _plant(build(protocol, action, kind=kind, is_full=True), "", cycle(_TEXTS))


def _plant(value: Any, key: str, texts: Iterator[str]) -> Any:
    if isinstance(value, dict):
        members = {name: _plant(inner, name, texts) for name, inner in value.items()}
        return _object(members, key)
    if isinstance(value, list):
        return [_plant(inner, key, texts) for inner in value]
    if isinstance(value, str) and key not in _PUBLIC:
        return _text(value, key, texts)
    return value


def _text(value: str, key: str, texts: Iterator[str]) -> str:
    if value.startswith("https://"):
        return _URI
    if key == "data":
        return _TEXTS[0]
    return next(texts) if len(value) >= _LONG and set(value) == {"x"} else value


def _object(members: dict[str, Any], key: str) -> dict[str, Any]:
    members |= _BY_PARENT.get(key, {})
    if isinstance(members.get("idToken"), str) and "type" in members and key != "groupIdToken":
        members |= {"idToken": TEXT, "type": "KeyCode"}
    if "additionalIdToken" in members:
        members |= {"additionalIdToken": TEXT, "type": "PIN"}
    if isinstance(members.get("variable"), dict):
        members["variable"]["name"] = "BasicAuthPassword"
        _value(members)
        for attribute in members.get("variableAttribute", ()):
            _value(attribute)
    if "key" in members and "value" in members:
        members |= {"key": "AuthorizationKey", "value": TEXT}
    return members


def _value(members: dict[str, Any]) -> None:
    for name in _VALUES:
        if isinstance(members.get(name), str):
            members[name] = TEXT
