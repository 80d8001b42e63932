"""States and stop reasons in plain words. Pure tables."""

from apps.domain.vocabulary import SessionState

_STATES = {
    SessionState.PENDING: ("Waiting", "plugged", "circle", "Card or car is awaited."),
    SessionState.CHARGING: ("Charging", "charging", "zap", "The station says so, or its meter."),
    SessionState.SUSPENDED_EV: ("Paused by car", "paused", "pause", "Full, or asks for nothing."),
    SessionState.SUSPENDED_EVSE: ("Paused by station", "paused", "pause", "A limit holds it."),
    SessionState.FINISHING: ("Finishing", "plugged", "circle-check", "Done; cable still in."),
    SessionState.ENDED: ("Ended", "ok", "check", "The session is over."),
}  # fmt: skip

_REASONS = {
    "Local": "At the charger, or not said",
    "Remote": "Stopped remotely",
    "EVDisconnected": "Cable unplugged",
    "DeAuthorized": "Not authorised",
    "EmergencyStop": "Emergency stop",
    "EnergyLimitReached": "Energy limit reached",
    "GroundFault": "Earth-leakage fault",
    "HardReset": "Charger was reset",
    "ImmediateReset": "Charger was reset",
    "LocalOutOfCredit": "Credit used up",
    "MasterPass": "Stopped with a master card",
    "Other": "Other reason",
    "OtherFault": "Fault of the charger",
    "OvercurrentFault": "Too much current",
    "PowerLoss": "Power cut",
    "PowerQuality": "Bad power quality",
    "Reboot": "Charger restarted",
    "SOCLimitReached": "Battery limit reached",
    "SoftReset": "Charger was reset when idle",
    "StoppedByEV": "Stopped by the car",
    "TimeLimitReached": "Time limit reached",
    "Split": "Split by a person",
    "Timeout": "Nothing was plugged in",
    "Silent": "No stop of it came",
    "Superseded": "Another session began there",
    "UnknownToStation": "The station knew of it no longer",
    "UnlockCommand": "Cable was unlocked from here",
}

_FLAGS = {
    "unauthorised": "no card was accepted for it",
    "clock": "times that its station told cannot be right, or it told none",
    "misnamed": "the station named another transaction",
    "two_boxes": "two boxes came in under the station's identity",
    "refused_message": "a message of it, or of its station, was not taken",
    "implausible_reading": "readings of its meter do not fit together",
    "late": "some of it came late",
    "decided": "a person decided what it took",
    "discarded": "a person discarded it, and it is billed nothing",
    "set_aside": "a person set readings aside",
    "joined": "a person joined another session to it",
    "joined_into": "a person joined it into another session, which is billed for it",
    "split": "a person split it from what its station told as one session",
    "two_stops": "stops were told that differ: the earliest counts, of one instant the higher one",
    "late_stop": "its stop came after a person had decided what it took",
    "two_evses": "it was told for two EVSEs",
    "unread_reading": "readings could not be understood",
    "estimated": "end and energy are estimated",
    "no_start": "the start message has not come",
    "gaps": "some messages have not come",
    "no_register": "what it took is worked out from power or intervals, not from a register",
    "missing_reading": "the meter's reading at its begin or end is missing",
    "no_energy": "no energy was taken",
}


def state(value: str) -> tuple[str, str, str, str]:
    """Word, tone, icon, explanation."""
    return _STATES.get(value, (value or "Unknown", "offline", "circle-question-mark", ""))  # type: ignore[call-overload]


def stop_reason(value: str) -> str:
    return _REASONS.get(value, value)


def flag(value: str) -> str:
    return _FLAGS.get(value, value.replace("_", " "))
