"""Firmware and logs of a station: what was ordered, how far it is, what has come."""

from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.commands import selectors as commands
from apps.commands.models import CommandRow, State
from apps.dashboard.presenters.commands import CommandLife, command_life
from apps.stations.models import Station
from apps.uploads import selectors as uploads
from apps.uploads.models import Door

ORDERS = ("update_firmware", "get_log", "publish_firmware", "unpublish_firmware")
_MOST = 20


@dataclass(frozen=True, slots=True)
class Order:
    """``published``: the checksum by which it can be unpublished, where that is so."""

    life: CommandLife
    what: str
    file: Door | None
    published: str = ""


@dataclass(frozen=True, slots=True)
class Orders:
    """The station's firmware and its last word about it, and the orders, newest first."""

    station: Station
    orders: list[Order]
    topics: frozenset[str]
    key: str


def station_orders(actor: Actor, station: Station) -> Orders:
    rows = list(commands.list_named(actor, station.pk, ORDERS)[:_MOST])
    files = {door.command_id: door for door in uploads.list_files(actor, station.pk)[:_MOST]}
    found = [
        Order(command_life(row), _what(row), files.get(row.pk), _published(row)) for row in rows
    ]
    topics = {f"station:{station.pk}", *(f"command:{row.pk}" for row in rows)}
    return Orders(station, found, frozenset(topics), str(station.pk))


def _what(row: CommandRow) -> str:
    given = row.shown_parameters
    if row.name == "get_log":
        return "Security log" if given.get("kind") == "security" else "Diagnostics log"
    if row.name == "unpublish_firmware":
        return f"Unpublish {given.get('checksum', '')[:8]}…"
    if row.name == "publish_firmware":
        return f"Publish {str(given.get('location', '')).rpartition('/')[2]}"
    signed = "Signed firmware" if given.get("signature") else "Firmware"
    return f"{signed} {str(given.get('location', '')).rpartition('/')[2]}".strip()


def _published(row: CommandRow) -> str:
    """The checksum of what a controller has published by this order; "" for all else."""
    is_published = row.name == "publish_firmware" and row.state == State.CONFIRMED
    return str(row.parameters.get("checksum", "")) if is_published else ""
