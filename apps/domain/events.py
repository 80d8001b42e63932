"""What stations tell us, whatever their OCPP version or maker.

Instants are aware UTC datetimes. ``at`` is when the station says that it happened, or when it was
heard where that cannot be; energies in Wh, power in W, current in A, voltage in V. ``evse_id`` 0 is
the station itself; for OCPP 1.6 connector N is EVSE N with connector 1.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.domain.vocabulary import ChargingState, ConnectorStatus


@dataclass(frozen=True, slots=True)
class Event:
    """Anything that a station told us."""


@dataclass(frozen=True, slots=True)
class Token:
    """An id token as presented. ``kind`` is 2.0.1's type; "" where 1.6 has none."""

    uid: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """The meter at one instant. Absent quantities are None; phases are (L1, L2, L3).
    ``interval_wh``: what flowed in the interval that ends then. ``is_trusted``: ``at`` is the
    station's own word; where it is ours in its place, that is ``said_at``, if it told an instant.
    """

    at: datetime
    context: str = "Sample.Periodic"
    register_wh: float | None = None
    power_w: float | None = None
    soc_pct: float | None = None
    current_a: tuple[float | None, float | None, float | None] = (None, None, None)
    voltage_v: tuple[float | None, float | None, float | None] = (None, None, None)
    is_trusted: bool = True
    interval_wh: float | None = None
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StationBooted(Event):
    vendor: str
    model: str
    serial_number: str = ""
    firmware: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HeartbeatReceived(Event):
    """The station is alive and wants the time."""


@dataclass(frozen=True, slots=True)
class ConnectorStatusChanged(Event):
    """``connector_id`` 0 stands for the whole EVSE, ``evse_id`` 0 for the whole station."""

    evse_id: int
    connector_id: int
    status: ConnectorStatus
    at: datetime
    error_code: str = ""
    info: str = ""
    vendor_error_code: str = ""


@dataclass(frozen=True, slots=True)
class TokenPresented(Event):
    token: Token


@dataclass(frozen=True, slots=True)
class SessionEvent(Event):
    """One message about a session.

    ``transaction_id`` is None where only we can tell it: a 1.6 start, or a message that names a
    sentinel (0, -1, 2^31-1, 2^63-1) or none. ``seq`` is 2.0.1's seqNo; None in 1.6, where ``at``
    orders. ``is_trusted`` and ``said_at`` as in Sample. ``unread``: values of the meter that could
    not be understood, in a few words each.
    """

    at: datetime
    transaction_id: str | None = None
    seq: int | None = None
    evse_id: int | None = None
    connector_id: int | None = None
    token: Token | None = None
    group_token: Token | None = None
    charging_state: ChargingState | None = None
    trigger: str = ""
    remote_start_id: int | None = None
    reservation_id: int | None = None
    is_offline: bool = False
    is_trusted: bool = True
    samples: tuple[Sample, ...] = ()
    unread: tuple[str, ...] = ()
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionStarted(SessionEvent):
    """1.6: a resent start is recognised by ``natural_key`` (OCPP 1.6 §4.8)."""

    natural_key: str = ""


@dataclass(frozen=True, slots=True)
class SessionUpdated(SessionEvent):
    pass


@dataclass(frozen=True, slots=True)
class SessionEnded(SessionEvent):
    """``stop_reason`` as the station named it; "Local" where it named none (E06.FR.09)."""

    stop_reason: str = "Local"


@dataclass(frozen=True, slots=True)
class SamplesTaken(Event):
    """A MeterValues message: of a session where it names one, of the connector otherwise."""

    evse_id: int
    samples: tuple[Sample, ...]
    transaction_id: str | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Traits:
    """What a station says that a variable may hold (2.0.1 VariableCharacteristicsType)."""

    data_type: str
    unit: str = ""
    min_limit: float | None = None
    max_limit: float | None = None
    values_list: str = ""
    supports_monitoring: bool | None = None


@dataclass(frozen=True, slots=True)
class VariableValue:
    """One attribute of a variable as the station reported it; 1.6 keys have no component.

    ``traits`` and the switches are None where the message does not tell them.
    """

    component: str
    variable: str
    value: str | None
    attribute: str = "Actual"
    component_instance: str = ""
    variable_instance: str = ""
    evse_id: int | None = None
    connector_id: int | None = None
    mutability: str = ""
    is_persistent: bool | None = None
    is_constant: bool | None = None
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class VariablesReported(Event):
    """A part of a device model report (2.0.1 NotifyReport)."""

    request_id: int
    seq: int
    is_last: bool
    values: tuple[VariableValue, ...]


@dataclass(frozen=True, slots=True)
class FirmwareProgressed(Event):
    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class LogProgressed(Event):
    """Upload of diagnostics or a log (1.6 DiagnosticsStatus, 2.0.1 LogStatus)."""

    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class SecurityEventReported(Event):
    kind: str
    at: datetime
    tech_info: str = ""


@dataclass(frozen=True, slots=True)
class NotifiedEvent(Event):
    """One entry of 2.0.1 NotifyEvent; ``is_status``: it tells the availability of a connector.

    ``trigger``: Alerting | Delta | Periodic; ``kind``: which sort of monitor or notification;
    ``cause``: the event id of what brought this one about.
    """

    component: str
    variable: str
    value: str
    at: datetime
    evse_id: int | None = None
    is_cleared: bool = False
    connector_id: int | None = None
    component_instance: str = ""
    variable_instance: str = ""
    event_id: int = 0
    trigger: str = ""
    kind: str = ""
    cause: int | None = None
    tech_code: str = ""
    tech_info: str = ""
    transaction_id: str = ""
    monitor_id: int | None = None
    is_status: bool = False


@dataclass(frozen=True, slots=True)
class EventsNotified(Event):
    """2.0.1 NotifyEvent: all entries of one message, and the connector states among them."""

    statuses: tuple[ConnectorStatusChanged, ...] = ()
    events: tuple[NotifiedEvent, ...] = ()
    generated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DataTransferred(Event):
    """One that no handler took. ``verdict``: the status to answer; ``problem``: why, if known."""

    vendor_id: str
    message_id: str = ""
    data: Any = None
    verdict: str = "UnknownVendorId"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """A message that is acknowledged and kept in the journal, with no further meaning yet."""

    action: str


@dataclass(frozen=True, slots=True)
class CommandAnswered(Event):
    """The station's reply to a command, or its absence.

    ``status`` is accepted | rejected | error | timed_out; ``detail`` the station's own word
    (e.g. "Scheduled", "UnlockFailed") or the error code; ``facts`` what else it tells, in words
    of the domain (e.g. certificates.Installed). ``literal``: its status in the words of OCPP.
    """

    command_id: int
    status: str
    detail: str = ""
    response: dict[str, Any] | None = None
    error_code: str = ""
    error_description: str = ""
    values: tuple[VariableValue, ...] = ()
    latency_ms: float | None = None
    transaction_id: str | None = None
    is_ongoing: bool | None = None
    facts: tuple[Any, ...] = ()
    literal: str = ""


@dataclass(frozen=True, slots=True)
class StationConnected(Event):
    """A socket was accepted; the newest one wins (T-10).

    ``security_profile``: what it proved. ``must_renew``: why it was let in only to renew its
    certificate. ``has_new_password``: it showed the one that it was sent last, unconfirmed.
    """

    connection_id: str
    gateway: str
    protocol: str
    ip: str = ""
    offered: tuple[str, ...] = field(default=())
    security_profile: int = 0
    must_renew: str = ""
    has_new_password: bool = False


@dataclass(frozen=True, slots=True)
class StationDisconnected(Event):
    connection_id: str
    code: int | None = None
    reason: str = ""
