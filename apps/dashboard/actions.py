"""The Actions menu: which commands there are, for whom, how dangerous, with what effect.

Danger: 0 asks nothing, 1 can be undone, 2 interrupts a driver or changes how a station works
(a dialog, a reason).
"""

from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.sessions.models import Session
from apps.stations.models import Station


@dataclass(frozen=True, slots=True)
class Action:
    """``name`` is the command's; ``preset`` fills its form."""

    name: str
    label: str
    icon: str
    danger: int
    help: str
    preset: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        return "&".join(f"{key}={value}" for key, value in self.preset)


START = Action(
    "start_session", "Start a session", "play", 1, "For a driver whose card or app does not work."
)
STOP = Action(
    "stop_session",
    "Stop the session",
    "square",
    2,
    "Ends the charging session and frees the cable.",
)
UNLOCK = Action("unlock_connector", "Unlock the cable", "lock-open", 1, "For a plug that is stuck.")

LOG = Action("get_log", "Fetch a log…", "hard-drive-download", 0, "The station sends its file.")
FIRMWARE = Action(
    "update_firmware", "Update the firmware…", "cpu", 2, "Fetched, checked, installed, restarted."
)
PUBLISH = Action(
    "publish_firmware", "Publish firmware…", "share-2", 1,
    "A local controller keeps it for the stations behind it.",
)  # fmt: skip
UNPUBLISH = Action(
    "unpublish_firmware", "Unpublish firmware…", "circle-slash", 1,
    "The local controller offers it no more.",
)  # fmt: skip
ORDERS = (LOG, FIRMWARE, PUBLISH, UNPUBLISH)
RESERVE = Action(
    "reserve_now", "Reserve…", "calendar-clock", 1, "Holds an EVSE for one driver or group."
)
CANCEL = Action(
    "cancel_reservation", "Cancel a reservation", "calendar-x", 1, "Frees what was held."
)

SET_MONITOR = Action(
    "set_monitors", "Watch a variable…", "radar", 1, "The station tells us when it happens."
)
CLEAR_MONITORS = Action(
    "clear_monitors", "Clear monitors…", "eraser", 2, "The station no longer tells of it."
)
MONITORING = (
    Action("get_monitoring_report", "Read the monitors", "list-checks", 0, "What it watches now."),
    Action("set_monitoring_base", "Choose its own monitors…", "layers", 2,
           "Which of the monitors that it was made with are at work."),
    Action("set_monitoring_level", "Choose what is told…", "sliders-horizontal", 2,
           "Events that matter less are kept to itself."),
    SET_MONITOR,
    CLEAR_MONITORS,
)  # fmt: skip
ERASE_CUSTOMER = Action(
    "customer_information", "Have a customer erased…", "user-x", 2,
    "It forgets what it keeps of one customer. That cannot be undone.", (("what", "clear"),),
)  # fmt: skip
ASK_CUSTOMER = Action(
    "customer_information", "Ask what it knows of a customer…", "user-search", 1,
    "What it tells is kept here for 30 days.", (("what", "report"),),
)  # fmt: skip
CUSTOMERS = (ERASE_CUSTOMER, ASK_CUSTOMER)
READ_MODEL = Action(
    "read_device_model", "Read the configuration", "refresh-cw", 0,
    "Everything that the station tells.",
    (("base", "full"),),
)  # fmt: skip
READING = (
    READ_MODEL,
    Action("read_device_model", "Read a part…", "list-filter", 0,
           "What can be set, or what goes wrong."),
    Action("get_report", "Read some by name…", "search", 0, "By component, by variable, by key."),
)  # fmt: skip
_GET_VARIABLES = Action(
    "get_variables", "Read the configuration", "sliders-horizontal", 0,
    "Everything that the station tells.",
)  # fmt: skip
# Offered where their subject is shown.
ON_TABS = (_GET_VARIABLES, *READING, *MONITORING, *CUSTOMERS)

GROUPS: tuple[tuple[str, tuple[Action, ...]], ...] = (
    ("Help the driver", (START, STOP, UNLOCK, RESERVE, CANCEL)),
    (
        "Recover",
        (
            Action("trigger_message", "Ask for a heartbeat", "activity", 0, "Is it still there?",
                   (("message", "Heartbeat"),)),
            Action("trigger_message", "Ask for a message…", "message-square-more", 0,
                   "Statuses, meter values, boot."),
            Action("reset", "Restart when idle", "refresh-cw", 1, "Waits until nobody charges.",
                   (("mode", "on_idle"),)),
            Action("reset", "Restart now", "power", 2, "Ends running sessions.",
                   (("mode", "immediate"),)),
        ),
    ),
    (
        "Power",
        (
            Action("set_charging_profile", "Set a limit…", "gauge", 1,
                   "How much the station, an EVSE or a session may draw."),
            Action("clear_charging_profile", "Clear limits…", "eraser", 2,
                   "Without them it draws as much as it can."),
            Action("get_charging_profiles", "Read the limits", "list-checks", 0,
                   "What the station says that it holds."),
            Action("get_composite_schedule", "Ask for its schedule", "chart-line", 0,
                   "What it will draw at most in the next 24 hours."),
        ),
    ),
    (
        "Display",
        (
            Action("set_display_message", "Show a message…", "message-square", 1,
                   "On the display, for drivers to read."),
            Action("get_display_messages", "Ask what it shows", "list-checks", 0,
                   "Every message that its display holds."),
            Action("clear_display_message", "Clear a message…", "eraser", 1,
                   "It is shown no more."),
        ),
    ),
    (
        "Service",
        (
            Action("change_availability", "Take out of service", "wrench", 2,
                   "Drivers can no longer start here.", (("operative", "false"),)),
            Action("change_availability", "Put in service", "circle-check", 1,
                   "Drivers can start again.", (("operative", "true"),)),
            *ORDERS,
        ),
    ),
    (
        "Offline drivers",
        (
            Action("send_local_list", "Push the local list", "upload", 1,
                   "Whom it lets charge while it cannot ask.", (("mode", "auto"),)),
            Action("send_local_list", "Send the local list in full", "list-restart", 1,
                   "Where nobody knows what it holds.", (("mode", "full"),)),
            Action("clear_cache", "Clear its cache", "eraser", 1,
                   "It forgets verdicts of earlier; drivers are looked up again."),
            Action("get_local_list_version", "Ask for its list version", "list-checks", 0,
                   "0 is an empty list."),
        ),
    ),
    (
        "Security",
        (
            Action("renew_certificate", "Renew its certificate", "refresh-cw", 1,
                   "The station makes a new key and asks for it to be certified."),
            Action("get_installed_certificates", "Read what is installed", "list-filter", 0,
                   "The certificates that the station holds."),
            Action("install_certificate", "Install a root…", "plus", 2, "Whom it shall trust."),
            Action("set_security_profile", "Change the security profile…", "lock", 2,
                   "It restarts, and may stay away if its settings are wrong."),
        ),
    ),
    (
        "Engineering",
        (
            READ_MODEL,
            Action("set_variables", "Change a variable…", "pencil", 2, "One value, read back."),
            Action("data_transfer", "Transfer data…", "arrow-left-right", 2,
                   "What its maker agreed on beside OCPP."),
            Action("raw_call", "Send any OCPP call…", "terminal", 2, "By name and payload."),
        ),
    ),
)  # fmt: skip


def groups_for(actor: Actor, station: Station) -> list[tuple[str, list[Action]]]:
    """What this actor may do there and the station understands; no empty groups."""
    found = [(title, allowed(actions, actor, station)) for title, actions in GROUPS]
    return [(title, actions) for title, actions in found if actions]


def allowed(actions: tuple[Action, ...], actor: Actor, station: Station) -> list[Action]:
    """Those that this actor may do and the version of the station has words for."""
    known = station.traits.commands
    return [a for a in actions if a.name in known and actor.may_command(a.name)]


def find_action(name: str, query: dict[str, str]) -> Action | None:
    """The action that fits a form's address best: its preset agrees with the query."""
    offered = (*(action for _, actions in GROUPS for action in actions), *ON_TABS)
    candidates = [action for action in offered if action.name == name]
    for action in candidates:
        if action.preset and all(query.get(key) == value for key, value in action.preset):
            return action
    return next((a for a in candidates if not a.preset), candidates[0] if candidates else None)


def effect_on(action: Action, running: list[Session], evse_id: int | None) -> str:
    """What happens to people at this moment if the action is done."""
    concerned = [s for s in running if evse_id is None or s.evse_id == evse_id]
    if action.name not in ("reset", "stop_session", "change_availability", "unlock_connector"):
        return ""
    if ("mode", "on_idle") in action.preset or ("operative", "true") in action.preset:
        return "Nobody is interrupted."
    if not concerned:
        return "No car is charging here now: nobody is interrupted."
    cars = "1 car is" if len(concerned) == 1 else f"{len(concerned)} cars are"
    energy_kwh = sum(s.energy_wh for s in concerned) / 1000
    if action.name == "change_availability":
        return f"{cars} charging here; running sessions may finish, new ones cannot start."
    return f"{cars} charging here now ({energy_kwh:.1f} kWh so far) and will be interrupted."
