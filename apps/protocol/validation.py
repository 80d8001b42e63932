"""Payloads against the OCPP JSON schemas that the ``ocpp`` package ships.

Validators are compiled once, at first use. Unlike that package, formats are checked and
additional properties of messages are told apart from wrong values. A problem never quotes the
value: it may be a secret.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, islice
from typing import Any, Literal

import jsonschema_rs
import orjson

from apps.domain.vocabulary import Protocol
from apps.protocol.errors import ErrorCode
from apps.protocol.kinds import folded

Kind = Literal["request", "response"]
Direction = Literal["from_station", "from_csms"]

_STATION_16 = """
    Authorize BootNotification DataTransfer DiagnosticsStatusNotification
    FirmwareStatusNotification Heartbeat LogStatusNotification MeterValues
    SecurityEventNotification SignCertificate SignedFirmwareStatusNotification
    StartTransaction StatusNotification StopTransaction
"""
_STATION_201 = """
    Authorize BootNotification ClearedChargingLimit DataTransfer FirmwareStatusNotification
    Get15118EVCertificate GetCertificateStatus Heartbeat LogStatusNotification MeterValues
    NotifyChargingLimit NotifyCustomerInformation NotifyDisplayMessages
    NotifyEVChargingNeeds NotifyEVChargingSchedule NotifyEvent NotifyMonitoringReport
    NotifyReport PublishFirmwareStatusNotification ReportChargingProfiles
    ReservationStatusUpdate SecurityEventNotification SignCertificate StatusNotification
    TransactionEvent
"""
_FROM_STATION = {
    Protocol.OCPP16: frozenset(_STATION_16.split()),
    Protocol.OCPP201: frozenset(_STATION_201.split()),
}
_BOTH_WAYS = frozenset({"DataTransfer"})
_FOLDERS = {Protocol.OCPP16: "v16", Protocol.OCPP201: "v201"}
_REQUEST_SUFFIX = {Protocol.OCPP16: "", Protocol.OCPP201: "Request"}
MAX_PROBLEMS = 1000
_MAX_MESSAGE = 200
_WANTED = ("property", "types", "options", "limit")  # as the validator calls them

_CODES: dict[str, str] = {
    "required": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
    "minItems": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
    "maxItems": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
    "type": ErrorCode.TYPE_CONSTRAINT_VIOLATION,
    "additionalProperties": ErrorCode.FORMAT_VIOLATION,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One violation. ``path`` is a JSON pointer, ``code`` an error code in 2.0.1 spelling.

    ``wanted`` is what the keyword asks for: the name of a missing or an unexpected member, the
    types, the words, the length.
    """

    path: str
    message: str
    keyword: str
    code: str
    wanted: Any = None


def problems(protocol: Protocol, action: str, kind: Kind, payload: Any) -> list[Problem]:
    """The violations of the schema, at most 1000; [] is a valid payload.

    The action must be known.
    """
    validator = _validator(protocol, action, kind)
    if validator.is_valid(payload):
        return []
    found = chain.from_iterable(_violations(error) for error in validator.iter_errors(payload))
    return list(islice(found, MAX_PROBLEMS))


def is_known(protocol: Protocol, action: str) -> bool:
    return action in _all_actions(protocol)


def actions(protocol: Protocol, direction: Direction) -> frozenset[str]:
    """The calls that a station may send us, or that we may send to a station."""
    from_station = _FROM_STATION[protocol]
    if direction == "from_station":
        return from_station
    return (_all_actions(protocol) - from_station) | _BOTH_WAYS


def refusal(protocol: Protocol, action: str) -> str | None:
    """The error code for a station's call that nothing here can read, or None.

    NotImplemented: unknown to this version; NotSupported: known, but ours to send.
    """
    if action in _FROM_STATION[protocol]:
        return None
    known = is_known(protocol, action)
    return ErrorCode.NOT_SUPPORTED if known else ErrorCode.NOT_IMPLEMENTED


@cache
def schema(protocol: Protocol, action: str, kind: Kind = "request") -> dict[str, Any]:
    """The JSON schema of a message; KeyError where this version has none."""
    if not is_known(protocol, action):
        raise KeyError(action)
    suffix = _REQUEST_SUFFIX[protocol] if kind == "request" else "Response"
    text = (_folder(protocol) / f"{action}{suffix}.json").read_text(encoding="utf-8-sig")
    loaded: dict[str, Any] = orjson.loads(text)
    return loaded


@cache
def names(protocol: Protocol, action: str) -> dict[str, str]:
    """The names of all members of a call, by what is left of them without case."""
    return {folded(name): name for name in _names_in(schema(protocol, action))}


@cache
def words(protocol: Protocol, action: str, *path: str) -> tuple[str, ...]:
    """The words that a member of a call may be; ``path``: names of members, through lists."""
    whole = node = schema(protocol, action)
    for name in path:
        node = _resolved(node["properties"][name], whole)
        while "items" in node:
            node = _resolved(node["items"], whole)
    return tuple(node["enum"])


def value_at(payload: Any, path: str) -> Any:
    """What a JSON pointer points at; None where there is nothing."""
    value = payload
    for step in path.split("/")[1:]:
        try:
            value = value[int(step) if isinstance(value, list) else unescape(step)]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def _names_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for inner in node.values():
            yield from _names_in(inner)


def _resolved(node: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    name = node.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = whole["definitions"][name] if name else node
    return found


@cache
def _validator(protocol: Protocol, action: str, kind: Kind) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        schema(protocol, action, kind), validate_formats=True, mask="the value"
    )


def _folder(protocol: Protocol) -> Any:
    return files("ocpp") / _FOLDERS[protocol] / "schemas"


@cache
def _all_actions(protocol: Protocol) -> frozenset[str]:
    names = (entry.name for entry in _folder(protocol).iterdir())
    return frozenset(
        name.removesuffix("Response.json") for name in names if name.endswith("Response.json")
    )


def _violations(error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
    """One problem for an error, but one each for unexpected members, with their paths."""
    path = "".join(f"/{escape(str(step))}" for step in error.instance_path)
    keyword = error.kind.name
    code = _CODES.get(keyword, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION)
    asked = error.kind.as_dict()
    if keyword != "additionalProperties":
        wanted = next((asked[name] for name in _WANTED if name in asked), None)
        yield Problem(path, error.message[:_MAX_MESSAGE], keyword, code, wanted)
        return
    for member in asked["unexpected"]:
        message = f"{member[:40]!r} does not belong here"
        yield Problem(f"{path}/{escape(member)}", message, keyword, code, member)


def escape(step: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
