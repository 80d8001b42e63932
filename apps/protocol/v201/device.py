"""Reports, monitors and customer information as OCPP 2.0.1 says them (B07, B08, N02 to N10)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Any

import orjson

from apps.domain import device
from apps.domain.command import Command
from apps.domain.commands import RawCall
from apps.domain.device import (
    CustomerInformation,
    CustomerTold,
    GetMonitoringReport,
    GetReport,
    MonitorCleared,
    MonitorSet,
    MonitorsReported,
    MonitorTold,
    ReadDeviceModel,
    SetMonitoringBase,
    SetMonitoringLevel,
    VariableSet,
)
from apps.domain.events import Event
from apps.domain.maintenance import SetMonitors
from apps.protocol.codec import MessageLimits, Outcome
from apps.protocol.members import MAX_INT32, count
from apps.protocol.outbound import members, portions
from apps.protocol.v201 import reports

Payload = dict[str, Any]
Written = tuple[str, Payload]

BASES = {
    "full": "FullInventory",
    "configuration": "ConfigurationInventory",
    "summary": "SummaryInventory",
}
MONITORING_BASES = {
    "all": "All",
    "factory_default": "FactoryDefault",
    "hard_wired_only": "HardWiredOnly",
}
_OF_BASE = {word: base for base, word in MONITORING_BASES.items()}
_NEXT_PART = 2**24  # each part of a split GetReport reports under a number of its own
_EMPTY = "EmptyResultSet"
_KEPT_SET = ("Accepted", "RebootRequired")
_GONE = ("Accepted", "NotFound")


@dataclass(frozen=True, slots=True)
class ReportPart(GetReport):
    """One of the messages that a GetReport had to be split into, counted from 0."""

    number: int = 0


def split_report(command: GetReport, limits: MessageLimits) -> list[Command]:
    """Within ItemsPerMessage and BytesPerMessage of GetReport (B08.FR.06)."""
    weight = limits.bytes_per_message
    if weight is not None:
        head = len(orjson.dumps(_report_head(command, MAX_INT32)))
        limits = replace(limits, bytes_per_message=max(weight - head, 1))
    parts = portions(command.variables, limits, _unlike)
    return [ReportPart(command.criteria, part, number) for number, part in enumerate(parts)]


def _unlike(item: Payload) -> str:
    return f"{item.get('component')}|{item.get('variable')}"


def _base_report(command: ReadDeviceModel, request_id: int) -> Written:
    return "GetBaseReport", {"requestId": request_id, "reportBase": BASES[command.base]}


def _report(command: GetReport, request_id: int) -> Written:
    return "GetReport", _report_head(command, request_id) | _variables(command)


def _report_head(command: GetReport, request_id: int) -> Payload:
    payload: Payload = {"requestId": request_id}
    if command.criteria:
        payload["componentCriteria"] = [word.capitalize() for word in command.criteria]
    return payload


def _report_part(command: ReportPart, request_id: int) -> Written:
    return _report(command, (request_id + command.number * _NEXT_PART) % (MAX_INT32 + 1))


def _monitoring_report(command: GetMonitoringReport, request_id: int) -> Written:
    payload: Payload = {"requestId": request_id}
    if command.criteria:
        words = [f"{word.capitalize()}Monitoring" for word in command.criteria]
        payload["monitoringCriteria"] = words
    return "GetMonitoringReport", payload | _variables(command)


def _variables(command: GetReport | GetMonitoringReport) -> Payload:
    return {"componentVariable": list(command.variables)} if command.variables else {}


def _customer(command: CustomerInformation, request_id: int) -> Written:
    payload: Payload = {
        "requestId": request_id,
        "report": command.report,
        "clear": command.clear,
    }
    if command.token:
        payload["idToken"] = {"idToken": command.token, "type": command.token_type}
    if command.customer:
        payload["customerIdentifier"] = command.customer
    if command.certificate:
        known = command.certificate
        payload["customerCertificate"] = {
            "hashAlgorithm": known["hash_algorithm"],
            "issuerNameHash": known["issuer_name_hash"],
            "issuerKeyHash": known["issuer_key_hash"],
            "serialNumber": known["serial_number"],
        }
    return "CustomerInformation", payload


def _base(command: SetMonitoringBase) -> Written:
    return "SetMonitoringBase", {"monitoringBase": MONITORING_BASES[command.base]}


def _level(command: SetMonitoringLevel) -> Written:
    return "SetMonitoringLevel", {"severity": command.severity}


def monitors(payload: Payload, _received_at: datetime) -> Event:
    """One part of a report of monitors; ``tbc`` absent means that it is the last."""
    entries = payload.get("monitor", ())
    return MonitorsReported(
        request_id=count(payload["requestId"]) or 0,
        seq=count(payload["seqNo"]) or 0,
        is_last=not payload.get("tbc", False),
        monitors=tuple(monitor for entry in entries for monitor in _monitors(entry)),
    )


def customer(payload: Payload, _received_at: datetime) -> Event:
    """One part of what the station knows of a customer."""
    return CustomerTold(
        request_id=count(payload["requestId"]) or 0,
        seq=count(payload["seqNo"]) or 0,
        is_last=not payload.get("tbc", False),
        text=payload["data"],
    )


def _monitors(entry: Payload) -> Iterator[MonitorTold]:
    for told in entry["variableMonitoring"]:
        monitor = _monitor(entry, told)
        if monitor is not None:
            yield monitor


def _monitor(entry: Payload, told: Payload) -> MonitorTold | None:
    """None where the number of the monitor cannot be kept."""
    number, value, named = count(told["id"]), float(told["value"]), reports.named(entry)
    if number is None or named is None or not isfinite(value):
        return None
    return MonitorTold(
        id=number,
        of=named,
        kind=told["type"],
        value=value,
        severity=min(count(told["severity"]) or 0, device.LEAST_SEVERE),
        is_transaction=told.get("transaction", False),
    )


def enriched(command: Command, action: str, answer: Payload, plain: Outcome) -> Outcome:
    """``plain`` with what else the answer tells; nothing to report is a result, no refusal."""
    is_ours = not isinstance(command, RawCall)
    if is_ours and action in _REPORTING and answer.get("status") == _EMPTY:
        return replace(plain, status="accepted")
    tell = _FACTS.get(action)
    if tell is None:
        return plain
    try:
        facts = tuple(tell(command, answer, plain))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return plain  # an answer that breaks its schema tells nothing more
    return replace(plain, facts=(*plain.facts, *facts))


def _values_set(_command: Command, answer: Payload, _plain: Outcome) -> Iterator[VariableSet]:
    for item in members(answer.get("setVariableResult")):
        named = reports.named(item)
        if item.get("attributeStatus") in _KEPT_SET and named is not None:
            yield VariableSet(named, item["attributeStatus"] == "RebootRequired")


def _monitors_set(command: Command, answer: Payload, _plain: Outcome) -> Iterator[MonitorSet]:
    """The answer lacks the value and ``transaction``: they are as they were asked for."""
    asked = _asked(command)
    for item in members(answer.get("setMonitoringResult")):
        wanted = next((one for one in asked if _is_same(one, item)), None)
        if item.get("status") != "Accepted" or wanted is None or "id" not in item:
            continue
        told = {name: wanted.get(name) for name in ("value", "severity", "type")}
        told |= {"id": item["id"], "transaction": wanted.get("transaction", False)}
        monitor = _monitor(item, told)
        if monitor is not None:
            yield MonitorSet(monitor)


def _asked(command: Command) -> list[Payload]:
    if isinstance(command, SetMonitors):
        return list(command.monitors)
    return members(command.payload.get("setMonitoringData")) if isinstance(command, RawCall) else []


def _is_same(wanted: Payload, result: Payload) -> bool:
    names = ("component", "variable", "type", "severity")
    return all(wanted.get(name) == result.get(name) for name in names)


def _monitors_cleared(_c: Command, answer: Payload, _p: Outcome) -> Iterator[MonitorCleared]:
    for item in members(answer.get("clearMonitoringResult")):
        number = count(item.get("id"))
        if item.get("status") in _GONE and number is not None:
            yield MonitorCleared(number)


def _base_taken(command: Command, _a: Payload, plain: Outcome) -> Iterator[Any]:
    word = command.payload.get("monitoringBase") if isinstance(command, RawCall) else None
    base = command.base if isinstance(command, SetMonitoringBase) else _OF_BASE.get(str(word))
    if plain.status == "accepted" and base:
        yield device.MonitoringBaseTaken(base)


def _level_taken(command: Command, _a: Payload, plain: Outcome) -> Iterator[Any]:
    level = command.payload.get("severity") if isinstance(command, RawCall) else None
    severity = command.severity if isinstance(command, SetMonitoringLevel) else count(level)
    if plain.status == "accepted" and severity is not None:
        yield device.MonitoringLevelTaken(severity)


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    SetMonitoringBase: _base,
    SetMonitoringLevel: _level,
}
NUMBERED: Mapping[type[Command], Callable[[Any, int], Written]] = {
    CustomerInformation: _customer,
    GetMonitoringReport: _monitoring_report,
    GetReport: _report,
    ReadDeviceModel: _base_report,
    ReportPart: _report_part,
}
READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {
    "NotifyCustomerInformation": customer,
    "NotifyMonitoringReport": monitors,
}
_REPORTING = frozenset({"GetBaseReport", "GetReport", "GetMonitoringReport"})
_FACTS: Mapping[str, Callable[[Command, Payload, Outcome], Iterator[Any]]] = {
    "ClearVariableMonitoring": _monitors_cleared,
    "SetMonitoringBase": _base_taken,
    "SetMonitoringLevel": _level_taken,
    "SetVariableMonitoring": _monitors_set,
    "SetVariables": _values_set,
}
