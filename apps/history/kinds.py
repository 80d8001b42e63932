"""What can happen, each kind once. Pure.

The name of a kind is what is kept and what people read: a plain phrase in the past participle.
"""

from dataclasses import dataclass

KINDS: "dict[str, Kind]" = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """``about``: the kind of its subject."""

    name: str
    about: str


def title_of(name: str) -> str:
    """As a line begins with it; of a kind of another age too."""
    return name[:1].upper() + name[1:]


def _kind(name: str, about: str) -> Kind:
    if name in KINDS:
        raise ValueError(f"{name!r} is declared twice")
    return KINDS.setdefault(name, Kind(name, about))


ORGANISATION, PERSON, KEY, ROOT = "organisation", "person", "key", "root"
LOCATION, STATION, CERTIFICATE, COMMAND = "location", "station", "certificate", "command"
SESSION, TARIFF, TOKEN, PUSH, STEP = "session", "tariff", "token", "push", "step"
RESERVATION, REFUSAL, CASE, INCIDENT = "reservation", "refusal", "case", "incident"
RULE, INVITATION, JOB = "rule", "invitation", "job"
GROUP = "group of stations"

KEY_CREATED = _kind("key created", KEY)
KEY_CHANGED = _kind("key changed", KEY)
KEY_ROTATED = _kind("key rotated", KEY)
KEY_REVOKED = _kind("key revoked", KEY)
PERSON_INVITED = _kind("person invited", INVITATION)
INVITATION_CALLED_OFF = _kind("invitation called off", INVITATION)
PERSON_ADDED = _kind("person added", PERSON)
PERSON_CHANGED = _kind("person changed", PERSON)
PERSON_DEACTIVATED = _kind("person deactivated", PERSON)
PERSON_REACTIVATED = _kind("person reactivated", PERSON)
PASSWORD_CHANGED = _kind("password changed", PERSON)
PASSWORD_LINK_MADE = _kind("password link made", PERSON)
LOG_INS_ENDED = _kind("log-ins ended", PERSON)
SECOND_FACTOR_ON = _kind("second factor turned on", PERSON)
SECOND_FACTOR_OFF = _kind("second factor turned off", PERSON)
RECOVERY_CODES_MADE = _kind("recovery codes made", PERSON)
RECOVERY_CODE_USED = _kind("recovery code used", PERSON)
LOG_IN_FAILED = _kind("log-in failed", PERSON)

LOCATION_ADDED = _kind("location added", LOCATION)
LOCATION_CHANGED = _kind("location changed", LOCATION)
LOCATION_REMOVED = _kind("location removed", LOCATION)
STATION_ADDED = _kind("station added", STATION)
STATION_CHANGED = _kind("station changed", STATION)
HABIT_FORGOTTEN = _kind("habit of its make forgotten", STATION)
STATION_PASSWORD_SET = _kind("station password set", STATION)
STATION_REMOVED = _kind("station removed", STATION)
GROUP_ADDED = _kind("group of stations added", GROUP)
GROUP_REMOVED = _kind("group of stations removed", GROUP)
STATION_MOVED = _kind("station moved to another site", STATION)
STATION_TAGGED = _kind("tags of a station changed", STATION)
TOPOLOGY_DECLARED = _kind("topology declared", STATION)
STATION_BOOTED = _kind("station booted", STATION)
STATION_EXCHANGED = _kind("station exchanged for another box", STATION)
TWO_BOXES_SEEN = _kind("two boxes seen under one identity", STATION)
CONNECTOR_FAULTED = _kind("connector faulted", STATION)
CONNECTOR_RECOVERED = _kind("connector recovered", STATION)
REFUSAL_DISMISSED = _kind("refused charger dismissed", REFUSAL)
REFUSAL_BLOCKED = _kind("refused charger blocked", REFUSAL)
REFUSAL_UNBLOCKED = _kind("refused charger unblocked", REFUSAL)
REFUSAL_BROUGHT_BACK = _kind("refused charger brought back", REFUSAL)

TOKEN_ADDED = _kind("token added", TOKEN)
TOKEN_CHANGED = _kind("token changed", TOKEN)
TOKEN_REMOVED = _kind("token removed", TOKEN)
TOKEN_POLICY_CHANGED = _kind("token policy changed", ORGANISATION)
LIST_POLICY_CHANGED = _kind("list policy changed", ORGANISATION)

TARIFF_ADDED = _kind("tariff added", TARIFF)
TARIFF_VERSION_ADDED = _kind("tariff version added", TARIFF)
TARIFF_CHANGED = _kind("tariff changed", TARIFF)
TARIFF_REMOVED = _kind("tariff removed", TARIFF)

CERTIFICATE_ISSUED = _kind("certificate issued", CERTIFICATE)
CERTIFICATE_REVOKED = _kind("certificate revoked", CERTIFICATE)
ROOT_TRUSTED = _kind("root trusted", ROOT)
ROOT_FORGOTTEN = _kind("root forgotten", ROOT)

COMMAND_GIVEN = _kind("command given", COMMAND)
COMMAND_CONFIRMED = _kind("command confirmed", COMMAND)
COMMAND_FAILED = _kind("command failed", COMMAND)
COMMAND_SUPERSEDED = _kind("command superseded", COMMAND)

SESSION_STARTED = _kind("session started", SESSION)
SESSION_ENDED = _kind("session ended", SESSION)
SESSION_CORRECTED = _kind("session corrected", SESSION)
PRICE_CORRECTED = _kind("price corrected", SESSION)
ENERGY_DECIDED = _kind("energy decided", SESSION)
SESSION_DISCARDED = _kind("session discarded", SESSION)
SESSION_JOINED = _kind("session joined", SESSION)
SESSION_SPLIT = _kind("session split", SESSION)
READING_SET_ASIDE = _kind("reading set aside", SESSION)
READING_TAKEN_BACK = _kind("reading taken back", SESSION)
SESSIONS_EXPORTED = _kind("sessions exported", ORGANISATION)
AUDIT_EXPORTED = _kind("audit log exported", ORGANISATION)
MESSAGES_READ_BACK = _kind("messages read back", ORGANISATION)

JOB_STARTED = _kind("job started", JOB)
JOB_STOPPED = _kind("job stopped", JOB)
JOB_RETRIED = _kind("job tried again", JOB)
PUSH_PLANNED = _kind("push planned", PUSH)
PUSH_CALLED_OFF = _kind("push called off", PUSH)
RESERVATION_MADE = _kind("reservation made", RESERVATION)
RESERVATION_ENDED = _kind("reservation ended", RESERVATION)

CASE_OPENED = _kind("case opened", CASE)
CASE_CLOSED = _kind("case closed", CASE)
CASE_DECIDED = _kind("case decided", CASE)
INCIDENT_OPENED = _kind("incident opened", INCIDENT)
INCIDENT_REOPENED = _kind("incident opened again", INCIDENT)
INCIDENT_ACKNOWLEDGED = _kind("incident acknowledged", INCIDENT)
INCIDENT_ASSIGNED = _kind("incident assigned", INCIDENT)
INCIDENT_SNOOZED = _kind("incident snoozed", INCIDENT)
INCIDENT_NOTED = _kind("incident noted", INCIDENT)
INCIDENT_CLOSED = _kind("incident closed", INCIDENT)
RULE_ADDED = _kind("rule added", RULE)
RULE_REMOVED = _kind("rule removed", RULE)
MAINTENANCE_PLANNED = _kind("maintenance planned", LOCATION)
MAINTENANCE_CALLED_OFF = _kind("maintenance called off", LOCATION)

ONBOARDING_POLICY_CHANGED = _kind("onboarding policy changed", ORGANISATION)
STEP_ADDED = _kind("set-up step added", STEP)
STEP_CHANGED = _kind("set-up step changed", STEP)
STEP_MOVED = _kind("set-up step moved", STEP)
STEP_REMOVED = _kind("set-up step removed", STEP)
STATION_HELD = _kind("station held", STATION)
STATION_ACCEPTED = _kind("station accepted", STATION)
STATION_REJECTED = _kind("station rejected", STATION)
SET_UP_BEGUN = _kind("set-up begun", STATION)
SET_UP_TRIED_AGAIN = _kind("set-up tried again", STATION)
