"""One believable scene, for screenshots and for walks over every page."""

from datetime import timedelta
from typing import Any

from apps.incidents.maintenance import plan_maintenance
from apps.incidents.models import Incident
from apps.incidents.services import keep_incidents
from apps.jobs.services import Plan, freeze, prepare, start
from apps.lists.models import StationList
from apps.reconciliation.models import Case
from apps.reservations.models import Reservation
from apps.sessions.models import Session
from apps.stations.models import Connector, Station, StationNotice
from apps.stations.selectors import list_stations
from apps.stations.tags import set_tags
from tests import factories as make
from tests import scene_device as device
from tests.display.scene import display
from tests.factories import Cast

_ALFEN = {"vendor": "Alfen", "model": "NG910", "firmware": "7.0.3"}
_ALFEN_16 = {**_ALFEN, "protocol": "ocpp1.6"}
_ABB = {"vendor": "ABB", "model": "Terra 184", "firmware": "1.9.2"}
_ZAPTEC = {"vendor": "Zaptec", "model": "Pro", "firmware": "3.1.0", "protocol": "ocpp1.6"}
_FLEET: tuple[tuple[str, tuple[str, ...], bool, dict[str, Any]], ...] = (
    ("NL-AMS-014", ("Faulted", "Available"), True, {**_ALFEN, "firmware": "6.5.1"}),
    ("NL-AMS-021", ("Available",), False, _ABB),
    ("NL-RTM-003", ("Occupied", "Occupied"), True, {}),
    ("NL-RTM-004", ("Occupied", "Available"), True, {}),
    ("NL-UTR-010", ("Available", "Available"), True, _ALFEN),
    ("NL-UTR-011", ("Preparing",), True, _ALFEN_16),
    ("NL-UTR-012", ("Unavailable",), True, _ALFEN_16),
    ("NL-EIN-001", ("SuspendedEV",), True, _ZAPTEC),
    ("NL-EIN-002", ("Available",), True, _ZAPTEC),
    ("NL-EIN-003", ("Available",), True, _ZAPTEC),
)


def scene() -> Cast:
    """A small network in the middle of an ordinary day."""
    cast = make.cast()
    version = make.tariff(cast.organisation, cast.now)
    fleet = {
        identity: make.station(
            cast.location, identity, now=cast.now, statuses=statuses, connected=connected, **fields
        )
        for identity, statuses, connected, fields in _FLEET
    }
    _faults(fleet["NL-AMS-014"])
    _many(cast, fleet)
    make.token(cast.organisation, "04A2C9E1", holder="J. de Vries")
    make.token(cast.organisation, "04FF0017", holder="Fleet 7", status="blocked")
    busy = fleet["NL-RTM-003"]
    running = _running(cast, busy, version)
    ended = _history(cast, fleet["NL-RTM-004"], version)
    _told(cast, fleet["NL-RTM-004"], ended)
    _commands(cast, busy, running)
    _orders(cast, fleet["NL-RTM-004"])
    _makers(cast, fleet["NL-RTM-004"])
    make.refusal("NL-" + "X" * 60, at=cast.now - timedelta(days=3), reason="impossible_identity",
                 detail="An identity has 1 to 48 characters.")  # fmt: skip
    make.refusal("NL-NEW-001", at=cast.now - timedelta(minutes=2))
    make.variable(busy, "HeartbeatInterval", "300", now=cast.now)
    make.variable(busy, "NetworkProfile", "1", now=cast.now, mutability="ReadOnly")
    _held(cast, busy)
    display(busy, cast.now)
    device.watched(cast, busy)
    never = make.station(cast.location, "NL-NEW-002", now=cast.now, statuses=(), connected=False)
    Station.objects.filter(pk=never.pk).update(
        last_seen_at=None, last_boot_at=None, boot_status="", protocol="", ip="",
        connection_changed_at=None,
    )  # fmt: skip
    _troubles(cast, fleet, ended)
    cast.extras.update(
        busy=busy, quiet=fleet["NL-RTM-004"], running=running, ended=ended, fleet=fleet, never=never
    )
    return cast


def _troubles(cast: Cast, fleet: dict[str, Station], ended: Session) -> None:
    """Cases, the incidents that they come to, and work that is planned."""
    cast.extras["case"] = _cases(cast, fleet["NL-RTM-004"], ended)
    keep_incidents(now=cast.now)
    cast.extras["incident"] = Incident.objects.get(cause="offline", location=cast.location)
    plan_maintenance(
        location=cast.location, station=fleet["NL-EIN-003"], begins_at=cast.now,
        ends_at=cast.now + timedelta(hours=2), reason="New contactor", actor=cast.operator,
    )  # fmt: skip


def _cases(cast: Cast, station: Station, ended: Session) -> Case:
    """One of each state, and one that is over."""
    for identity, kind, minutes in (("NL-AMS-014", "faulted", 17), ("NL-AMS-021", "offline", 90)):
        there = Station.objects.get(identity=identity, organisation=cast.organisation)
        make.case(there, kind, at=cast.now - timedelta(minutes=minutes))
    make.case(station, "plugged_idle", at=cast.now - timedelta(minutes=20), evse_id=1)
    make.case(
        station, "lost_stop", at=cast.now - timedelta(hours=3), session=ended, state="waiting",
        deadline_at=cast.now + timedelta(days=2),
    )  # fmt: skip
    make.case(
        station, "wrong_clock_session", at=cast.now - timedelta(hours=4), session=ended,
        state="closed", outcome="settled", closed_at=cast.now, decided_by="the clock",
        reason="It stays as it was set right.",
    )  # fmt: skip
    return make.case(station, "doubted_readings", at=cast.now - timedelta(hours=1), session=ended)


def _held(cast: Cast, station: Station) -> None:
    """A stale local list, and reservations of three lives."""
    make.token(cast.organisation, "04BB0099", holder="Fleet 8", group="FLEET-NL")
    StationList.objects.create(
        station=station, version=3, version_held=3, is_supported=True, answered_at=cast.now,
        held={"ISO14443|04A2C9E1": "of before", "eMAID|NL-ABC-C1": "0"}, answer="Accepted",
    )  # fmt: skip
    for state, detail, minutes in (("accepted", "", 30), ("refused", "Occupied", -90)):
        Reservation.objects.create(
            organisation=cast.organisation, station=station, evse_id=1, token_uid="04BB0099",
            group="FLEET-NL", state=state, detail=detail, actor="Anna Visser",
            created_at=cast.now, expires_at=cast.now + timedelta(minutes=minutes),
        )  # fmt: skip


def _faults(station: Station) -> None:
    Connector.objects.filter(station=station, status="Faulted").update(
        error_code="GroundFailure", info="RCD tripped", vendor_error_code="E-1204"
    )


def _running(cast: Cast, station: Station, version: Any) -> Session:
    running = make.session(
        station, started_at=cast.now - timedelta(minutes=31), ended_at=None, tariff_version=version,
        energy_wh=18_930.5, soc_pct=58.0, last_received_at=cast.now - timedelta(seconds=4),
    )  # fmt: skip
    make.samples(running, minutes=30)
    Connector.objects.filter(station=station, evse__number=1).update(session_state="charging")
    make.session(
        station, started_at=cast.now - timedelta(hours=2), ended_at=None, evse_id=2,
        state="suspended_ev", power_w=180.0, tariff_version=version, token_uid="04FF0017",
    )  # fmt: skip
    Connector.objects.filter(station=station, evse__number=2).update(session_state="suspended_ev")
    make.message(
        station, "TransactionEvent",
        {"eventType": "Updated", "triggerReason": "MeterValuePeriodic",
         "transactionInfo": {"transactionId": running.transaction_id, "chargingState": "Charging"},
         "meterValue": [{"sampledValue": [{"value": 48200, "measurand": "Power.Active.Import",
                                           "unitOfMeasure": {"unit": "W"}}]}]},
        at=cast.now - timedelta(seconds=4), session_id=running.pk,
    )  # fmt: skip
    return running


def _orders(cast: Cast, station: Station) -> None:
    """A log that has come, and firmware that is on its way."""
    now = cast.now
    asked = make.command(
        station, "get_log", at=now - timedelta(hours=26), state="confirmed", progress="Uploaded",
        progress_at=now - timedelta(hours=26), observed="The file was uploaded",
        parameters={"kind": "diagnostics"},
    )  # fmt: skip
    make.upload(station, asked, "NL-RTM-004_diagnostics.zip", at=now - timedelta(hours=26))
    make.command(
        station, "update_firmware", at=now - timedelta(hours=25), state="accepted",
        progress="Installing", progress_at=now - timedelta(hours=24, minutes=30),
        confirm_by=now + timedelta(minutes=30), reason="Fixes the lock",
        sent_at=now - timedelta(hours=25), answered_at=now - timedelta(hours=25),
        parameters={"location": "https://files.example/hyc300-2.5.0.bin", "signature": "c2ln"},
    )  # fmt: skip


def _makers(cast: Cast, station: Station) -> None:
    """Firmware that a local controller keeps, and a transfer that nobody knew."""
    now = cast.now
    make.command(
        station, "publish_firmware", at=now - timedelta(hours=27), state="confirmed",
        progress="Published", progress_at=now - timedelta(hours=27),
        observed="The firmware is published at http://controller.local/hyc300-2.5.0.bin",
        parameters={"location": "https://files.example/hyc300-2.5.0.bin", "checksum": "d4" * 16},
    )  # fmt: skip
    StationNotice.objects.create(
        station=station, kind="transfer", title="com.example / Lights: UnknownVendorId",
        detail='{"lux":3}', at=now - timedelta(hours=1), received_at=now - timedelta(hours=1),
    )  # fmt: skip


def _history(cast: Cast, station: Station, version: Any) -> Session:
    ended = make.session(
        station, started_at=cast.now - timedelta(hours=4), tariff_version=version,
        price_excl_vat="11.550", vat="2.430", price_incl_vat="13.980",
    )  # fmt: skip
    make.samples(ended)
    for index in range(1, 9):
        make.session(
            station, started_at=cast.now - timedelta(hours=5 * index + 5), minutes=30 + index,
            tariff_version=version, energy_wh=9_000.0 + 1_111.1 * index, price_excl_vat="6.00",
            vat="1.26", price_incl_vat="7.26", stop_reason="EVDisconnected", token_uid="04BB0099",
        )  # fmt: skip
    make.session(
        station, started_at=cast.now - timedelta(hours=9), minutes=1, energy_wh=0.0,
        stop_reason="DeAuthorized", token_uid="04FF0017", max_power_w=None, soc_pct=None,
        soc_start_pct=None,
    )  # fmt: skip
    return ended


def _told(cast: Cast, station: Station, ended: Session) -> None:
    begun = ended.started_at

    def at(minutes: float) -> Any:
        return begun + timedelta(minutes=minutes)

    make.attempt(station, ended.token_uid, "Accepted", at=at(-0.2))
    make.attempt(station, "04FF0017", "Blocked", at=at(-300))
    make.status_change(station, "Occupied", at=at(-0.1))
    make.status_change(station, "Available", at=at(49))
    make.link(station, "disconnected", at=at(20), reason="ping timeout", code=1006)
    make.link(station, "connected", at=at(26))
    for minutes, kind, state in (
        (0, "Started", "EVConnected"), (1, "Updated", "Charging"), (37, "Updated", "SuspendedEV"),
        (48, "Ended", None),
    ):  # fmt: skip
        info = {"transactionId": ended.transaction_id, "chargingState": state}
        make.message(
            station, "TransactionEvent",
            {"eventType": kind, "timestamp": at(minutes).isoformat(),
             "triggerReason": "ChargingStateChanged",
             "transactionInfo": {k: v for k, v in info.items() if v}},
            at=at(minutes), session_id=ended.pk,
        )  # fmt: skip
    make.message(
        station, "Heartbeat", {}, at=at(30), answer='{"currentTime":"2026-11-20T10:00:00Z"}'
    )
    make.message(station, "DataTransfer", "{nonsense", at=at(31), result="malformed",
                 error_code="FormatViolation", answer="")  # fmt: skip


def _commands(cast: Cast, station: Station, running: Session) -> None:
    now = cast.now
    make.command(
        station, "start_session", at=now - timedelta(minutes=32), state="confirmed",
        sent_at=now - timedelta(minutes=32), answered_at=now - timedelta(minutes=31, seconds=59),
        confirmed_at=now - timedelta(minutes=31), observed="The session began",
        session_id=running.pk, parameters={"token": "04A2C9E1", "evse_id": 1},
    )  # fmt: skip
    make.command(
        station, "reset", at=now - timedelta(minutes=2), state="accepted", reason="Hangs",
        parameters={"mode": "on_idle"}, sent_at=now - timedelta(minutes=2),
        answered_at=now - timedelta(seconds=119, milliseconds=600),
        confirm_by=now + timedelta(minutes=1),
    )  # fmt: skip
    make.command(
        station, "unlock_connector", at=now - timedelta(minutes=6), state="rejected",
        detail="UnlockFailed", sent_at=now - timedelta(minutes=6),
        answered_at=now - timedelta(minutes=6), parameters={"evse_id": 1, "connector_id": 1},
    )  # fmt: skip


def _many(cast: Cast, fleet: dict[str, Station]) -> None:
    """Tags; a job under way, with somebody left out, and one that is only reviewed."""
    set_tags(fleet["NL-RTM-003"], ["Depot", "Fast DC"], actor=make.OFFICE)
    set_tags(fleet["NL-UTR-010"], ["depot"], actor=make.OFFICE)
    for what in ("job", "draft"):
        some = list_stations(cast.operator).filter(identity__startswith="NL-")
        job = freeze(cast.operator, some, "reset", query="q=NL-", now=cast.now)
        plan = Plan({"mode": "immediate"}, "Hung since the update", at_once=3)
        prepare(job, plan, actor=cast.operator, now=cast.now)
        cast.extras[what] = job
    start(cast.extras["job"], actor=cast.operator, now=cast.now)
    waiting = cast.extras["job"].campaign.targets.filter(state="waiting").order_by("pk")
    refused = waiting.values_list("pk", flat=True)[0]
    waiting.filter(pk=refused).update(state="failed", outcome="rejected", problem="Rejected")
