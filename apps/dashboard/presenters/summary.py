"""One line that says what a message was about. Pure; both versions, requests and answers."""

from collections.abc import Callable
from typing import Any

from apps.journal.reading import members_of

Body = dict[str, Any]
_LONGEST = 300
_MAX_READ = 100_000  # a longer text says nothing short, and reading it takes its time


def summarise(action: str, payload: str, answer: str) -> str:
    """ "EVSE 1 connector 1: Charging"; "" where nothing short can be said."""
    body, reply = _told(payload), _told(answer)
    say = _SAYINGS.get(action)
    if say is None:
        return _status(reply)
    try:
        return say(body, reply)[:_LONGEST]
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""  # what broke the schema has no summary; the raw frame is beside it


def _boot(body: Body, reply: Body) -> str:
    station = body.get("chargingStation") or body
    who = " ".join(
        str(station[name])
        for name in ("vendorName", "chargePointVendor", "model", "chargePointModel")
        if station.get(name)
    )
    return _joined(who, body.get("reason"), _status(reply))


def _status_change(body: Body, _: Body) -> str:
    status = body.get("connectorStatus") or body.get("status")
    code = body.get("errorCode")
    return _joined(_where(body), status, code if code != "NoError" else None)


def _authorize(body: Body, reply: Body) -> str:
    info = reply.get("idTokenInfo") or reply.get("idTagInfo") or {}
    return _joined(_token(body), info.get("status"))


def _start(body: Body, reply: Body) -> str:
    return _joined(_where(body), _token(body), f"→ {reply.get('transactionId', '?')}")


def _stop(body: Body, _: Body) -> str:
    return _joined(body.get("transactionId"), body.get("reason"), _wh(body.get("meterStop")))


def _transaction(body: Body, _: Body) -> str:
    info = body.get("transactionInfo") or {}
    return _joined(
        body.get("eventType"), info.get("chargingState"), body.get("triggerReason"),
        info.get("stoppedReason"), _sampled(body),
    )  # fmt: skip


def _meter(body: Body, _: Body) -> str:
    return _joined(_where(body), _sampled(body))


def _heartbeat(_: Body, reply: Body) -> str:
    return str(reply.get("currentTime", ""))


def _variables(body: Body, reply: Body) -> str:
    items = body.get("getVariableData") or body.get("setVariableData") or body.get("key") or []
    names = [_variable_name(item) for item in items][:3] if isinstance(items, list) else [items]
    return _joined(", ".join(map(str, names)), body.get("value"), _status(reply))


def _asked(body: Body, reply: Body) -> str:
    return _joined(body.get("requestedMessage"), body.get("type"), _token(body), _status(reply))


def _data(body: Body, reply: Body) -> str:
    return _joined(body.get("vendorId"), body.get("messageId"), _status(reply))


_SAYINGS: dict[str, Callable[[Body, Body], str]] = {
    "BootNotification": _boot,
    "StatusNotification": _status_change,
    "Authorize": _authorize,
    "StartTransaction": _start,
    "StopTransaction": _stop,
    "TransactionEvent": _transaction,
    "MeterValues": _meter,
    "Heartbeat": _heartbeat,
    "GetVariables": _variables,
    "SetVariables": _variables,
    "GetConfiguration": _variables,
    "ChangeConfiguration": _variables,
    "TriggerMessage": _asked,
    "Reset": _asked,
    "RequestStartTransaction": _asked,
    "RemoteStartTransaction": _asked,
    "DataTransfer": _data,
}


def _where(body: Body) -> str:
    evse = body.get("evseId") or (body.get("evse") or {}).get("id")
    connector = body.get("connectorId")
    words = []
    if evse is not None:
        words.append(f"EVSE {evse}")
    if connector is not None:
        words.append(f"connector {connector}")
    return " ".join(words)


def _token(body: Body) -> str:
    token = body.get("idToken") or body.get("idTag") or ""
    return str(token.get("idToken", "")) if isinstance(token, dict) else str(token)


def _sampled(body: Body) -> str:
    """Register and power of the newest meter value."""
    values = body.get("meterValue") or []
    if not values or not isinstance(values[-1], dict):
        return ""
    found = []
    for sample in values[-1].get("sampledValue") or []:
        measurand = sample.get("measurand", "Energy.Active.Import.Register")
        if measurand in ("Energy.Active.Import.Register", "Power.Active.Import", "SoC"):
            unit = sample.get("unit") or (sample.get("unitOfMeasure") or {}).get("unit") or ""
            found.append(f"{sample.get('value')} {unit}".strip())
    return ", ".join(found[:3])


def _variable_name(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    component = (item.get("component") or {}).get("name")
    variable = (item.get("variable") or {}).get("name")
    return f"{component}.{variable}" if component else str(variable)


def _wh(value: Any) -> str:
    return "" if value is None else f"{value} Wh"


def _status(reply: Body) -> str:
    status = reply.get("status")
    return status if isinstance(status, str) else ""


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part not in (None, ""))


def _told(text: str) -> Body:
    return members_of(text) if len(text) <= _MAX_READ else {}
