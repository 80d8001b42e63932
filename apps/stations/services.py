"""Writes of faces and tasks: registration, topology, presence. The door has ``batch``."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import Organisation
from apps.domain.identity import problem_of
from apps.domain.password_rules import text_problem
from apps.history import kinds
from apps.history.changes import CHANGES, changes_of
from apps.history.doers import Doer
from apps.history.services import record
from apps.journal.models import LinkEvent, Refusal
from apps.live.announce import announce
from apps.stations import passwords
from apps.stations.models import EDITABLE, Connector, Evse, Location, Station
from apps.stations.naming import check_free
from apps.stations.selectors import list_silent
from apps.stations.sites import check_reach, default_location
from ocpp_platform import bulk

_SHOWN = ("id", "is_connected", "connection_changed_at")
_SILENCE = (
    "organisation_id", "station_id", "connection_id", "at", "kind", "protocol", "ip", "reason",
)  # fmt: skip


@transaction.atomic
def add_station(
    *,
    organisation: Organisation,
    identity: str,
    now: datetime,
    actor: Doer,
    kind: kinds.Kind = kinds.STATION_ADDED,
    location: Location | None = None,
    password: str | None = None,
    security_profile: int = 0,
    **fields: Any,
) -> Station:
    """Register a station. Raises ValidationError with a message per field.

    ``kind``: what it means that it is there.
    """
    _check_identity(identity)
    _check_password(password)
    station = Station(
        organisation=organisation,
        identity=identity,
        location=location or default_location(organisation, actor=actor),
        password_digest=passwords.digest(password.encode()) if password else "",
        security_profile=security_profile,
        registered_at=now,
        **fields,
    )
    check_reach(actor, station.location)
    station.full_clean()
    station.save(force_insert=True)
    Refusal.objects.filter(identity=identity, station_id=None).update(
        station_id=station.pk, organisation_id=organisation.pk
    )
    _record(kind, station, actor, now=now)
    announce(organisation.pk, "stations", f"station:{station.pk}")
    return station


@transaction.atomic
def change_station(
    station: Station,
    *,
    actor: Doer,
    kind: kinds.Kind = kinds.STATION_CHANGED,
    reason: str = "",
    password: str | None = None,
    **fields: Any,
) -> Station:
    """Set the named fields; a new ``password`` ("" for none) replaces the old at once.

    ``kind``: what it means that they are set so. DoesNotExist where it has been removed.
    """
    unknown = fields.keys() - EDITABLE
    if unknown:
        raise ValidationError(dict.fromkeys(unknown, "This cannot be changed."))
    _check_password(password)
    before = _held(station)
    named = list(fields)
    for name, value in fields.items():
        setattr(station, name, value)
    if fields.get("boot_policy") == "accepted":
        station.is_stranger = fields["is_stranger"] = False
    if password is not None:
        station.password_digest = passwords.digest(password.encode()) if password else ""
        station.pending_digest = fields["pending_digest"] = ""
        fields["password_digest"] = station.password_digest
    check_reach(actor, station.location)
    station.full_clean()
    station.save(update_fields=list(fields))
    changes = changes_of(before, station, named)
    if password is not None:
        kind = kind if changes else kinds.STATION_PASSWORD_SET
        changes |= {"password": [bool(before.password_digest), bool(password)]}
    if changes or kind is not kinds.STATION_CHANGED:
        _record(kind, station, actor, reason=reason, details={CHANGES: changes})
    announce(station.organisation_id, "stations", f"station:{station.pk}")
    return station


def _held(station: Station) -> Station:
    """As it is stored; nobody else changes it until the transaction ends."""
    rows = Station.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("location").get(pk=station.pk)


def _record(kind: kinds.Kind, station: Station, actor: Doer, **what: Any) -> None:
    subject, whose = (station.pk, station.identity), station.organisation_id
    record(kind, actor=actor, organisation_id=whose, subject=subject, **what)


def _check_password(password: str | None) -> None:
    """None and "" are no password."""
    if password and (problem := text_problem(password)):
        raise ValidationError({"password": f"{problem}."})


@transaction.atomic
def remove_station(station: Station, *, actor: Doer) -> None:
    """Forget a station that never charged. ProtectedError where it has sessions, DoesNotExist
    where somebody was faster.
    """
    Station.objects.select_for_update().get(pk=station.pk)
    _record(kinds.STATION_REMOVED, station, actor)
    topics = ("stations", f"station:{station.pk}")
    station.delete()
    announce(station.organisation_id, *topics)


@transaction.atomic
def declare_topology(station: Station, topology: Iterable[dict[str, Any]], *, actor: Doer) -> None:
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
    Evse.objects.filter(station=station).update(changed_at=Now())
    Station.objects.filter(pk=station.pk).update(has_declared_topology=True)
    _record(kinds.TOPOLOGY_DECLARED, station, actor, details={"connectors": len(declared)})
    announce(station.organisation_id, f"station:{station.pk}")


@transaction.atomic
def touch(seen: dict[int, tuple[datetime, str]]) -> None:
    """Note when stations were last heard: id → (instant, connection that heard it).

    Those that were shown offline for their silence are online again.
    """
    rows = [(station_id, at) for station_id, (at, _) in sorted(seen.items())]
    silent = Station.objects.filter(pk__in=seen, is_connected=False).exclude(connection_id="")
    found = silent.select_for_update(of=("self",)).order_by("pk")
    told = found.values_list("pk", "organisation_id", "connection_id")
    back = [(pk, organisation_id) for pk, organisation_id, socket in told if socket == seen[pk][1]]
    with bulk.writes() as writes:
        writes.update(Station, ("id", "last_seen_at"), rows)
        writes.update(Station, _SHOWN, [(pk, True, seen[pk][0]) for pk, _ in back])
    _announce_stations(back)


@transaction.atomic
def sweep_presence(*, now: datetime, factor: int) -> int:
    """Show silent stations as offline; the number that changed. Safe to run twice.

    Only those that are silent are read, and locked until all of them are written at once.
    """
    silent = list(
        list_silent(now, factor)
        .select_for_update(of=("self",))
        .order_by("pk")
        .values_list("pk", "organisation_id", "connection_id", "protocol", "last_seen_at")
    )
    with bulk.writes() as writes:
        writes.update(Station, _SHOWN, [(pk, False, now) for pk, *_ in silent])
        writes.insert(
            LinkEvent,
            _SILENCE,
            [
                (organisation_id, pk, socket, now, "silent", protocol, "",
                 f"No frame since {seen_at:%Y-%m-%d %H:%M:%S} UTC")
                for pk, organisation_id, socket, protocol, seen_at in silent
            ],
        )  # fmt: skip
    _announce_stations((pk, organisation_id) for pk, organisation_id, *_ in silent)
    return len(silent)


def _announce_stations(changed: Iterable[tuple[int, int]]) -> None:
    """Station and organisation: each organisation hears once."""
    topics: dict[int, list[str]] = {}
    for station_id, organisation_id in changed:
        topics.setdefault(organisation_id, ["stations"]).append(f"station:{station_id}")
    for organisation_id, names in topics.items():
        announce(organisation_id, *names)


def _check_identity(identity: str) -> None:
    if problem := problem_of(identity):
        raise ValidationError({"identity": problem})
    check_free(identity)


def show_session_states(
    changes: Collection[tuple[int, int, int | None, str]], writes: bulk.Writes
) -> None:
    """Show on connectors how the session there goes: (station, EVSE, connector, state or "").

    A later change of the same place counts.
    """
    if not changes:
        return
    shown = Connector.objects.filter(station_id__in={change[0] for change in changes})
    rows: dict[int, tuple[int, str]] = {}
    plugs = shown.values_list(
        "station_id", "evse__number", "number", "pk", "session_state", "evse_id"
    )
    here: dict[tuple[int, int], list[tuple[int, int]]] = {}
    before: dict[int, tuple[str, int]] = {}
    for station_id, evse_id, number, pk, state, evse_pk in plugs.order_by("pk"):
        here.setdefault((station_id, evse_id), []).append((number, pk))
        before[pk] = state, evse_pk
    for station_id, evse_id, connector_id, state in changes:
        for number, pk in here.get((station_id, evse_id), ()):
            if connector_id in (None, number):
                rows[pk] = (pk, state)
    changed = [row for pk, row in sorted(rows.items()) if before[pk][0] != row[1]]
    writes.update(Connector, ("id", "session_state"), changed)
    writes.update(Evse, ("id",), sorted({before[pk][1:] for pk, _ in changed}))
