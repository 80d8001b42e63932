"""Closed lists of words: states, reasons and statuses, spelled as OCPP spells them."""

from enum import StrEnum


class Protocol(StrEnum):
    """Sub-protocol names of the WebSocket handshake."""

    OCPP16 = "ocpp1.6"
    OCPP201 = "ocpp2.0.1"


class Strictness(StrEnum):
    """How the form of a station's messages is judged.

    Tolerant: what is needed is read, what is odd is noted. Strict: what the schema does not
    accept is refused, for laboratories.
    """

    TOLERANT = "tolerant"
    STRICT = "strict"


class ConnectorStatus(StrEnum):
    """What a station reports of a connector: the union of both versions.

    1.6 names the phases of a session (Preparing … Finishing); 2.0.1 says Occupied and
    reports the phase with the transaction.
    """

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    OCCUPIED = "Occupied"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"
    UNKNOWN = "Unknown"


class ChargingState(StrEnum):
    """The energy transfer as the station sees it (2.0.1 ChargingStateEnumType)."""

    IDLE = "Idle"
    EV_CONNECTED = "EVConnected"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"


class SessionState(StrEnum):
    """The life of a session as an operator reads it."""

    PENDING = "pending"
    CHARGING = "charging"
    SUSPENDED_EV = "suspended_ev"
    SUSPENDED_EVSE = "suspended_evse"
    FINISHING = "finishing"
    ENDED = "ended"


class TokenStatus(StrEnum):
    """Whether a token may charge (2.0.1 AuthorizationStatusEnumType)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT_TX = "ConcurrentTx"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    NO_CREDIT = "NoCredit"
    NOT_ALLOWED_TYPE_EVSE = "NotAllowedTypeEVSE"
    NOT_AT_THIS_LOCATION = "NotAtThisLocation"
    NOT_AT_THIS_TIME = "NotAtThisTime"
    UNKNOWN = "Unknown"


class BootStatus(StrEnum):
    """What a station is told after its BootNotification."""

    ACCEPTED = "Accepted"
    PENDING = "Pending"
    REJECTED = "Rejected"


class SampleContext(StrEnum):
    """Why a sample was taken (2.0.1 ReadingContextEnumType)."""

    INTERRUPTION_BEGIN = "Interruption.Begin"
    INTERRUPTION_END = "Interruption.End"
    OTHER = "Other"
    CLOCK = "Sample.Clock"
    PERIODIC = "Sample.Periodic"
    BEGIN = "Transaction.Begin"
    END = "Transaction.End"
    TRIGGER = "Trigger"


# Why a command has no answer: nobody knows what the station did. It stands in kept rows.
LINK_LOST = "The connection was lost"
