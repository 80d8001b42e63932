"""A device model with every kind of value, and what its station watches, noticed and told."""

from datetime import timedelta
from typing import Any

from apps.device.models import DeviceEvent, Monitor, Monitoring, Report
from apps.stations.models import Station
from tests import factories as make
from tests.factories import Cast


def watched(cast: Cast, station: Station) -> None:
    """A device model with every kind of value, monitors, events, a customer who was asked for."""
    now = cast.now
    traits: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("MessageTimeout/Default", "30", {"data_type": "integer", "unit": "s", "min_limit": 5,
                                          "max_limit": 120, "changed_by": "Anna Visser",
                                          "changed_at": now, "changed_command_id": 1}),
        ("FileTransferProtocols", "HTTPS,HTTP", {"data_type": "MemberList",
                                                 "values_list": "HTTP,HTTPS,FTP,SFTP"}),
        ("UnlockOnEVSideDisconnect", "true", {"data_type": "boolean", "needs_reboot": True,
                                              "changed_at": now}),
        ("BasicAuthPassword", "", {"component": "SecurityCtrlr", "mutability": "WriteOnly"}),
        ("RateUnit", "A", {"component": "SmartChargingCtrlr", "data_type": "OptionList",
                           "values_list": "A,W"}),
        ("Power", "62100", {"component": "EVSE", "evse_id": 1, "data_type": "decimal",
                            "unit": "W", "mutability": "ReadOnly", "supports_monitoring": True}),
        ("Power", "75000", {"component": "EVSE", "evse_id": 1, "attribute": "MaxSet",
                            "mutability": "ReadOnly"}),
    )  # fmt: skip
    for name, value, facts in traits:
        make.variable(station, name, value, now=now, **facts)
    _monitors(cast, station)
    _events(cast, station)
    _reports(cast, station)


def _monitors(cast: Cast, station: Station) -> None:
    now = cast.now
    for number, severity, origin in ((4, 4, "custom"), (1, 2, "hard_wired")):
        Monitor.objects.create(
            station=station, number=number, component="EVSE", variable="Power", evse_id=1,
            kind="UpperThreshold", value=75_000, severity=severity, origin=origin, seen_at=now,
            actor="Anna Visser" if origin == "custom" else "",
        )  # fmt: skip
    Monitoring.objects.create(
        station=station, base="all", base_by="Anna Visser", base_at=now, level=6,
        level_by="Anna Visser", level_at=now,
    )  # fmt: skip


def _events(cast: Cast, station: Station) -> None:
    now = cast.now
    for number, minutes, facts in (
        (1, 50, {}), (2, 38, {"is_cleared": True, "value": "61800"}),
        (3, 4, {"tech_code": "P-118", "tech_info": "above the limit of the site"}),
    ):  # fmt: skip
        at = now - timedelta(minutes=minutes)
        given: dict[str, Any] = {"value": "78400", **facts}
        DeviceEvent.objects.create(
            station=station, event_id=number, component="EVSE", variable="Power", evse_id=1,
            trigger="Alerting", kind="CustomMonitor", monitor_number=4, severity=4, at=at,
            generated_at=at, received_at=at, **given,
        )  # fmt: skip


def _reports(cast: Cast, station: Station) -> None:
    now = cast.now
    Report.objects.create(
        station=station, kind="variables", asked={"base": "full"}, state="complete", seqs="0-4",
        last_seq=4, items=212, begun_at=now, last_at=now, completed_at=now, actor="Anna Visser",
    )  # fmt: skip
    Report.objects.create(
        station=station, kind="customer", asked={"report": True, "token": "04A2C9E1"},
        texts={"0": "04A2C9E1: 12 sessions, last on 3 March. "}, state="incomplete", seqs="0",
        begun_at=now, last_at=now, actor="Anna Visser",
    )  # fmt: skip
