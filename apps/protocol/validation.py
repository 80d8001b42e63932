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

    ``limit`` is the length that an over-long text exceeds.
    """

    path: str
    message: str
    keyword: str
    code: str
    limit: int | None = None


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
    if keyword != "additionalProperties":
        limit = error.kind.value if keyword == "maxLength" else None
        yield Problem(path, error.message[:_MAX_MESSAGE], keyword, code, limit)
        return
    for member in error.kind.as_dict()["unexpected"]:
        message = f"{member[:40]!r} does not belong here"
        yield Problem(f"{path}/{escape(member)}", message, keyword, code)


def escape(step: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
