"""Writes of faces and tasks: registration, topology, presence. Ingest has the ``yard``."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import Organisation
from apps.domain.identity import problem_of
from apps.domain.password_rules import text_problem
from apps.journal.models import LinkEvent, Refusal
from apps.live.announce import announce
from apps.stations import passwords, presence
from apps.stations.models import Connector, Evse, Location, Station
from ocpp_platform import bulk

DEFAULT_LOCATION = "Main site"
_EDITABLE = {"location", "security_profile", "serial_number", "boot_policy", "is_lenient"}


@transaction.atomic
def add_station(
    *,
    organisation: Organisation,
    identity: str,
    now: datetime,
    location: Location | None = None,
    password: str | None = None,
    security_profile: int = 0,
    **fields: Any,
) -> Station:
    """Register a station. Raises ValidationError with a message per field."""
    _check_identity(identity)
    _check_password(password)
    station = Station(
        organisation=organisation,
        identity=identity,
        location=location or default_location(organisation),
        password_digest=passwords.digest(password.encode()) if password else "",
        security_profile=security_profile,
        registered_at=now,
        **fields,
    )
    station.full_clean()
    station.save(force_insert=True)
    Refusal.objects.filter(identity=identity, station_id=None).update(
        station_id=station.pk, organisation_id=organisation.pk
    )
    announce(organisation.pk, "stations", f"station:{station.pk}")
    return station


@transaction.atomic
def change_station(station: Station, *, password: str | None = None, **fields: Any) -> Station:
    """Set the named fields; a new ``password`` ("" for none) replaces the old at once."""
    unknown = fields.keys() - _EDITABLE
    if unknown:
        raise ValidationError(dict.fromkeys(unknown, "This cannot be changed."))
    _check_password(password)
    for name, value in fields.items():
        setattr(station, name, value)
    if fields.get("boot_policy") == "accepted":
        station.is_stranger = fields["is_stranger"] = False
    if password is not None:
        station.password_digest = passwords.digest(password.encode()) if password else ""
        station.pending_digest = fields["pending_digest"] = ""
        fields["password_digest"] = station.password_digest
    station.full_clean()
    station.save(update_fields=list(fields))
    announce(station.organisation_id, "stations", f"station:{station.pk}")
    return station


def _check_password(password: str | None) -> None:
    """None and "" are no password."""
    if password and (problem := text_problem(password)):
        raise ValidationError({"password": f"{problem}."})


def default_location(organisation: Organisation) -> Location:
    """The organisation's first location; made when there is none."""
    first = Location.objects.filter(organisation=organisation).order_by("id").first()
    return first or Location.objects.create(
        organisation=organisation, name=DEFAULT_LOCATION, timezone=organisation.timezone
    )


def find_or_add_location(organisation: Organisation, name: str) -> Location:
    """The organisation's location of this name; made, in its time zone, when there is none."""
    found = Location.objects.filter(organisation=organisation, name=name).first()
    return found or add_location(
        organisation=organisation, name=name, timezone=organisation.timezone
    )


def add_location(*, organisation: Organisation, name: str, **fields: Any) -> Location:
    """Raises ValidationError with a message per field."""
    location = Location(organisation=organisation, name=name, **fields)
    location.full_clean()
    location.save(force_insert=True)
    announce(organisation.pk, "stations")
    return location


def change_location(location: Location, **fields: Any) -> Location:
    """Set the named fields of a location."""
    for name, value in fields.items():
        setattr(location, name, value)
    location.full_clean()
    location.save(update_fields=list(fields))
    announce(location.organisation_id, "stations")
    return location


def remove_location(location: Location) -> None:
    """ProtectedError while a station stands there."""
    location.delete()
    announce(location.organisation_id, "stations")


def remove_station(station: Station) -> None:
    """Forget a station that never charged. ProtectedError where it has sessions."""
    topics = ("stations", f"station:{station.pk}")
    station.delete()
    announce(station.organisation_id, *topics)


@transaction.atomic
def declare_topology(station: Station, topology: Iterable[dict[str, Any]]) -> None:
    """Make exactly these EVSEs and connectors; from now on others are not made by reports.

    ``topology``: [{"evse_id", "connectors": [{"connector_id", "standard"?, "max_power_w"?}]}].
    """
    declared: set[tuple[int, int]] = set()
    for entry in topology:
        evse, _ = Evse.objects.get_or_create(station=station, number=entry["evse_id"])
        for plug in entry.get("connectors", ()):
            Connector.objects.update_or_create(
                evse=evse,
                number=plug["connector_id"],
                defaults={
                    "station": station,
                    "standard": plug.get("standard") or "",
                    "max_power_w": plug.get("max_power_w"),
                },
            )
            declared.add((evse.number, plug["connector_id"]))
    for connector in Connector.objects.filter(station=station).select_related("evse"):
        if (connector.evse.number, connector.number) not in declared:
            connector.delete()
    Evse.objects.filter(station=station, connectors=None).delete()
    Station.objects.filter(pk=station.pk).update(has_declared_topology=True)
    announce(station.organisation_id, f"station:{station.pk}")


def touch(seen: dict[int, tuple[datetime, str]]) -> None:
    """Note when stations were last heard: id → (instant, connection that heard it).

    One that was shown offline for its silence is online again.
    """
    rows = [(station_id, at) for station_id, (at, _) in sorted(seen.items())]
    with bulk.writes() as writes:
        writes.update(Station, ("id", "last_seen_at"), rows)
    silent = Station.objects.filter(pk__in=seen, is_connected=False).exclude(connection_id="")
    for station in silent:
        at, connection_id = seen[station.pk]
        if Station.objects.filter(pk=station.pk, connection_id=connection_id).update(
            is_connected=True, connection_changed_at=at
        ):
            announce(station.organisation_id, "stations", f"station:{station.pk}")


def sweep_presence(*, now: datetime, factor: int) -> int:
    """Show silent stations as offline; the number that changed. Safe to run twice."""
    suspects = Station.objects.filter(
        is_connected=True, last_seen_at__lt=now - timedelta(seconds=factor)
    )
    changed = 0
    for station in suspects.iterator():
        if not presence.is_silent(station.last_seen_at, station.heartbeat_interval_s, now, factor):
            continue
        changed += _show_offline(station, now)
    return changed


@transaction.atomic
def _show_offline(station: Station, now: datetime) -> int:
    updated = Station.objects.filter(
        pk=station.pk, is_connected=True, last_seen_at=station.last_seen_at
    ).update(is_connected=False, connection_changed_at=now)
    if updated:
        LinkEvent.objects.create(
            organisation_id=station.organisation_id,
            station_id=station.pk,
            connection_id=station.connection_id,
            at=now,
            kind="silent",
            protocol=station.protocol,
            reason=f"No frame since {station.last_seen_at:%Y-%m-%d %H:%M:%S} UTC",
        )
        announce(station.organisation_id, "stations", f"station:{station.pk}")
    return updated


def _check_identity(identity: str) -> None:
    if problem := problem_of(identity):
        raise ValidationError({"identity": problem})


def show_session_states(changes: Iterable[tuple[int, int, int | None, str]]) -> None:
    """Show on connectors how the session there goes: (station, EVSE, connector, state or "")."""
    for station_id, evse_id, connector_id, state in changes:
        plugs = Connector.objects.filter(station_id=station_id, evse__number=evse_id)
        if connector_id is not None:
            plugs = plugs.filter(number=connector_id)
        plugs.update(session_state=state)
