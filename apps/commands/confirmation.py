"""Which sign of the station shows that a command took effect. Pure.

"Accepted" is a promise; only what the station does afterwards confirms it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.domain.device import VariableHidden
from apps.domain.display import DisplayReported
from apps.domain.events import (
    CommandAnswered,
    ConnectorStatusChanged,
    Event,
    FirmwareProgressed,
    HeartbeatReceived,
    LogProgressed,
    SamplesTaken,
    SecurityEventReported,
    SessionEnded,
    SessionEvent,
    SessionStarted,
    StationBooted,
    StationConnected,
)
from apps.domain.pki import CertificateRequested
from apps.domain.power import ProfilesReported
from apps.domain.publishing import PublishProgressed
from apps.domain.vocabulary import ConnectorStatus
from apps.journal.masking import masked
from apps.journal.secrecy import is_secret_variable

Item = dict[str, Any]
Places = Mapping[tuple[int, int], str]  # EVSE and connector: a ConnectorStatus

_TRIGGERED: dict[str, tuple[type[Event], ...]] = {
    "BootNotification": (StationBooted,),
    "Heartbeat": (HeartbeatReceived,),
    "StatusNotification": (ConnectorStatusChanged,),
    "MeterValues": (SamplesTaken, SessionEvent),
    "TransactionEvent": (SessionEvent,),
    "FirmwareStatusNotification": (FirmwareProgressed,),
    "PublishFirmwareStatusNotification": (PublishProgressed,),
    "LogStatusNotification": (LogProgressed,),
    "DiagnosticsStatusNotification": (LogProgressed,),
    "SecurityEventNotification": (SecurityEventReported,),
    "SignChargePointCertificate": (CertificateRequested,),
    "SignChargingStationCertificate": (CertificateRequested,),
    "SignV2GCertificate": (CertificateRequested,),
}
ANSWER_IS_EFFECT = frozenset({
    "unlock_connector", "get_variables", "get_transaction_status", "set_monitors",
    "clear_monitors", "set_charging_profile", "clear_charging_profile",
    "get_composite_schedule", "clear_cache", "send_local_list", "get_local_list_version",
    "cancel_reservation", "install_certificate", "delete_certificate",
    "get_installed_certificates", "install_signed_certificate", "set_network_profile",
    "clear_display_message", "unpublish_firmware", "data_transfer",
    "tell_user_price", "tell_running_cost", "tell_final_cost",
    "set_monitoring_base", "set_monitoring_level",
})  # fmt: skip
NEVER_CONFIRMED = frozenset({"raw_call"})
_BUSY = frozenset({
    ConnectorStatus.PREPARING, ConnectorStatus.CHARGING, ConnectorStatus.SUSPENDED_EV,
    ConnectorStatus.SUSPENDED_EVSE, ConnectorStatus.FINISHING, ConnectorStatus.OCCUPIED,
})  # fmt: skip
# What stays as it is once it is so: seen later, it is still the effect, not a chance.
LASTING = frozenset({
    "change_availability", "set_variables", "update_firmware", "get_log", "publish_firmware",
    "set_security_profile", "set_display_message", "get_charging_profiles",
    "read_device_model", "get_report", "get_monitoring_report", "customer_information",
})  # fmt: skip


def observe(name: str, parameters: Item, transaction_id: str, event: Event, places: Places) -> str:
    """What ``event`` shows of the command, in words; "" when it shows nothing.

    ``places``: what each connector of the station shows now.
    """
    if name == "start_session":
        return _observe_start(parameters, transaction_id, event)
    if name == "change_availability":
        return _observe_availability(parameters, event, places)
    sign = _SIGNS.get(name)
    return sign.show(parameters, event) if sign and isinstance(event, sign.kinds) else ""


def is_effect(name: str, parameters: dict[str, Any]) -> bool:
    """Whether the answer "accepted" is all that the station will ever show."""
    if name == "reserve_now":
        return not parameters.get("evse_id")
    return name in ANSWER_IS_EFFECT


def readable(variables: Iterable[Item]) -> list[Item]:
    """Those of ``variables`` that a station shows again when it is asked: no secrets."""
    return [item for item in variables if not is_secret_variable(*_named(item))]


def observe_reading(variables: Iterable[Item], answered: CommandAnswered) -> str:
    """What ``answered`` (a get_variables) shows of the values that were set; "" for nothing.

    Where the station says that it may not show it, to accept it is the effect. What it does not
    know at all it has not set, and what has no value is not set either, or is empty.
    """
    shown = {_key(v.component, v.variable): masked(v.value or "") for v in answered.values}
    hidden = {_key(v.component, v.variable) for v in answered.values if v.mutability == "WriteOnly"}
    hidden |= {
        _key(fact.of.component, fact.of.variable)
        for fact in answered.facts
        if isinstance(fact, VariableHidden)
    }
    wanted = [
        (_key(*_named(item)), masked(item.get("attributeValue"))) for item in readable(variables)
    ]
    seen = [(key, value) for key, value in wanted if key not in hidden]
    if not wanted or any(shown.get(key) != value for key, value in seen):
        return ""
    return "Read back as set" if len(seen) == len(wanted) else "Accepted; it cannot be read back"


def _named(item: Item) -> tuple[str, str]:
    """Component and variable; "" where the item does not say."""
    names = (item.get(part) for part in ("component", "variable"))
    component, variable = (n.get("name", "") if isinstance(n, dict) else "" for n in names)
    return component, variable or str(item.get("key", ""))


def _key(component: str, variable: str) -> tuple[str, str]:
    """Names of both versions are compared without regard to case."""
    return component.casefold(), variable.casefold()


def _observe_start(parameters: dict[str, Any], transaction_id: str, event: Event) -> str:
    if not isinstance(event, SessionEvent):
        return ""
    if event.remote_start_id is not None:
        linked = event.remote_start_id == parameters.get("remote_start_id")
    elif transaction_id and event.transaction_id:
        linked = event.transaction_id == transaction_id
    else:
        linked = isinstance(event, SessionStarted) and _is_same_start(parameters, event)
    return "The session began" if linked else ""


def _is_same_start(parameters: dict[str, Any], event: SessionStarted) -> bool:
    """1.6 has no link but the token and the connector."""
    token = event.token.uid if event.token else ""
    wanted = parameters.get("evse_id") or parameters.get("connector_id")
    is_there = wanted in (None, event.evse_id)
    return is_there and token.casefold() == str(parameters["token"]).casefold()


def _observe_reservation(parameters: Item, event: Event) -> str:
    """An EVSE that is held says so; whose session names the reservation has used it."""
    if isinstance(event, ConnectorStatusChanged):
        is_there = parameters.get("evse_id") == event.evse_id
        is_held = event.status is ConnectorStatus.RESERVED
        return "The station shows Reserved" if is_there and is_held else ""
    is_used = isinstance(event, SessionEvent) and event.reservation_id is not None
    is_ours = is_used and event.reservation_id == parameters.get("reservation_id")  # type: ignore[attr-defined]
    return "A session used it" if is_ours else ""


def _observe_availability(parameters: Item, event: Event, places: Places) -> str:
    """All that was named must show it; where a car charges, its turn is yet to come."""
    if not isinstance(event, ConnectorStatusChanged):
        return ""
    evse_id, connector_id = parameters.get("evse_id") or 0, parameters.get("connector_id") or 0
    if not evse_id:  # a connector that stands alone is its own EVSE
        evse_id, connector_id = connector_id, 0
    is_elsewhere = connector_id and event.connector_id not in (0, connector_id)
    if evse_id not in (0, event.evse_id) or is_elsewhere:
        return ""
    here = {
        ConnectorStatus(status)
        for (evse, connector), status in places.items()
        if evse_id in (0, evse) and connector_id in (0, connector)
    } - {ConnectorStatus.UNKNOWN}
    if event.evse_id == 0:  # the station speaks for itself, but not for a car that charges
        here &= _BUSY
    shows = all(_is_out(status) != parameters["operative"] for status in here | {event.status})
    return f"The station shows {event.status.value}" if shows else ""


def _is_out(status: ConnectorStatus) -> bool:
    return status is ConnectorStatus.UNAVAILABLE


def _observe_stop(parameters: Item, event: Event) -> str:
    is_end = isinstance(event, SessionEnded)
    ended = is_end and event.transaction_id in (parameters["transaction_id"], None)  # type: ignore[attr-defined]
    return "The session ended" if ended else ""


def _observe_reset(_parameters: Item, event: Event) -> str:
    return "The station booted" if isinstance(event, StationBooted) else ""


def _observe_profiles(_parameters: Item, event: Event) -> str:
    is_whole = isinstance(event, ProfilesReported) and event.is_last
    return "The profiles came" if is_whole else ""


def _observe_display(parameters: Item, event: Event) -> str:
    """The report that follows the order has the message under its number, as it was set."""
    if not isinstance(event, DisplayReported):
        return ""
    wanted = (parameters["message_id"], masked(parameters["content"]))
    is_shown = wanted in [(shown.number, masked(shown.content)) for shown in event.messages]
    return "Read back as set" if is_shown else ""


def _observe_renewal(parameters: Item, event: Event) -> str:
    if not isinstance(event, CertificateRequested):
        return ""
    is_wanted = parameters["kind"] in (event.kind, "combined")
    return "The station asked for a certificate" if is_wanted else ""


def _observe_security_profile(parameters: Item, event: Event) -> str:
    if not isinstance(event, StationConnected) or event.security_profile < parameters["profile"]:
        return ""
    return f"It came with security profile {event.security_profile}"


def _observe_trigger(parameters: Item, event: Event) -> str:
    kind = _TRIGGERED.get(parameters["message"])
    return "The message came" if kind and isinstance(event, kind) else ""


@dataclass(frozen=True, slots=True)
class Sign:
    """Which kinds of events may show an effect, and what one shows in words."""

    kinds: tuple[type[Event], ...]
    show: Callable[[Item, Event], str]


_SIGNS: dict[str, Sign] = {
    "get_charging_profiles": Sign((ProfilesReported,), _observe_profiles),
    "renew_certificate": Sign((CertificateRequested,), _observe_renewal),
    "reserve_now": Sign((ConnectorStatusChanged, SessionEvent), _observe_reservation),
    "reset": Sign((StationBooted,), _observe_reset),
    "set_display_message": Sign((DisplayReported,), _observe_display),
    "set_security_profile": Sign((StationConnected,), _observe_security_profile),
    "stop_session": Sign((SessionEnded,), _observe_stop),
    "trigger_message": Sign(
        tuple({kind for kinds in _TRIGGERED.values() for kind in kinds}), _observe_trigger
    ),
}
KINDS: dict[str, tuple[type[Event], ...]] = {
    "start_session": (SessionEvent,),
    "change_availability": (ConnectorStatusChanged,),
    **{name: sign.kinds for name, sign in _SIGNS.items()},
}
