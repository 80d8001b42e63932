"""What a command lacks that only this installation can tell: the time, an address of ours.

A command is completed first and checked afterwards, so that what is checked is what is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from django.conf import settings

from apps.domain.command import BadParameters, Command
from apps.domain.maintenance import GetLog, UpdateFirmware
from apps.uploads import services as uploads
from apps.uploads.models import Upload


@dataclass(frozen=True, slots=True)
class Completed:
    """``upload``: where the file that it asks for may come in."""

    command: Command
    upload: Upload | None = None


def complete(
    command: Command, *, organisation_id: int, station_id: int, now: datetime
) -> Completed:
    """The whole command; one that is whole already comes back as it is.

    BadParameters where something is missing that this installation does not have either.
    """
    return complete_all([(command, organisation_id, station_id)], now=now)[0]


def complete_all(given: Sequence[tuple[Command, int, int]], *, now: datetime) -> list[Completed]:
    """As ``complete``, of many (command, organisation, station), in as few queries as of one."""
    timely = [timed(command, now) for command, _, _ in given]
    lacking = [n for n, command in enumerate(timely) if _lacks_address(command)]
    if lacking and not settings.OCPP_PUBLIC_URL:
        raise BadParameters(
            ["'location' is required: OCPP_PUBLIC_URL is not set, so stations cannot send to us"]
        )
    opened = uploads.open_uploads([given[n][1:] for n in lacking], now=now) if lacking else []
    found = [Completed(command) for command in timely]
    for n, (upload, location) in zip(lacking, opened, strict=True):
        found[n] = Completed(replace(cast(GetLog, timely[n]), location=location), upload)
    return found


def _lacks_address(command: Command) -> bool:
    return isinstance(command, GetLog) and not command.location


def timed(command: Command, now: datetime) -> Command:
    """Firmware is fetched at once where nobody said when."""
    if isinstance(command, UpdateFirmware) and not command.retrieve_at:
        at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return replace(command, retrieve_at=at)
    return command
