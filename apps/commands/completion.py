"""What a command lacks that only this installation can tell: the time, an address of ours.

A command is completed first and checked afterwards, so that what is checked is what is sent.
"""

from dataclasses import dataclass, replace
from datetime import datetime

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
    command = timed(command, now)
    if not isinstance(command, GetLog) or command.location:
        return Completed(command)
    if not settings.OCPP_PUBLIC_URL:
        raise BadParameters(
            ["'location' is required: OCPP_PUBLIC_URL is not set, so stations cannot send to us"]
        )
    upload, location = uploads.open_upload(
        organisation_id=organisation_id, station_id=station_id, now=now
    )
    return Completed(replace(command, location=location), upload)


def timed(command: Command, now: datetime) -> Command:
    """Firmware is fetched at once where nobody said when."""
    if isinstance(command, UpdateFirmware) and not command.retrieve_at:
        at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return replace(command, retrieve_at=at)
    return command
