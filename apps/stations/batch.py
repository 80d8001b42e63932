"""The stations of one batch: loaded once, decided in memory, written once."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F

from apps.batch.parts import Batch, Part
from apps.batch.reach import Reach
from apps.batch.refs import StationRef
from apps.domain.answers import BootAnswer
from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    EventsNotified,
    SessionStarted,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from apps.domain.maintenance import FirmwareChanged
from apps.domain.vocabulary import BootStatus, ConnectorStatus
from apps.history import kinds
from apps.history.batch import Facts
from apps.journal.masking import masked
from apps.journal.models import LinkEvent
from apps.stations import passwords, readings
from apps.stations.models import (
    Connector,
    Evse,
    Station,
    StationNotice,
    StatusChange,
)
from apps.stations.sharing import Sharing
from ocpp_platform import bulk
from ocpp_platform.bulk import Writes

_BOOT = (
    "id", "vendor", "model", "serial_number", "firmware", "boot_status", "boot_reason",
    "last_boot_at", "heartbeat_interval_s",
)  # fmt: skip
_PRESENCE = (
    "id", "protocol", "connection_id", "gateway", "ip", "is_connected",
    "connection_changed_at", "last_seen_at",
)  # fmt: skip
_STATUS = ("id", "status", "status_at", "error_code", "info", "vendor_error_code")
_CHANGE = (
    "station_id", "evse_id", "connector_id", "status", "error_code", "info", "at", "received_at",
)  # fmt: skip
_LINK = (
    "organisation_id", "station_id", "connection_id", "at", "kind", "protocol", "ip", "code",
    "reason",
)  # fmt: skip
_NOTICE = ("station_id", "kind", "title", "detail", "at", "received_at")
_FAULTED = ConnectorStatus.FAULTED.value
_STRANGER = ("accepted", "", "")  # policy, what it was told last, firmware


class Stations(Part):
    """Applies what stations say of themselves."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._known: dict[int, tuple[str, str, str]] = {}
        self._connectors: dict[tuple[int, int, int], Connector] = {}
        self._loaded: set[int] = set()
        self._reach: Reach[tuple[int, int]] = Reach()
        self._shown: dict[tuple[int, int], dict[int, tuple[str, datetime]]] = defaultdict(dict)
        self._changed: dict[int, FirmwareChanged] = {}
        self._boots: dict[int, tuple[Any, ...]] = {}
        self._presence: dict[int, tuple[Any, ...]] = {}
        self._links: list[tuple[Any, ...]] = []
        self._changes: list[tuple[Any, ...]] = []
        self._dirty: set[tuple[int, int, int]] = set()
        self._notices: list[tuple[Any, ...]] = []

    def load(self) -> None:
        if self.batch.told(StationBooted):
            self._known = self.batch.part(Sharing).standing()
        reporting = self.batch.told(ConnectorStatusChanged, EventsNotified)
        if reporting:
            self._load_connectors({item.ref.id for item, _ in reporting})

    def is_unread(self, ref: StationRef, event: StationBooted) -> bool:
        """Whether its settings may be others than those we know (B07.FR.14): before ``boot``."""
        _, told, firmware = self._known.get(ref.id, _STRANGER)
        is_other = bool(event.firmware) and event.firmware[:255] != firmware
        return told != BootStatus.ACCEPTED.value or is_other

    def standing(self, ref: StationRef) -> tuple[str, str]:
        """Its boot policy, and what its last boot was answered ("": none was)."""
        policy, told, _ = self._known.get(ref.id, _STRANGER)
        return policy, told

    def boot(
        self,
        ref: StationRef,
        event: StationBooted,
        now: datetime,
        status: BootStatus,
        interval_s: int,
    ) -> BootAnswer:
        """Keep what the station tells of itself, and what it is answered (2.0.1 B01 to B03)."""
        policy, _, before = self._known.get(ref.id, _STRANGER)
        if before and event.firmware and event.firmware[:255] != before:
            self._changed[ref.id] = FirmwareChanged(before, event.firmware[:255])
        self._known[ref.id] = (policy, status.value, event.firmware[:255])
        told = {"status": status.value, "firmware": event.firmware[:60]}
        self.batch.part(Facts).told(kinds.STATION_BOOTED, ref, reason=event.reason, details=told)
        self._boots[ref.id] = (
            ref.id, event.vendor[:255], event.model[:255],
            event.serial_number[:255] or ref.serial_number,
            event.firmware[:255], status.value, event.reason[:40], now, interval_s,
        )  # fmt: skip
        return BootAnswer(status, interval_s, now)

    def changed_firmware(self, ref: StationRef, event: Event) -> list[FirmwareChanged]:
        """What a boot shows beside itself; told once."""
        found = self._changed.pop(ref.id, None) if isinstance(event, StationBooted) else None
        return [found] if found else []

    def connected(self, ref: StationRef, event: StationConnected, now: datetime) -> None:
        """The newest socket is the one that counts."""
        self._presence[ref.id] = (
            ref.id, event.protocol, event.connection_id, event.gateway, event.ip, True, now, now,
        )  # fmt: skip
        self._link(ref, event.connection_id, now, "connected", event.protocol, event.ip)

    def disconnected(self, ref: StationRef, event: StationDisconnected, now: datetime) -> bool:
        """A socket closed; only the one that counts changes the presence."""
        current = self._presence.get(ref.id)
        if current is not None and current[2] != event.connection_id:
            counted = 0
        else:
            self._presence.pop(ref.id, None)
            counted = Station.objects.filter(pk=ref.id, connection_id=event.connection_id).update(
                is_connected=False, connection_id="", connection_changed_at=now
            )
        kind = "disconnected" if counted else "replaced"
        self._link(ref, event.connection_id, now, kind, code=event.code, reason=event.reason)
        return bool(counted)

    def status(
        self, ref: StationRef, event: ConnectorStatusChanged, now: datetime, *, is_kept: bool
    ) -> None:
        """Last write by order of receipt (some clocks are hours off).

        Repeats are coalesced, unless ``is_kept``: a session may begin that they are about.
        """
        targets = self._targets(ref, event)
        info = masked(event.info)[:255]
        facts = (event.status.value, event.error_code, info)
        same = [c for c in targets if (c.status, c.error_code, c.info) == facts]
        if targets and len(same) == len(targets) and not is_kept:
            return
        for connector in targets:
            self._note_fault(ref, connector, event)
            connector.status, connector.error_code = event.status.value, event.error_code[:50]
            connector.info, connector.status_at = info, event.at
            connector.vendor_error_code = masked(event.vendor_error_code)[:255]
            self._dirty.add((ref.id, connector.evse.number, connector.number))
        self._changes.append(
            (ref.id, event.evse_id, event.connector_id, facts[0], event.error_code[:50],
             info, event.at, now)
        )  # fmt: skip

    def _note_fault(
        self, ref: StationRef, connector: Connector, event: ConnectorStatusChanged
    ) -> None:
        """Call it before the connector shows what it shows now."""
        was, now = connector.status == _FAULTED, event.status.value == _FAULTED
        if was is now:
            return
        kind, why = (
            (kinds.CONNECTOR_FAULTED, event.error_code) if now else (kinds.CONNECTOR_RECOVERED, "")
        )
        place = {"evse_id": connector.evse.number, "connector_id": connector.number}
        self.batch.part(Facts).told(kind, ref, reason=why, details=place)

    def statuses_since(
        self, station_id: int, evse_id: int, at: datetime
    ) -> list[tuple[str, datetime]]:
        """What an EVSE has shown since then, and when; read with that of all that starts."""
        place = (station_id, evse_id)
        if not self._reach.covers(place, at):
            self._read_statuses({place: at})
        heard = [(change[3], change[6]) for change in self._changes if change[:2] == place]
        return [one for one in (*self._shown[place].values(), *heard) if one[1] >= at]

    def _read_statuses(self, wanted: dict[tuple[int, int], datetime]) -> None:
        for item, event in self.batch.told(SessionStarted):
            if item.traits.shows_session_by_status:
                place = (item.ref.id, event.evse_id or 0)
                wanted[place] = min(event.at, wanted.get(place, event.at))
        since = self._reach.extend(wanted)
        for pk, station_id, evse_id, status, at in bulk.find(
            StatusChange,
            ("id", "station_id", "evse_id", "status", "at"),
            (("station_id", "="), ("evse_id", "="), ("at", ">=")),
            [(*place, at) for place, at in since.items()],
        ):
            self._shown[station_id, evse_id][pk] = (status, at)

    def shown(self, station_id: int) -> dict[tuple[int, int], str]:
        """What each connector of a station shows now, what it reports in this batch included."""
        if station_id not in self._loaded:
            self._load_connectors({station_id})
        return {
            key[1:]: connector.status
            for key, connector in self._connectors.items()
            if key[0] == station_id
        }

    def notice(
        self, ref: StationRef, kind: str, title: str, at: datetime, now: datetime, detail: str = ""
    ) -> None:
        self._notices.append((ref.id, kind, title[:120], masked(detail)[:255], at, now))

    def password_taken(self, ref: StationRef, password: str) -> None:
        """From now on the station shows itself with this one (A01)."""
        digest = passwords.digest(password.encode())
        Station.objects.filter(pk=ref.id).update(password_digest=digest, pending_digest="")

    def password_offered(self, ref: StationRef, password: str) -> None:
        """It may take this one without our hearing of it."""
        digest = passwords.digest(password.encode())
        Station.objects.filter(pk=ref.id).update(pending_digest=digest)

    def password_refused(self, ref: StationRef) -> None:
        """It said that it keeps the one that it has."""
        Station.objects.filter(pk=ref.id).update(pending_digest="")

    def password_shown(self, ref: StationRef) -> None:
        """It came with the one that it had not confirmed: the old one opens nothing any more."""
        waiting = Station.objects.filter(pk=ref.id).exclude(pending_digest="")
        waiting.update(password_digest=F("pending_digest"), pending_digest="")

    def progress(self, ref: StationRef, column: str, status: str) -> bool:
        """``column``: firmware_status or log_status; whether it is another than before."""
        told = {column: status[:40]}
        return bool(Station.objects.filter(pk=ref.id).exclude(**told).update(**told))

    def flush(self, writes: Writes) -> None:
        writes.update(Station, _BOOT, list(self._boots.values()))
        readings.note_boots(self._boots)
        writes.update(Station, _PRESENCE, list(self._presence.values()))
        writes.insert(LinkEvent, _LINK, self._links)
        writes.insert(StatusChange, _CHANGE, self._changes)
        writes.insert(StationNotice, _NOTICE, self._notices)
        dirty = [self._connectors[key] for key in sorted(self._dirty)]
        writes.update(
            Connector, _STATUS, [tuple(getattr(c, name) for name in _STATUS) for c in dirty]
        )
        writes.update(Evse, ("id",), [(evse_id,) for evse_id in sorted({c.evse_id for c in dirty})])

    def _load_connectors(self, station_ids: Collection[int]) -> None:
        self._loaded |= set(station_ids)
        rows = Connector.objects.filter(station_id__in=station_ids).select_related("evse")
        for connector in rows:
            key = (connector.station_id, connector.evse.number, connector.number)
            self._connectors[key] = connector

    def _targets(self, ref: StationRef, event: ConnectorStatusChanged) -> list[Connector]:
        """EVSE 0 speaks for the station only; connector 0 for all of its EVSE."""
        if event.evse_id == 0:
            return []
        if event.connector_id:
            key = (ref.id, event.evse_id, event.connector_id)
            if key not in self._connectors and not ref.has_declared_topology:
                self._make_connector(ref, event.evse_id, event.connector_id)
            return [self._connectors[key]] if key in self._connectors else []
        return [c for key, c in self._connectors.items() if key[:2] == (ref.id, event.evse_id)]

    def _make_connector(self, ref: StationRef, evse_id: int, connector_id: int) -> None:
        evse, _ = Evse.objects.get_or_create(station_id=ref.id, number=evse_id)
        connector, _ = Connector.objects.get_or_create(
            evse=evse, number=connector_id, defaults={"station_id": ref.id}
        )
        connector.evse = evse
        self._connectors[ref.id, evse_id, connector_id] = connector

    def _link(
        self,
        ref: StationRef,
        connection_id: str,
        now: datetime,
        kind: str,
        protocol: str = "",
        ip: str = "",
        code: int | None = None,
        reason: str = "",
    ) -> None:
        self._links.append(
            (ref.organisation_id, ref.id, connection_id, now, kind, protocol, ip, code,
             reason[:200])
        )  # fmt: skip
