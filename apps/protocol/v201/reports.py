"""The device model as an OCPP 2.0.1 station reports it: NotifyReport and NotifyEvent."""

from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import Any

from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    EventsNotified,
    NotifiedEvent,
    Traits,
    VariablesReported,
    VariableValue,
)
from apps.domain.vocabulary import ConnectorStatus
from apps.protocol.members import count, instant, text

_STATUSES = {status.value: status for status in ConnectorStatus}

Payload = dict[str, Any]


def variables(payload: Payload, _received_at: datetime) -> Event:
    """One part of a report; ``tbc`` absent means that it is the last."""
    entries = payload.get("reportData", ())
    return VariablesReported(
        request_id=count(payload["requestId"]) or 0,
        seq=count(payload["seqNo"]) or 0,
        is_last=not payload.get("tbc", False),
        values=tuple(value for entry in entries for value in _attributes(entry)),
    )


def events(payload: Payload, received_at: datetime) -> Event:
    """Every entry; the availability of connectors, EVSEs and the station apart too (G01, N07)."""
    statuses: list[ConnectorStatusChanged] = []
    entries: list[NotifiedEvent] = []
    for entry in payload["eventData"]:
        status = _availability(entry, received_at)
        if status is not None:
            statuses.append(status)
        entries.append(_notice(entry, received_at, is_status=status is not None))
    generated_at = instant(payload["generatedAt"], received_at)
    return EventsNotified(tuple(statuses), tuple(entries), generated_at)


def variable(entry: Payload, attribute: Payload) -> VariableValue:
    """``entry`` names component and variable; ``attribute`` has type, value, mutability."""
    component, named = entry["component"], entry["variable"]
    evse = component.get("evse", {})
    return VariableValue(
        component=component["name"],
        variable=named["name"],
        value=attribute.get("value"),
        attribute=attribute.get("type", "Actual"),
        component_instance=component.get("instance", ""),
        variable_instance=named.get("instance", ""),
        evse_id=count(evse.get("id")),
        connector_id=count(evse.get("connectorId")),
        mutability=attribute.get("mutability", ""),
        is_persistent=attribute.get("persistent"),
        is_constant=attribute.get("constant"),
        traits=_traits(entry.get("variableCharacteristics")),
    )


def named(item: Payload) -> VariableValue | None:
    """The variable, and its value, of one item of an answer; None where that breaks its schema."""
    attribute = {"value": item.get("attributeValue"), "type": item.get("attributeType", "Actual")}
    try:
        value = variable(item, attribute)
    except (AttributeError, KeyError, TypeError):
        return None
    words = (
        value.component, value.variable, value.attribute, value.value or "",
        value.component_instance, value.variable_instance,
    )  # fmt: skip
    return value if all(isinstance(word, str) for word in words) else None


def _traits(told: Any) -> Traits | None:
    if not isinstance(told, dict):
        return None
    return Traits(
        data_type=told["dataType"],
        unit=text(told, "unit"),
        min_limit=_limit(told.get("minLimit")),
        max_limit=_limit(told.get("maxLimit")),
        values_list=told.get("valuesList", ""),
        supports_monitoring=told["supportsMonitoring"],
    )


def _limit(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def _attributes(entry: Payload) -> Iterator[VariableValue]:
    for attribute in entry["variableAttribute"]:
        yield variable(entry, attribute)


def _availability(entry: Payload, received_at: datetime) -> ConnectorStatusChanged | None:
    """The status that an AvailabilityState event tells, where it can be placed."""
    component = entry["component"]
    place = _place(component["name"], component.get("evse", {}))
    status = _STATUSES.get(entry["actualValue"])
    if entry["variable"]["name"] != "AvailabilityState" or place is None or status is None:
        return None
    return ConnectorStatusChanged(*place, status, instant(entry["timestamp"], received_at))


def _place(component: str, evse: Payload) -> tuple[int, int] | None:
    evse_id, connector_id = count(evse.get("id")), count(evse.get("connectorId"))
    if component == "ChargingStation":
        return (0, 0)
    if component == "EVSE" and evse_id is not None:
        return (evse_id, 0)
    if component == "Connector" and evse_id is not None and connector_id is not None:
        return (evse_id, connector_id)
    return None


def _notice(entry: Payload, received_at: datetime, *, is_status: bool) -> NotifiedEvent:
    component, named = entry["component"], entry["variable"]
    evse = component.get("evse", {})
    return NotifiedEvent(
        component=component["name"],
        variable=named["name"],
        value=entry["actualValue"],
        at=instant(entry["timestamp"], received_at),
        evse_id=count(evse.get("id")),
        is_cleared=entry.get("cleared", False),
        connector_id=count(evse.get("connectorId")),
        component_instance=text(component, "instance"),
        variable_instance=text(named, "instance"),
        event_id=count(entry["eventId"]) or 0,
        trigger=entry["trigger"],
        kind=entry["eventNotificationType"],
        cause=count(entry.get("cause")),
        tech_code=text(entry, "techCode"),
        tech_info=entry.get("techInfo", ""),
        transaction_id=text(entry, "transactionId"),
        monitor_id=count(entry.get("variableMonitoringId")),
        is_status=is_status,
    )
