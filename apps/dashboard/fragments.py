"""Everything that is live: name → template, who may see it, how it is loaded again.

A page includes a fragment through ``{% live name it %}``; the socket loads the same ``it``
by its key and renders the same template, so both can only say the same. An ``it`` has a
``key`` and the ``topics`` whose change makes it stale.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.commands import selectors as commands
from apps.dashboard.presenters import overview
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.commands import command_life
from apps.dashboard.presenters.configuration import model_report
from apps.dashboard.presenters.display import display_sheet
from apps.dashboard.presenters.lists import list_sheet
from apps.dashboard.presenters.maintenance import station_orders
from apps.dashboard.presenters.monitoring import monitoring_sheet
from apps.dashboard.presenters.onboarding import setup_sheet
from apps.dashboard.presenters.overview import Numbers
from apps.dashboard.presenters.power import power_sheet
from apps.dashboard.presenters.reservations import reservation_sheet
from apps.dashboard.presenters.sessions import session_rows, session_sheet
from apps.dashboard.presenters.stations import evse_cards, station_head, station_rows
from apps.domain.texts import whole_number
from apps.sessions import selectors as sessions
from apps.stations import selectors as stations
from apps.stations.models import Station

Loaded = Iterable[Any]


@dataclass(frozen=True, slots=True)
class Fragment:
    """``load`` gives what exists of the asked keys, and only what the actor may see."""

    template: str
    needs: Permission
    load: Callable[[Actor, list[str]], Loaded]


def render(name: str, it: Any, actor: Actor) -> str:
    context = {"it": it, "actor": actor, "live": f"{name}:{it.key}"}
    return render_to_string(REGISTRY[name].template, context).strip()


def load(actor: Actor, name: str, keys: list[str]) -> list[Any]:
    """The named fragments as they are now; nothing where the actor may not look."""
    fragment = REGISTRY.get(name)
    if fragment is None or not actor.may(fragment.needs):
        return []
    return list(fragment.load(actor, keys))


def _ids(keys: list[str]) -> list[int]:
    return [number for key in keys if (number := whole_number(key)) is not None]


def _of_stations(make: Callable[[Actor, Station], Any]) -> Callable[[Actor, list[str]], Loaded]:
    """A key is a station: 17."""

    def load(actor: Actor, keys: list[str]) -> Loaded:
        return [make(actor, station) for station in stations.find_stations(actor, _ids(keys))]

    return load


def _parts(keys: list[str]) -> dict[int, str]:
    """A key is a station and a part of it: 17-power."""
    pairs = (key.partition("-") for key in keys)
    return {ids[0]: part for station, _, part in pairs if (ids := _ids([station]))}


def _station_rows(actor: Actor, keys: list[str]) -> Loaded:
    return station_rows(actor, stations.find_stations(actor, _ids(keys)))


def _evse_cards(actor: Actor, keys: list[str]) -> Loaded:
    ids = _ids([key.partition("-")[0] for key in keys])
    found = stations.find_stations(actor, ids)
    cards = [card for station in found for card in evse_cards(actor, station)]
    return [card for card in cards if card.key in keys]


def _station_commands(actor: Actor, keys: list[str]) -> Loaded:
    tabs = _parts(keys)
    found = stations.find_stations(actor, list(tabs))
    return [station_commands(actor, station, tabs[station.pk]) for station in found]


def _power_sheets(actor: Actor, keys: list[str]) -> Loaded:
    evses = {station_id: _ids([part]) for station_id, part in _parts(keys).items()}
    found = stations.find_stations(actor, list(evses))
    return [power_sheet(actor, station, (evses[station.pk] or [0])[0]) for station in found]


def _session_rows(actor: Actor, keys: list[str]) -> Loaded:
    return session_rows(sessions.find_sessions(actor, _ids(keys)))


def _session_sheets(actor: Actor, keys: list[str]) -> Loaded:
    return [session_sheet(actor, s) for s in sessions.find_sessions(actor, _ids(keys))]


def _commands(actor: Actor, keys: list[str]) -> Loaded:
    return [command_life(row) for row in commands.find_commands(actor, _ids(keys))]


def _counts(actor: Actor, keys: list[str]) -> Loaded:
    numbers = Numbers(actor)
    found = (overview.nav_count(numbers, key) for key in keys)
    return [count for count in found if count is not None]


REGISTRY: dict[str, Fragment] = {
    "overview-attention": Fragment(
        "overview/_attention.html",
        Permission.SEE_STATIONS,
        lambda a, _: [overview.attention(Numbers(a))],
    ),
    "overview-tiles": Fragment(
        "overview/_tiles.html", Permission.SEE_STATIONS, lambda a, _: [overview.tiles(Numbers(a))]
    ),
    "overview-bar": Fragment(
        "overview/_bar.html", Permission.SEE_STATIONS, lambda a, _: [overview.bar(Numbers(a))]
    ),
    "overview-charging": Fragment(
        "overview/_charging.html", Permission.SEE_STATIONS, lambda a, _: [overview.charging(a)]
    ),
    "nav-count": Fragment("shell/_count.html", Permission.SEE_SESSIONS, _counts),
    "station-row": Fragment("stations/_row.html", Permission.SEE_STATIONS, _station_rows),
    "station-head": Fragment(
        "stations/_head.html", Permission.SEE_STATIONS, _of_stations(station_head)
    ),
    "evse-card": Fragment("stations/_evse.html", Permission.SEE_STATIONS, _evse_cards),
    "station-commands": Fragment(
        "stations/_commands.html", Permission.SEE_MESSAGES, _station_commands
    ),
    "station-orders": Fragment(
        "stations/_orders.html", Permission.SEE_MESSAGES, _of_stations(station_orders)
    ),
    "power-sheet": Fragment("stations/_power.html", Permission.SEE_STATIONS, _power_sheets),
    "local-list": Fragment(
        "stations/_list.html", Permission.SEE_STATIONS, _of_stations(list_sheet)
    ),
    "display": Fragment(
        "stations/_display.html", Permission.SEE_STATIONS, _of_stations(display_sheet)
    ),
    "reservations": Fragment(
        "stations/_reservations.html", Permission.SEE_STATIONS, _of_stations(reservation_sheet)
    ),
    "station-setup": Fragment(
        "onboarding/_setup.html", Permission.SEE_STATIONS, _of_stations(setup_sheet)
    ),
    "model-report": Fragment(
        "stations/_model_report.html", Permission.SEE_STATIONS, _of_stations(model_report)
    ),
    "monitoring": Fragment(
        "stations/_monitoring.html", Permission.SEE_STATIONS, _of_stations(monitoring_sheet)
    ),
    "session-row": Fragment("sessions/_row.html", Permission.SEE_SESSIONS, _session_rows),
    "session-sheet": Fragment("sessions/_sheet.html", Permission.SEE_SESSIONS, _session_sheets),
    "command-row": Fragment("commands/_row.html", Permission.SEE_MESSAGES, _commands),
    "command-life": Fragment("commands/_life.html", Permission.SEE_MESSAGES, _commands),
    "command-toast": Fragment("commands/_toast.html", Permission.SEE_MESSAGES, _commands),
}
