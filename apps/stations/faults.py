"""What error codes mean, and what helps. Pure tables."""

# OCPP 1.6 ChargePointErrorCode; 2.0.1 stations report the same causes by other names.
_KNOWN = {
    "ConnectorLockFailure": (
        "The cable lock does not move",
        "Ask the driver to push the plug fully in; then unlock and try again.",
    ),
    "EVCommunicationError": (
        "Charger and car do not understand each other",
        "Unplug, wait ten seconds, plug in again; try another connector.",
    ),
    "GroundFailure": (
        "Earth-leakage protection has tripped",
        "Do not reset from afar more than once: somebody must look at the site.",
    ),
    "HighTemperature": (
        "Too hot inside",
        "It usually recovers by itself; check fans and filters if it returns.",
    ),
    "InternalError": ("A fault inside the charger", "Reset it; if it returns, call service."),
    "LocalListConflict": (
        "The charger's list of cards is out of step", "Send the local list again."
    ),
    "OverCurrentFailure": (
        "More current than allowed", "Stop using this connector until it has been checked."
    ),
    "OverVoltage": ("The grid voltage is too high", "Wait; tell the grid operator if it stays."),
    "UnderVoltage": ("The grid voltage is too low", "Wait; tell the grid operator if it stays."),
    "PowerMeterFailure": (
        "The energy meter does not answer",
        "Sessions cannot be billed from here until the meter works.",
    ),
    "PowerSwitchFailure": (
        "The contactor does not switch",
        "Take it out of service: the outlet may stay live.",
    ),
    "ReaderFailure": (
        "The card reader does not work", "Start sessions from here or from the app meanwhile."
    ),
    "ResetFailure": ("The charger could not reset itself", "Switch its power off and on."),
    "WeakSignal": ("Weak mobile signal", "Check the antenna and the SIM card."),
    "OtherError": ("Another error", "See the charger's own code beside it."),
}  # fmt: skip


def words(code: str) -> str:
    """``code`` in plain words; the code itself where it is not known, "" where there is none."""
    if code in ("", "NoError"):
        return ""
    return _KNOWN.get(code, (code, ""))[0]


def advice(code: str) -> str:
    return _KNOWN.get(code, ("", ""))[1]
