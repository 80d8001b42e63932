"""The kinds of cases: what each is, how it is settled, and by whom. Pure: a table."""

from apps.reconciliation.kind import Kind, Resolution, Severity, Subject

KINDS: dict[str, Kind] = {}


def kind_of(name: str) -> Kind:
    """The kind of that name; KeyError where there is none."""
    return KINDS[name]


def _kind(name: str, about: Subject, title: str, meaning: str, advice: str,
          *resolutions: Resolution, **more: object) -> str:  # fmt: skip
    KINDS[name] = Kind(name, about, title, meaning, advice, resolutions, **more)  # type: ignore[arg-type]
    return name


_SESSION, _CONNECTOR = Subject.SESSION, Subject.CONNECTOR
_STATION, _MESSAGE = Subject.STATION, Subject.MESSAGE
_ACCEPT, _ASK, _CLOSE, _CORRECT = (
    Resolution.ACCEPT, Resolution.ASK, Resolution.CLOSE, Resolution.CORRECT,
)  # fmt: skip
_DISCARD, _DISMISS, _ENERGY, _WAIT = (
    Resolution.DISCARD, Resolution.DISMISS, Resolution.ENERGY, Resolution.WAIT,
)  # fmt: skip
_JOIN, _METER, _SET_ASIDE, _SPLIT = (
    Resolution.JOIN, Resolution.METER, Resolution.SET_ASIDE, Resolution.SPLIT,
)  # fmt: skip
_CRITICAL, _MAJOR = Severity.CRITICAL, Severity.MAJOR

# Sessions that run.
SILENT = _kind(
    "silent_session", _SESSION, "A session fell silent",
    "Its station is online, was asked for it, and has said nothing of it since.",
    "Usually it is closed from its last sign of life by itself; look at the station if it is not.",
    _CLOSE, _ASK, _WAIT, awaits="silent_session", is_state=True,
)  # fmt: skip
STUCK_OFFLINE = _kind(
    "stuck_offline", _SESSION, "A session runs on at a station that is offline",
    "Nothing has been heard of its station for a long time; what it took since is not known.",
    "Bring the station back online, or end it from its last sign of life, as the clock does later.",
    _CLOSE, _WAIT, severity=_MAJOR, is_state=True,
)  # fmt: skip
NO_FLOW = _kind(
    "no_flow", _SESSION, "Charging without energy",
    "The station says that it charges, and its meter stands still.",
    "Ask for its meter values; if they stand still, the contactor or the meter is at fault.",
    _ASK, _CLOSE, _DISMISS, is_state=True,
)  # fmt: skip

# Sessions that have ended.
LOST_STOP = _kind(
    "lost_stop", _SESSION, "A session ended without a stop",
    "Its end has not come, so it was closed from the last sign of life; the rest is estimated.",
    "Wait for the true end, which replaces the estimate; or accept it, or decide the energy.",
    _ACCEPT, _JOIN, _ENERGY, _DISCARD, awaits="true_end",
    settles="No true end came in time; it stays as it was estimated.",
)  # fmt: skip
LOST_START = _kind(
    "lost_start", _SESSION, "A session without a start",
    "The message that begins it has not come; its begin is that of the first word of it.",
    "Wait for the start, which may come late; or accept the session as it is.",
    _ACCEPT, _JOIN, _ENERGY, _DISCARD, awaits="late_messages",
    settles="No start came in time; it stays as it was told.",
)  # fmt: skip
GAPS = _kind(
    "gaps", _SESSION, "Messages of a session are missing",
    "Their numbers have gaps; what it took is what the readings tell that came.",
    "Wait: stations send what they kept after an outage.",
    _ACCEPT, _ENERGY, awaits="late_messages",
    settles="They did not come in time; it stays as it was told.",
)  # fmt: skip
DOUBTED = _kind(
    "doubted_readings", _SESSION, "Readings of a session are not believed",
    "Some of its readings are missing, could not be understood, or cannot be.",
    "Look at what was set aside; accept the energy that is left, or decide another one.",
    _ACCEPT, _SET_ASIDE, _ENERGY,
)  # fmt: skip
NO_REGISTER = _kind(
    "no_register", _SESSION, "What it took is not the gain of a register",
    "No register of it counts: its energy is that of power or intervals, or none.",
    "Accept it; set the station to send Energy.Active.Import.Register.",
    _ACCEPT, _ENERGY,
)  # fmt: skip
TOO_MUCH = _kind(
    "more_than_power", _SESSION, "More energy than its power can have brought",
    "Its register rose by more than its strongest measured power gives in its time.",
    "Compare the register with the power: the unit of one of the two may be wrong.",
    _ACCEPT, _SET_ASIDE, _ENERGY, severity=_MAJOR,
)  # fmt: skip
TOO_LITTLE = _kind(
    "less_than_power", _SESSION, "Less energy than its power brought",
    "Its register rose by less than half of what the power that it told gives at the least.",
    "The meter counts; if it stood still or counts one phase of three, decide the energy.",
    _ACCEPT, _SET_ASIDE, _ENERGY, severity=_MAJOR,
)  # fmt: skip
WRONG_CLOCK = _kind(
    "wrong_clock_session", _SESSION, "A session whose times cannot all be right",
    "Its times were set right where that was possible, by what was heard and what flowed.",
    "Nothing to do for the session; look at the clock of the station.",
    _ACCEPT, settles="It stays as it was set right.",
)  # fmt: skip
REFUSED = _kind(
    "refused_message", _SESSION, "A message of a session was not taken",
    "What it said is not known here, so energy or end may be missing.",
    "Look at the message; decide the energy if it tells another one.",
    _ACCEPT, _ENERGY, severity=_MAJOR,
)  # fmt: skip
UNAUTHORISED = _kind(
    "unauthorised", _SESSION, "A session that no card was accepted for",
    "Energy flowed for a card that may not charge, or for none: nobody may be there to pay.",
    "Find out why the station let it charge: its local list, or what it does when offline.",
    _ACCEPT, severity=_MAJOR,
)  # fmt: skip
WHOSE = _kind(
    "whose", _SESSION, "Whose session it is, is not sure",
    "Its station named another transaction, or two boxes came in under one identity.",
    "Look at its story; accept it, or decide what it took.",
    _ACCEPT, _SPLIT, _JOIN, _ENERGY, severity=_MAJOR,
)  # fmt: skip
OVERLAP = _kind(
    "overlap", _SESSION, "Two sessions on one connector at the same time",
    "One connector serves one car: one of the two is told twice, or wrongly timed.",
    "Compare the two; decide the energy of the one that took none.",
    _ACCEPT, _JOIN, _ENERGY, _DISCARD, severity=_MAJOR,
)  # fmt: skip
TWO_STOPS = _kind(
    "two_stops", _SESSION, "Stops of a session differ",
    "Its end was told more than once; the earliest counts, of one instant the higher register.",
    "See the stops among its messages; accept the one that counts, or decide what another says.",
    _ACCEPT, _ENERGY, _SET_ASIDE,
)  # fmt: skip
LATE_STOP = _kind(
    "late_stop", _SESSION, "The true stop says other than was decided",
    "Somebody decided what it took while its end was an estimate; then its stop came.",
    "Bill what its meter says, unless what was decided is known better.",
    _METER, _ACCEPT, _ENERGY, severity=_MAJOR,
)  # fmt: skip
TWO_EVSES = _kind(
    "two_evses", _SESSION, "One transaction at two EVSEs",
    "Its station told one transaction for two EVSEs, so that it may be two sessions in one.",
    "See who charged where: split it where the second began, or decide its energy.",
    _ACCEPT, _SPLIT, _ENERGY, severity=_MAJOR,
)  # fmt: skip
BETWEEN = _kind(
    "between", _SESSION, "Energy between two sessions",
    "The next session on its connector began at a higher register than that at which it ended.",
    "Its stop told too little, the next start came late, or a session was never told: see both.",
    _ACCEPT, _ENERGY,
)  # fmt: skip
TWICE = _kind(
    "billed_twice", _SESSION, "The same energy in two bills",
    "A later session on its connector counts energy that its own register had counted.",
    "Told twice: discard one of the two. Else see which the readings bear out; decide the other.",
    _ACCEPT, _ENERGY, _DISCARD, severity=_MAJOR,
)  # fmt: skip
PHANTOM = _kind(
    "phantom", _SESSION, "A session that nobody had",
    "It began, and nothing came after: no card, no reading, no end.",
    "Discard it; it is kept, and billed nothing.",
    _DISCARD, _ACCEPT,
)  # fmt: skip
DIFFERS = _kind(
    "differs", _SESSION, "A bill that its readings do not give",
    "Energy or price, made anew of all that is stored, is another one than was billed.",
    "Correct it, and report it: the platform itself is at fault.",
    _CORRECT, _ACCEPT, severity=_CRITICAL,
)  # fmt: skip

# Connectors.
PLUGGED = _kind(
    "plugged_idle", _CONNECTOR, "Plugged in, and never started",
    "A cable has been plugged in for a while, and no session runs there.",
    "Look whether a card was held; start from here, or ask the station for its status.",
    _ASK, _DISMISS, is_state=True,
)  # fmt: skip
FINISHING = _kind(
    "finishing", _CONNECTOR, "Never free again after a session",
    "The session is over, and the connector has not been free since.",
    "Ask the station for its status; if the cable is out, reset it.",
    _ASK, _DISMISS, is_state=True,
)  # fmt: skip
UNKNOWN_ENERGY = _kind(
    "unknown_energy", _CONNECTOR, "Energy without a session",
    "The connector charges, and no session is known here: what it gives nobody pays.",
    "Ask the station for its status; its start may still lie in its memory.",
    _ASK, _DISMISS, severity=_MAJOR, is_state=True,
)  # fmt: skip
FAULTED = _kind(
    "faulted", _CONNECTOR, "A connector is faulted",
    "It reports a fault, and nobody can charge there.",
    "See what the fault means on the station's page; reset it, or send somebody.",
    _ASK, _DISMISS, severity=_MAJOR, is_state=True,
)  # fmt: skip

# Stations.
OFFLINE = _kind(
    "offline", _STATION, "A station is offline",
    "It has no connection, so nothing is known of it and nothing can be told it.",
    "See whether others at its site are offline, too: power and network before the charger.",
    _DISMISS, severity=_MAJOR, is_state=True,
)  # fmt: skip
SILENT_BOOT = _kind(
    "silent_boot", _STATION, "Silent since it booted",
    "It is connected and was accepted, and has not said a word since it booted.",
    "Ask it for its status; if nothing comes, reset it.",
    _ASK, _DISMISS, severity=_MAJOR, is_state=True,
)  # fmt: skip
REBOOTS = _kind(
    "reboots", _STATION, "A station boots again and again",
    "It booted several times within the hour.",
    "Look at its log and its firmware; power that comes and goes shows so, too.",
    _DISMISS, severity=_MAJOR, is_state=True, runbook="bad-firmware",
)  # fmt: skip
TWO_BOXES = _kind(
    "two_boxes", _STATION, "Two boxes under one identity",
    "Two chargers were set up with the same identity and take turns.",
    "Give one of them another identity; until then sessions may be mixed up.",
    _DISMISS, severity=_CRITICAL, is_state=True, runbook="two-boxes",
)  # fmt: skip
WRONG_CLOCK_STATION = _kind(
    "wrong_clock", _STATION, "The clock of a station is wrong",
    "Its messages say another time than that at which they arrive.",
    "Set its clock, or its time server; sessions are timed by their arrival meanwhile.",
    _DISMISS, is_state=True, runbook="wrong-clock",
)  # fmt: skip
REFUSALS = _kind(
    "refusals", _STATION, "Messages about money are not taken",
    "Messages of the station are refused, or break off, before they can be read.",
    "Look at the form of its messages; set its reading to tolerant if it is strict.",
    _DISMISS, severity=_MAJOR, is_state=True, runbook="refused-messages",
)  # fmt: skip
AUTHORISED = _kind(
    "authorised_idle", _STATION, "A card was accepted, and nothing began",
    "A driver held his card, was let in, and no session began.",
    "Usually the cable was not plugged in; look at the connector if it comes again.",
    _DISMISS, is_state=True,
)  # fmt: skip

PARKED = _kind(
    "parked", _MESSAGE, "Messages fit no session",
    "They were acknowledged and kept; what they say is in no session.",
    "See which sessions they may be about, decide their energy if need be, and accept.",
    _ACCEPT, severity=_MAJOR,
)  # fmt: skip
