"""The Actions menu: which commands there are, for whom, how dangerous, with what effect.

Danger: 0 asks nothing, 1 can be undone, 2 interrupts a driver or changes how a station works
(a dialog, a reason).
"""

from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.sessions.models import Session


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

GROUPS: tuple[tuple[str, tuple[Action, ...]], ...] = (
    ("Help the driver", (START, STOP, UNLOCK)),
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
        "Service",
        (
            Action("change_availability", "Take out of service", "wrench", 2,
                   "Drivers can no longer start here.", (("operative", "false"),)),
            Action("change_availability", "Put in service", "circle-check", 1,
                   "Drivers can start again.", (("operative", "true"),)),
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
            Action("get_variables", "Read the configuration", "sliders-horizontal", 0,
                   "Everything that the station tells."),
            Action("set_variables", "Change a variable…", "pencil", 2, "One value, read back."),
            Action("raw_call", "Send any OCPP call…", "terminal", 2, "By name and payload."),
        ),
    ),
)  # fmt: skip


def groups_for(actor: Actor) -> list[tuple[str, list[Action]]]:
    """What this actor may do; groups without anything are left out."""
    allowed = [
        (title, [action for action in actions if actor.may_command(action.name)])
        for title, actions in GROUPS
    ]
    return [(title, actions) for title, actions in allowed if actions]


def find_action(name: str, query: dict[str, str]) -> Action | None:
    """The action that fits a form's address best: its preset agrees with the query."""
    candidates = [action for _, actions in GROUPS for action in actions if action.name == name]
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
