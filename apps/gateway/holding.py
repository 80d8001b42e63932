"""What may be sent to a station that has not been accepted yet. Pure.

2.0.1  Rejected: nothing (B03.FR.03); Pending: reading, setting, triggers (B02.FR.01), and the
       renewal of its certificate (A00.FR.429).
1.6    neither remote start nor remote stop (§4.2.1).
"""

from typing import Any

from apps.domain.vocabulary import BootStatus, Protocol

HELD = (BootStatus.PENDING, BootStatus.REJECTED)
_WHILE_PENDING = frozenset(
    {"get_variables", "set_variables", "read_device_model", "get_report", "trigger_message",
     "renew_certificate", "install_signed_certificate"}
)  # fmt: skip
_CALLS_WHILE_PENDING = frozenset(
    {"GetVariables", "SetVariables", "GetBaseReport", "GetReport", "TriggerMessage"}
)
_REMOTE = frozenset({"start_session", "stop_session"})
_REMOTE_CALLS = frozenset({"RemoteStartTransaction", "RemoteStopTransaction"})


def may_send(
    protocol: Protocol, status: BootStatus | None, name: str, parameters: dict[str, Any]
) -> bool:
    """Whether the command ``name`` may go to a station that was answered ``status``."""
    if status not in HELD:
        return True
    action = str(parameters.get("action")) if name == "raw_call" else ""
    if protocol is Protocol.OCPP16:
        return name not in _REMOTE and action not in _REMOTE_CALLS
    if status is BootStatus.REJECTED:
        return False
    return name in _WHILE_PENDING or action in _CALLS_WHILE_PENDING
