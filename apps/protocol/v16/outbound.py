"""Commands as OCPP 1.6 calls, and the meaning of their answers.

EVSE N is connector N; the station itself is connector 0. A variable is a configuration key.
"""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.certificates import GetInstalledCertificates
from apps.domain.commands import (
    ChangeAvailability,
    Command,
    GetVariables,
    RawCall,
    ResetStation,
    SetVariables,
    StartSession,
    StopSession,
    TriggerMessage,
    UnlockConnector,
)
from apps.domain.device import GetReport
from apps.domain.events import VariableValue
from apps.domain.power import checked_profile
from apps.domain.security import SetSecurityProfile
from apps.domain.vocabulary import Protocol
from apps.protocol.codec import MessageLimits, Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import checked, members, plain_outcome, portions
from apps.protocol.transfers import outcome_of
from apps.protocol.v16 import (
    authorization,
    certificates,
    device,
    maintenance,
    power,
    reservations,
    transfers,
)
from apps.protocol.v16.device import key_of

_EXTENDED_TRIGGERS = frozenset({"LogStatusNotification", "SignChargePointCertificate"})
_TRUE = (True, 1, "true", "True", "1")

Payload = dict[str, Any]
Written = tuple[str, Payload]
Placed = StartSession | UnlockConnector | ChangeAvailability | TriggerMessage


def encode(command: Command, *, request_id: int = 0) -> Written:
    """The call for a command; ``request_id`` numbers what the security extension reports."""
    if isinstance(command, RawCall):
        return command.action, command.payload
    numbered = maintenance.NUMBERED.get(type(command))
    if numbered is not None:
        return checked(Protocol.OCPP16, *numbered(command, request_id))
    writer = _WRITERS.get(type(command))
    if writer is None:
        no_such = f"OCPP 1.6 has no {command.declared.name!r}"
        raise CannotEncode(_REASONS.get(type(command), no_such))
    return checked(Protocol.OCPP16, *writer(command))


def split(command: Command, limits: MessageLimits) -> list[Command]:
    """One ChangeConfiguration per key; GetConfiguration within GetConfigurationMaxKeys."""
    if isinstance(command, SetVariables):
        return [SetVariables((item,)) for item in command.variables]
    if isinstance(command, GetVariables) and command.variables:
        keyed = MessageLimits(limits.items_per_message)
        return [GetVariables(part) for part in portions(command.variables, keyed, key_of)]
    if isinstance(command, GetReport) and not command.criteria:
        keyed = MessageLimits(limits.items_per_message)
        parts = portions(command.variables, keyed, key_of)
        return [GetReport(variables=part) for part in parts]
    if isinstance(command, SetSecurityProfile):
        return certificates.steps(command)
    if isinstance(command, GetInstalledCertificates):
        return certificates.one_kind_each(command)
    return [command]


def outcome(command: Command, action: str, payload: Any) -> Outcome:
    """What the station's answer means. Tolerant: the answer may break its schema."""
    answer = payload if isinstance(payload, dict) else {}
    if action == "DataTransfer" and not isinstance(command, RawCall):
        return outcome_of(command, answer)
    if action == "GetInstalledCertificateIds":
        return certificates.reported(command, answer)
    if action == "ChangeConfiguration":
        return device.changed(command, answer)
    return _OUTCOMES.get(action, plain_outcome)(answer)


def _configuration(answer: Payload) -> Outcome:
    keys = members(answer.get("configurationKey"))
    unknown = answer.get("unknownKey")
    detail = "UnknownKey" if unknown else ""
    is_refused = bool(unknown) and not keys
    values = tuple(_value(item) for item in keys if isinstance(item.get("key"), str))
    return Outcome("rejected" if is_refused else "accepted", detail, values)


def _connector(command: Placed) -> int | None:
    """Connector N of the station is the only one of EVSE N, and there it is number 1."""
    evse_id, connector_id = command.evse_id, command.connector_id
    if evse_id and connector_id and connector_id > 1:
        raise CannotEncode(
            f"EVSE {evse_id} has no connector {connector_id}; with OCPP 1.6 it has 1 alone"
        )
    return evse_id or connector_id


def _start(command: StartSession) -> Written:
    if not command.token:
        raise CannotEncode("OCPP 1.6 starts no session without a token")
    payload: Payload = {"idTag": command.token}
    connector = _connector(command)
    if connector:
        payload["connectorId"] = connector
    if command.charging_profile is not None:
        profile = checked_profile(command.charging_profile, connector, is_start=True)
        payload["chargingProfile"] = power.profile_out(profile)
    return "RemoteStartTransaction", payload


def _stop(command: StopSession) -> Written:
    try:
        number = int(command.transaction_id)
    except ValueError as problem:
        reason = f"{command.transaction_id!r} is no transaction id of OCPP 1.6"
        raise CannotEncode(reason) from problem
    return "RemoteStopTransaction", {"transactionId": number}


def _reset(command: ResetStation) -> Written:
    if command.evse_id:
        raise CannotEncode("OCPP 1.6 resets the whole station, never one EVSE")
    return "Reset", {"type": "Hard" if command.mode == "immediate" else "Soft"}


def _unlock(command: UnlockConnector) -> Written:
    """EVSE 1 connector 2 can only mean connector 2: an EVSE has one connector here."""
    is_alone = command.evse_id in (1, command.connector_id)
    connector = command.connector_id if is_alone else _connector(command)
    return "UnlockConnector", {"connectorId": connector}


def _availability(command: ChangeAvailability) -> Written:
    kind = "Operative" if command.operative else "Inoperative"
    connector = _connector(command) or 0
    return "ChangeAvailability", {"connectorId": connector, "type": kind}


def _trigger(command: TriggerMessage) -> Written:
    """Two messages came with the security extension, and with it a call of their own."""
    is_extended = command.message in _EXTENDED_TRIGGERS
    payload: Payload = {"requestedMessage": command.message}
    connector = _connector(command)
    if connector:
        payload["connectorId"] = connector
    return "ExtendedTriggerMessage" if is_extended else "TriggerMessage", payload


def _get(command: GetVariables) -> Written:
    keys = [key_of(item) for item in command.variables]
    return "GetConfiguration", {"key": keys} if keys else {}


def _set(command: SetVariables) -> Written:
    if len(command.variables) != 1:
        raise CannotEncode("OCPP 1.6 sets one key at a time")
    item = command.variables[0]
    return "ChangeConfiguration", {"key": key_of(item), "value": item.get("attributeValue")}


def _value(item: Payload) -> VariableValue:
    """One configuration key; some stations send numbers and booleans as such."""
    value = item.get("value")
    if value is not None and not isinstance(value, str):
        value = str(value).lower() if isinstance(value, bool) else str(value)
    mutability = "ReadOnly" if item.get("readonly") in _TRUE else "ReadWrite"
    return VariableValue("", item["key"], value, mutability=mutability)


_WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    ChangeAvailability: _availability,
    GetVariables: _get,
    ResetStation: _reset,
    SetVariables: _set,
    StartSession: _start,
    StopSession: _stop,
    TriggerMessage: _trigger,
    UnlockConnector: _unlock,
    **authorization.WRITERS,
    **device.WRITERS,
    **certificates.WRITERS,
    **power.WRITERS,
    **reservations.WRITERS,
    **transfers.WRITERS,
}
_REASONS = {**device.REASONS, **power.REASONS}
_OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {
    "GetConfiguration": _configuration,
    **authorization.OUTCOMES,
    **maintenance.OUTCOMES,
    **power.OUTCOMES,
}
KINDS = frozenset({*_WRITERS, *maintenance.NUMBERED, SetSecurityProfile})
