"""OCPP error codes and the exceptions of the protocol floor.

    OcppError
    └── CannotEncode   this version of OCPP has no way to say it

A station's bad message is never an exception: it is a Malformed frame or a list of problems.
Codes are kept in 2.0.1 spelling; ``spell`` gives the word that a version uses on the wire.
"""

from enum import StrEnum

from apps.domain.vocabulary import Protocol


class ErrorCode(StrEnum):
    """OCPP 2.0.1 part 4, table of CALLERROR codes."""

    FORMAT_VIOLATION = "FormatViolation"
    GENERIC_ERROR = "GenericError"
    INTERNAL_ERROR = "InternalError"
    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    OCCURRENCE_CONSTRAINT_VIOLATION = "OccurrenceConstraintViolation"
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    PROTOCOL_ERROR = "ProtocolError"
    RPC_FRAMEWORK_ERROR = "RpcFrameworkError"
    SECURITY_ERROR = "SecurityError"
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"


class OcppError(Exception):
    """Base of what the protocol floor raises."""


NO_CALL = "There is nothing to be sent: the command makes no call"


class CannotEncode(OcppError):
    """``reason`` is a sentence for whoever asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_SPELLING_16 = {
    "FormatViolation": "FormationViolation",
    "OccurrenceConstraintViolation": "OccurenceConstraintViolation",
    "RpcFrameworkError": "FormationViolation",
    "MessageTypeNotSupported": "GenericError",
}
_CANONICAL = {
    "FormationViolation": "FormatViolation",
    "OccurenceConstraintViolation": "OccurrenceConstraintViolation",
}


def spell(code: str, protocol: Protocol) -> str:
    """The wire spelling of a canonical ``code`` (OCPP-J 1.6 §4.2.3 misspells two)."""
    if protocol == Protocol.OCPP16:
        return _SPELLING_16.get(code, code)
    return code


def canonical(code: str) -> str:
    """The 2.0.1 spelling of a received ``code``, whichever way the station wrote it."""
    return _CANONICAL.get(code, code)
