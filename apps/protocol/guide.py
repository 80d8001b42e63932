"""What a call is made of, and an example of it, read from its schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.domain.vocabulary import Protocol
from apps.protocol import validation

Schema = dict[str, Any]

_CERTIFICATE = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----"
# What people mean by a name where the schema only says "string": the longest fitting end wins.
_TEXTS = {
    "component/name": "OCPPCommCtrlr",
    "variable/name": "HeartbeatInterval",
    "attributeValue": "300",
    "key": "HeartbeatInterval",
    "value": "300",
    "idTag": "04A2B1C3",
    "parentIdTag": "FLEET",
    "idToken/idToken": "04A2B1C3",
    "groupIdToken/idToken": "FLEET",
    "additionalIdToken": "DE-ABC-C12345678-9",
    "customerIdentifier": "C-1042",
    "transactionId": "70001",
    "vendorId": "com.example",
    "messageId": "Ping",
    "data": "{}",
    "language": "en",
    "content": "Please move your car.",
    "location": "https://files.example.com/firmware.bin",
    "locationURL": "https://files.example.com/firmware.bin",
    "remoteLocation": "https://files.example.com/logs/",
    "ocppCsmsUrl": "wss://csms.example.com/ocpp",
    "certificate": _CERTIFICATE,
    "certificateChain": _CERTIFICATE,
    "signingCertificate": _CERTIFICATE,
    "signature": "c2lnbmF0dXJl",
    "checksum": "d41d8cd98f00b204e9800998ecf8427e",
    "issuerNameHash": "a1" * 32,
    "issuerKeyHash": "b2" * 32,
    "serialNumber": "1f3a",
}
# Enumerations whose first word is seldom the one that is meant.
_WORDS = frozenset({
    "Actual", "Operative", "FullInventory", "Delta", "Heartbeat", "TxDefaultProfile", "Relative",
    "OnIdle", "Soft", "ISO14443", "Central", "SHA256", "NormalCycle", "Differential", "OCPP20",
    "DiagnosticsLog", "UpperThreshold", "ChargingStationCertificate", "CSMSRootCertificate",
    "CentralSystemRootCertificate", "W", "UTF8",
})  # fmt: skip
_HARMFUL = frozenset({"clear"})  # an example erases nothing
_NUMBERS: dict[str, float] = {
    "evseId": 1, "connectorId": 1, "id": 1, "stackLevel": 0, "limit": 11_000.0, "duration": 3600,
    "startPeriod": 0, "heartbeatInterval": 300, "interval": 300, "severity": 5, "value": 32.0,
    "numberPhases": 3, "totalCost": 4.2, "versionNumber": 2, "listVersion": 2, "retries": 3,
    "retryInterval": 60, "messageTimeout": 30, "securityProfile": 1, "configurationSlot": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a call. ``path``: "evse.id", "items[].name"; ``kind`` in words, with limits;

    ``words``: what an enumeration allows.
    """

    path: str
    kind: str
    is_required: bool
    words: tuple[str, ...] = ()


def members(protocol: Protocol, action: str) -> list[Member]:
    """All members of the call in the order of its schema, those inside of others after them."""
    schema = validation.schema(protocol, action)
    return list(_members(schema, schema, ""))


def example(
    protocol: Protocol,
    action: str,
    now: datetime,
    *,
    kind: validation.Kind = "request",
    is_full: bool = False,
) -> dict[str, Any]:
    """A call (or answer) that its schema accepts: what it needs, or ``is_full`` all of it."""
    schema = validation.schema(protocol, action, kind)
    made: dict[str, Any] = _object(_Maker(schema, now, is_full), schema, "")
    return made


@dataclass(frozen=True, slots=True)
class _Maker:
    root: Schema
    now: datetime
    is_full: bool


def _members(root: Schema, schema: Schema, prefix: str) -> Iterator[Member]:
    needed = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        if name == "customData":
            continue
        part = _resolved(root, given)
        is_list = part.get("type") == "array"
        inner = _resolved(root, part.get("items", {})) if is_list else part
        path = f"{prefix}{name}{'[]' if is_list else ''}"
        yield Member(path, _kind(part, inner), name in needed, tuple(inner.get("enum", ())))
        yield from _members(root, inner, f"{path}.")


def _kind(part: Schema, inner: Schema) -> str:
    kind = _KINDS.get(inner.get("type", ""), "anything")
    if "enum" in inner:
        kind = "one of"
    if inner.get("format") == "date-time":
        kind = "time"
    if "maxLength" in inner:
        kind += f", at most {inner['maxLength']} characters"
    if "minimum" in inner or "maximum" in inner:
        kind += f", {inner.get('minimum', '…')} to {inner.get('maximum', '…')}"
    if part is inner:
        return kind
    most = f" to {part['maxItems']}" if "maxItems" in part else " or more"
    return f"list of {part.get('minItems', 0)}{most}: {kind}"


_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}


def _resolved(root: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    return found


def _object(maker: _Maker, schema: Schema, path: str) -> Any:
    needed = schema.get("required", ())
    return {
        name: _value(maker, _resolved(maker.root, part), f"{path}/{name}")
        for name, part in schema.get("properties", {}).items()
        if name in needed or (maker.is_full and name != "customData")
    }


def _value(maker: _Maker, schema: Schema, path: str) -> Any:
    name = path.rpartition("/")[2]
    kind = schema.get("type")
    if "enum" in schema:
        return next((word for word in schema["enum"] if word in _WORDS), schema["enum"][0])
    if kind == "object":
        return _object(maker, schema, path)
    if kind == "array":
        return [_value(maker, _resolved(maker.root, schema.get("items", {})), path)]
    if kind == "boolean":
        return name not in _HARMFUL
    if kind in ("integer", "number"):
        number = _NUMBERS[name] if name in _NUMBERS else schema.get("minimum", 1)
        return int(number) if kind == "integer" else number
    return _text(maker, schema, path, name)


def _text(maker: _Maker, schema: Schema, path: str, name: str) -> str:
    if schema.get("format") == "date-time":
        is_end = name in ("expiryDate", "validTo", "endDateTime", "expiryDateTime")
        at = maker.now.astimezone(UTC) + timedelta(hours=is_end)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    parent = path.rsplit("/", 2)[-2]
    text = _TEXTS.get(f"{parent}/{name}") or _TEXTS.get(name, "text")
    return text[: schema.get("maxLength", len(text))]
