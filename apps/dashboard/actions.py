"""The Actions menu and the buttons of tabs: what is offered, to whom, and what it would do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apps.accounts.models import Actor
from apps.dashboard.commands import SCREENS
from apps.dashboard.commands.screen import Action, Effect, Menu, Strip
from apps.domain.commands import COMMANDS
from apps.habits.models import Habit
from apps.habits.selectors import refused_by
from apps.jobs.orders import DEEDS
from apps.sessions.models import Session
from apps.stations.models import Station


@dataclass(frozen=True, slots=True)
class Many:
    """Something that can be done at many stations. ``value``: its name and what it presets."""

    value: str
    label: str


def groups_for(actor: Actor, station: Station) -> list[tuple[str, list[Action]]]:
    """What this actor may do there and the station understands; no empty groups."""
    found = [(menu.value, [a for a in _allowed(actor, station) if menu in a.places])
             for menu in Menu]  # fmt: skip
    return [(title, actions) for title, actions in found if actions]


def for_many(actor: Actor) -> list[tuple[str, list[Many]]]:
    """What this actor may do at many stations at once; no empty groups."""
    groups: dict[str, list[Many]] = {menu.value: [] for menu in Menu}
    for screen in SCREENS.values():
        if screen.command.declared.is_for_many and actor.may(screen.command.declared.permission):
            for action in screen.actions:
                _put(groups, action)
    groups["Stations"] = [
        Many(deed.name, deed.label) for deed in DEEDS.values() if actor.may(deed.permission)
    ]
    return [(title, offers) for title, offers in groups.items() if offers]


def _put(groups: dict[str, list[Many]], action: Action) -> None:
    """Into its menu, else among the engineers' tools; each label once."""
    menus = [place.value for place in action.places if isinstance(place, Menu)]
    group = groups[menus[0] if menus else Menu.ENGINEERING.value]
    known = {offer.label for offers in groups.values() for offer in offers}
    if action.label not in known:
        group.append(Many("?".join(filter(None, (action.name, action.query))), action.label))


def strip_of(tab: str, actor: Actor, station: Station) -> list[Action]:
    """The buttons at the head of a tab, for this actor and this station."""
    places = (Strip(tab, is_main=True), Strip(tab, is_main=False))
    return [a for a in _allowed(actor, station) if any(place in a.places for place in places)]


def concerning(tab: str) -> list[str]:
    """The names of the commands that are followed on a tab of the station's page."""
    return [screen.name for screen in SCREENS.values() if tab and screen.tab == tab]


def find_action(name: str, query: dict[str, str]) -> Action | None:
    """The action that fits a form's address best: its preset agrees with the query."""
    kind = COMMANDS.get(name)
    candidates = SCREENS[kind].actions if kind else ()
    for action in candidates:
        if action.preset and all(query.get(key) == value for key, value in action.preset.items()):
            return action
    return next((a for a in candidates if not a.preset), candidates[0] if candidates else None)


def effect_on(action: Action, running: list[Session], evse_id: int | None) -> str:
    """What happens to people at this moment if the action is done."""
    concerned = [s for s in running if evse_id is None or s.evse_id == evse_id]
    if action.effect is Effect.NONE:
        return ""
    if action.effect is Effect.SPARES:
        return "Nobody is interrupted."
    if not concerned:
        return "No car is charging here now: nobody is interrupted."
    cars = "1 car is" if len(concerned) == 1 else f"{len(concerned)} cars are"
    energy_kwh = sum(s.energy_wh for s in concerned) / 1000
    if action.effect is Effect.CLOSES:
        return f"{cars} charging here; running sessions may finish, new ones cannot start."
    return f"{cars} charging here now ({energy_kwh:.1f} kWh so far) and will be interrupted."


def refused_words(habit: Habit) -> str:
    """Why something is known not to work."""
    often = "refused it again and again" if habit.refusals > 1 else "does not know it"
    return f"{habit.identity} {often}: {habit.answer}"


def _allowed(actor: Actor, station: Station) -> Iterator[Action]:
    """Those that this actor may do and the version of the station has words for."""
    known, refused = station.traits.commands, refused_by(actor, station)
    for screen in SCREENS.values():
        if screen.name in known and actor.may(screen.command.declared.permission):
            for action in screen.actions:
                habit = refused.get(_way(action)) or refused.get(f"call:{action.name}")
                yield replace(action, refused=refused_words(habit)) if habit else action


def _way(action: Action) -> str:
    """Of a question it counts for what it asks."""
    return f"question:{action.preset['message']}" if "message" in action.preset else ""
