"""Firmware and logs of a station: what was ordered, how far it is, what has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import Actor
from apps.commands import selectors as commands
from apps.commands.models import CommandRow, State
from apps.dashboard.actions import concerning
from apps.dashboard.presenters.commands import CommandLife, command_life
from apps.domain.command import Command
from apps.domain.maintenance import GetLog, UpdateFirmware
from apps.domain.publishing import PublishFirmware, UnpublishFirmware
from apps.stations.models import Station
from apps.uploads import selectors as uploads
from apps.uploads.models import Upload

_MOST = 20

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """``published``: the checksum by which it can be unpublished, where that is so."""

    life: CommandLife
    what: str
    file: Upload | None
    published: str = ""


@dataclass(frozen=True, slots=True)
class Orders:
    """The station's firmware and its last word about it, and the orders, newest first."""

    station: Station
    orders: list[Order]
    topics: frozenset[str]
    key: str


def station_orders(actor: Actor, station: Station) -> Orders:
    rows = list(commands.list_named(actor, station.pk, concerning("maintenance"))[:_MOST])
    files = {upload.command_id: upload for upload in uploads.list_files(actor, station.pk)[:_MOST]}
    found = [
        Order(command_life(row), _what(row), files.get(row.pk), _published(row)) for row in rows
    ]
    topics = {f"station:{station.pk}", *(f"command:{row.pk}" for row in rows)}
    return Orders(station, found, frozenset(topics), str(station.pk))


def _what(row: CommandRow) -> str:
    given = row.shown_parameters
    words = _WORDS.get(row.kind) if row.kind else None
    return words(given) if words else row.declared.title(given)


def _log(given: Given) -> str:
    return "Security log" if given.get("kind") == "security" else "Diagnostics log"


def _firmware(given: Given) -> str:
    signed = "Signed firmware" if given.get("signature") else "Firmware"
    return f"{signed} {_file(given)}".strip()


def _file(given: Given) -> str:
    return str(given.get("location", "")).rpartition("/")[2]


_WORDS: Mapping[type[Command], Callable[[Given], str]] = {
    GetLog: _log,
    PublishFirmware: lambda given: f"Publish {_file(given)}",
    UnpublishFirmware: lambda given: f"Unpublish {given.get('checksum', '')[:8]}…",
    UpdateFirmware: _firmware,
}


def _published(row: CommandRow) -> str:
    """The checksum of what a controller has published by this order; "" for all else."""
    is_published = row.kind is PublishFirmware and row.state == State.CONFIRMED
    return str(row.parameters.get("checksum", "")) if is_published else ""
