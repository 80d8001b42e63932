"""Commands as OCPP 2.0.1 calls, and the meaning of their answers."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from apps.domain.commands import (
    ChangeAvailability,
    Command,
    GetTransactionStatus,
    GetVariables,
    RawCall,
    ResetStation,
    SetVariables,
    StartSession,
    StopSession,
    TriggerMessage,
    UnlockConnector,
)
from apps.domain.device import GetReport, VariableHidden
from apps.domain.display import GetDisplayMessages
from apps.domain.events import VariableValue
from apps.domain.maintenance import ClearMonitors, SetMonitors
from apps.domain.power import checked_profile
from apps.domain.security import SetSecurityProfile
from apps.domain.vocabulary import Protocol
from apps.protocol.codec import MessageLimits, Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import (
    checked,
    members,
    of_all,
    other_words,
    plain_outcome,
    portions,
)
from apps.protocol.transfers import outcome_of
from apps.protocol.v201 import (
    authorization,
    certificates,
    costs,
    device,
    display,
    maintenance,
    power,
    publishing,
    reports,
    reservations,
    transfers,
)

Payload = dict[str, Any]
Written = tuple[str, Payload]


def encode(command: Command, *, request_id: int = 0) -> Written:
    """The call for a command; ``request_id`` numbers the report that is asked for."""
    if isinstance(command, RawCall):
        return command.action, command.payload
    if isinstance(command, GetVariables) and not command.variables:
        payload = {"requestId": request_id, "reportBase": "FullInventory"}
        return checked(Protocol.OCPP201, "GetBaseReport", payload)
    numbered = _NUMBERED.get(type(command))
    if numbered is not None:
        return checked(Protocol.OCPP201, *numbered(command, request_id))
    writer = _WRITERS.get(type(command))
    if writer is None:
        raise CannotEncode(f"OCPP 2.0.1 has no {command.declared.name!r}")
    return checked(Protocol.OCPP201, *writer(command))


def split(command: Command, limits: MessageLimits) -> list[Command]:
    """Within ItemsPerMessage and BytesPerMessage, and no variable twice in one (L-02)."""
    if isinstance(command, SetVariables):
        return [SetVariables(part) for part in portions(command.variables, limits, _identity)]
    if isinstance(command, GetVariables) and command.variables:
        return [GetVariables(part) for part in portions(command.variables, limits, _identity)]
    if isinstance(command, SetMonitors):
        parts = portions(command.monitors, limits, maintenance.monitor_key)
        return [SetMonitors(part) for part in parts]
    if isinstance(command, ClearMonitors):
        return [ClearMonitors(part) for part in portions(command.ids, limits, hash)]
    if isinstance(command, GetReport) and command.variables:
        return device.split_report(command, limits)
    if isinstance(command, SetSecurityProfile):
        return certificates.steps(command)
    return power.clear_parts(command)


def outcome(command: Command, action: str, payload: Any) -> Outcome:
    """What the station's answer means. Tolerant: the answer may break its schema."""
    if isinstance(command, GetDisplayMessages) and isinstance(payload, dict):
        return display.asked(payload)
    answer = payload if isinstance(payload, dict) else {}
    if action == "DataTransfer" and not isinstance(command, RawCall):
        return outcome_of(command, answer)
    reader = _OUTCOMES.get(action, plain_outcome)
    return device.enriched(command, action, answer, reader(answer))


def _start(command: StartSession) -> Written:
    payload: Payload = {
        "remoteStartId": command.remote_start_id,
        "idToken": {"idToken": command.token, "type": command.token_type},
    }
    if command.evse_id:
        payload["evseId"] = command.evse_id
    if command.charging_profile is not None:
        profile = checked_profile(command.charging_profile, command.evse_id, is_start=True)
        payload["chargingProfile"] = power.profile_out(profile)
    return "RequestStartTransaction", payload


def _stop(command: StopSession) -> Written:
    return "RequestStopTransaction", {"transactionId": command.transaction_id}


def _reset(command: ResetStation) -> Written:
    payload: Payload = {"type": "Immediate" if command.mode == "immediate" else "OnIdle"}
    if command.evse_id:
        payload["evseId"] = command.evse_id
    return "Reset", payload


def _unlock(command: UnlockConnector) -> Written:
    place = {"evseId": command.evse_id, "connectorId": command.connector_id}
    return "UnlockConnector", place


def _availability(command: ChangeAvailability) -> Written:
    payload: Payload = {"operationalStatus": "Operative" if command.operative else "Inoperative"}
    if command.evse_id:
        payload["evse"] = _evse(command.evse_id, command.connector_id)
    return "ChangeAvailability", payload


def _trigger(command: TriggerMessage) -> Written:
    """A StatusNotification is asked of a connector (F06.FR.13): the first if none is named."""
    payload: Payload = {"requestedMessage": command.message}
    if command.message == "StatusNotification":
        payload["evse"] = _evse(command.evse_id or 1, command.connector_id or 1)
    elif command.evse_id:
        payload["evse"] = _evse(command.evse_id, command.connector_id)
    return "TriggerMessage", payload


def _get(command: GetVariables) -> Written:
    return "GetVariables", {"getVariableData": list(command.variables)}


def _set(command: SetVariables) -> Written:
    return "SetVariables", {"setVariableData": list(command.variables)}


def _transaction_status(command: GetTransactionStatus) -> Written:
    return "GetTransactionStatus", {"transactionId": command.transaction_id}


def _evse(evse_id: int, connector_id: int | None) -> Payload:
    return {"id": evse_id} | ({"connectorId": connector_id} if connector_id else {})


def _identity(item: Payload) -> Hashable:
    """Component, variable and attribute type; an absent type is Actual (B05.FR.13)."""
    component, variable = item.get("component"), item.get("variable")
    return f"{component}|{variable}|{item.get('attributeType', 'Actual')}"


def _started(payload: Payload) -> Outcome:
    plain = plain_outcome(payload)
    transaction = payload.get("transactionId")
    named = transaction if isinstance(transaction, str) else None
    return Outcome(plain.status, plain.detail, transaction_id=named)


def _transaction_known(payload: Payload) -> Outcome:
    """``detail`` says whether messages of the transaction still wait in the station."""
    ongoing = payload.get("ongoingIndicator")
    detail = "MessagesInQueue" if payload.get("messagesInQueue") is True else ""
    return Outcome("accepted", detail, is_ongoing=ongoing if isinstance(ongoing, bool) else None)


def _variables_read(payload: Payload) -> Outcome:
    """Accepted if anything could be read; ``detail`` names the other verdicts.

    What can be written only is Rejected (B06.FR.09).
    """
    results = members(payload.get("getVariableResult"))
    verdicts = [item.get("attributeStatus") for item in results]
    status = "accepted" if "Accepted" in verdicts else "rejected"
    hidden = tuple(VariableHidden(value) for value in _named(results, "Rejected"))
    return Outcome(status, other_words(verdicts), tuple(_named(results, "Accepted")), facts=hidden)


def _named(results: list[Payload], verdict: str) -> Iterator[VariableValue]:
    for item in results:
        value = reports.named(item) if item.get("attributeStatus") == verdict else None
        if value is not None:
            yield value


def _variables_set(payload: Payload) -> Outcome:
    """Accepted if all were; ``detail`` names the other verdicts, also RebootRequired."""
    results = members(payload.get("setVariableResult"))
    return of_all([item.get("attributeStatus") for item in results])


_WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    ChangeAvailability: _availability,
    GetTransactionStatus: _transaction_status,
    GetVariables: _get,
    ResetStation: _reset,
    SetVariables: _set,
    StartSession: _start,
    StopSession: _stop,
    TriggerMessage: _trigger,
    UnlockConnector: _unlock,
    **authorization.WRITERS,
    **costs.WRITERS,
    **display.WRITERS,
    **device.WRITERS,
    **maintenance.WRITERS,
    **certificates.WRITERS,
    **power.WRITERS,
    **publishing.WRITERS,
    **reservations.WRITERS,
    **transfers.WRITERS,
}
_NUMBERED: Mapping[type[Command], Callable[[Any, int], Written]] = {
    **display.NUMBERED,
    **device.NUMBERED,
    **maintenance.NUMBERED,
    **power.NUMBERED,
    **publishing.NUMBERED,
}
_OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {
    "GetTransactionStatus": _transaction_known,
    "GetVariables": _variables_read,
    "RequestStartTransaction": _started,
    "SetVariables": _variables_set,
    **authorization.OUTCOMES,
    **maintenance.OUTCOMES,
    **certificates.OUTCOMES,
    **power.OUTCOMES,
}
KINDS = frozenset({*_WRITERS, *_NUMBERED, SetSecurityProfile})
