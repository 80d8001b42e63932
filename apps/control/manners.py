"""What a station's make asks of commands beside their form: an address it can fetch, a pause."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from apps.domain.command import Command
from apps.domain.way_axis import Limiting
from apps.protocol.vendors import adapter_for
from apps.protocol.vendors.manner import Manner
from apps.sessions.models import Session
from apps.stations.models import Station


def address_problems(station: Station, command: Command) -> Iterator[str]:
    """A file's address that stations of this make cannot reach."""
    schemes = _manner(station).file_schemes
    location = str(getattr(command, "location", ""))
    if schemes and location and not location.lower().startswith(schemes):
        yield f"Stations of this make fetch and send files by {' or '.join(schemes)} only"


def not_before(station: Station, command: Command, now: datetime) -> datetime | None:
    """When a start may leave: its make needs a pause after a session. None is at once."""
    gap_s = _manner(station).restart_gap_s
    is_start = isinstance(command, Limiting) and command.place_of_limit() is None
    if not (gap_s and is_start):
        return None
    ended = Session.objects.filter(station=station, ended_at__gt=now - timedelta(seconds=gap_s))
    if evse_id := getattr(command, "evse_id", None):
        ended = ended.filter(evse_id=evse_id)
    last_at = ended.order_by("-ended_at").values_list("ended_at", flat=True).first()
    due_at = last_at + timedelta(seconds=gap_s) if last_at else now
    return due_at if due_at > now else None


def _manner(station: Station) -> Manner:
    return adapter_for(station.vendor, station.model, station.firmware).manner
