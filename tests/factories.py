"""The cast of the tests and one believable scene: two organisations, their people and chargers.

``scene()`` from ``manage.py shell`` fills an empty database with enough to look at.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.campaigns.models import Campaign
from apps.commands.models import CommandRow, State
from apps.history.doers import command_line
from apps.journal.models import LinkEvent, Message, Refusal
from apps.power.planned import PlannedLimits
from apps.reconciliation.life import Evidence
from apps.reconciliation.models import Case
from apps.sessions.models import FIRST_ID, Sample, Session
from apps.stations.models import Connector, Evse, Location, Station, StatusChange, Variable
from apps.tariffs.models import Tariff, TariffVersion
from apps.tokens.models import Attempt, Token
from apps.uploads.models import Upload
from apps.uploads.services import file_of

PASSWORD = "correct horse battery"
OFFICE = command_line("the office")  # somebody who may do anything
_numbers = count(1)


@dataclass
class Cast:
    """One organisation with a person in each role; ``stranger`` belongs to another one."""

    organisation: Organisation
    location: Location
    admin: User
    engineer: User
    operator: User
    support: User
    finance: User
    auditor: User
    viewer: User
    stranger: User
    now: datetime
    extras: dict[str, Any] = field(default_factory=dict)

    def person(self, role: str) -> User:
        found = getattr(self, role)
        assert isinstance(found, User)
        return found


def cast(now: datetime | None = None) -> Cast:
    number = next(_numbers)
    mine = Organisation.objects.create(name=f"Harbour Power {number}", timezone="Europe/Amsterdam")
    theirs = Organisation.objects.create(name=f"Somebody Else {number}")
    people = {role.value: user(mine, f"{role.value}{number}", role) for role in Role}
    place = Location.objects.create(
        organisation=mine, name="Blaak", timezone="Europe/Amsterdam", city="Rotterdam"
    )
    return Cast(
        organisation=mine,
        location=place,
        stranger=user(theirs, f"stranger{number}", Role.ADMIN),
        now=now or timezone.now(),
        **people,
    )


def user(organisation: Organisation, username: str, role: Role) -> User:
    return User.objects.create(
        username=username,
        password=make_password(PASSWORD),
        organisation=organisation,
        role=role.value,
    )


def station(
    location: Location,
    identity: str,
    *,
    now: datetime,
    statuses: tuple[str, ...] = ("Available",),
    connected: bool = True,
    protocol: str = "ocpp2.0.1",
    **fields: Any,
) -> Station:
    """A station with one EVSE and one connector for each of ``statuses``."""
    made = Station.objects.create(
        organisation=location.organisation,
        location=location,
        identity=identity,
        protocol=protocol,
        is_connected=connected,
        connection_id="c" * 32 if connected else "",
        connection_changed_at=now - timedelta(hours=3),
        last_seen_at=now - timedelta(seconds=4 if connected else 5400),
        last_boot_at=now - timedelta(days=2),
        boot_status="Accepted",
        ip="10.1.4.22",
        **{"vendor": "Alpitronic", "model": "HYC300", "firmware": "2.4.0", **fields},
    )
    for number, status in enumerate(statuses, start=1):
        connector(made, number, status, at=now - timedelta(minutes=17 * number))
    return made


def connector(of: Station, number: int, status: str, *, at: datetime, **fields: Any) -> Connector:
    evse, _ = Evse.objects.get_or_create(station=of, number=number)
    return Connector.objects.create(
        station=of, evse=evse, number=1, status=status, status_at=at,
        standard="CCS2", max_power_w=75_000, **fields,
    )  # fmt: skip


def tariff(organisation: Organisation, now: datetime, **fields: Any) -> TariffVersion:
    made, _ = Tariff.objects.get_or_create(
        organisation=organisation, name="Public fast", defaults={"is_default": True}
    )
    prices: dict[str, Any] = {
        "energy_per_kwh": Decimal("0.45"), "time_per_hour": Decimal("1.20"),
        "flat": Decimal("0.50"), "vat_pct": Decimal(21),
    }  # fmt: skip
    return TariffVersion.objects.create(
        tariff=made, valid_from=now - timedelta(days=90), **{**prices, **fields}
    )


def session(of: Station, *, started_at: datetime, minutes: int = 48, **fields: Any) -> Session:
    """An ended session of 22.412 kWh, unless told otherwise."""
    number = FIRST_ID + next(_numbers)
    ended_at = fields.pop("ended_at", started_at + timedelta(minutes=minutes))
    given: dict[str, Any] = {
        "evse_id": 1, "connector_id": 1, "transaction_id": f"T-{number}", "token_uid": "04A2C9E1",
        "state": "ended" if ended_at else "charging", "stop_reason": "Remote" if ended_at else "",
        "energy_wh": 22412.0, "meter_start_wh": 18_204_116.0, "meter_stop_wh": 18_226_528.0,
        "power_w": 0.0 if ended_at else 48_200.0, "max_power_w": 62_100.0, "soc_start_pct": 31.0,
        "soc_pct": 64.0, "currency": "EUR", "has_start": True, "has_charged": True,
    }  # fmt: skip
    return Session.objects.create(
        id=number,
        organisation=of.organisation,
        station=of,
        protocol=of.protocol,
        started_at=started_at,
        ended_at=ended_at,
        last_event_at=ended_at or started_at,
        **{"last_received_at": ended_at or started_at, **given, **fields},
    )


def samples(of: Session, *, minutes: int = 48, peak_w: float = 62_100.0) -> None:
    """One a minute: a ramp, a plateau, a taper."""
    rows = []
    register_wh = of.meter_start_wh or 0.0
    for minute in range(minutes + 1):
        share = min(minute / 6, 1.0) * (1.0 if minute < 28 else max(0.25, 1 - (minute - 28) / 26))
        power_w = round(peak_w * share, 1)
        register_wh += power_w / 60
        rows.append(
            Sample(
                session_id=of.pk, at=of.started_at + timedelta(minutes=minute),
                context="Sample.Periodic", register_wh=round(register_wh, 1), power_w=power_w,
                soc_pct=round(31 + 33 * minute / max(minutes, 1)), current_l1_a=power_w / 690,
            )
        )  # fmt: skip
    Sample.objects.bulk_create(rows)


def message(of: Station, action: str, payload: Any, *, at: datetime, **fields: Any) -> Message:
    given = {"direction": "in", "result": "ok", "answer": "{}", "latency_ms": 3.2, **fields}
    return Message.objects.create(
        organisation_id=of.organisation_id,
        station_id=of.pk,
        at=at,
        action=action,
        message_id=f"m-{next(_numbers)}",
        payload=payload if isinstance(payload, str) else json.dumps(payload),
        **given,
    )


def status_change(
    of: Station, status: str, *, at: datetime, evse_id: int = 1, **fields: Any
) -> None:
    StatusChange.objects.create(
        station=of, evse_id=evse_id, connector_id=1, status=status, at=at, received_at=at, **fields
    )


def link(of: Station, kind: str, *, at: datetime, **fields: Any) -> None:
    LinkEvent.objects.create(
        organisation_id=of.organisation_id, station_id=of.pk, connection_id="c" * 32, at=at,
        kind=kind, protocol=of.protocol, ip=of.ip, **fields,
    )  # fmt: skip


def command(of: Station, name: str, *, at: datetime, **fields: Any) -> CommandRow:
    given = {"parameters": {}, "actor": "Anna Visser", "state": State.QUEUED, **fields}
    return CommandRow.objects.create(
        organisation_id=of.organisation_id,
        station_id=of.pk,
        identity=of.identity,
        name=name,
        created_at=at,
        expires_at=at + timedelta(hours=1),
        **given,
    )


def upload(of: Station, asked: CommandRow, name: str, *, at: datetime) -> Upload:
    """A file that has come."""
    upload = Upload.objects.create(
        organisation_id=of.organisation_id, station_id=of.pk, command_id=asked.pk, opened_at=at,
        expires_at=at, completed_at=at, name=name, size_bytes=1_482_112, path="sent",
    )  # fmt: skip
    path = file_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"what the station sent")
    return upload


def planned_limit(organisation: Organisation, due_at: datetime | None, **fields: Any) -> Campaign:
    """For all stations, unless told otherwise."""
    profile = {
        "purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute",
        "schedules": [{"unit": "A", "periods": [{"start_s": 0, "limit": 6}]}],
    }  # fmt: skip
    given: dict[str, Any] = {
        "kind": PlannedLimits.name, "name": "Evening", "created_at": timezone.now(),
        "expires_s": 86_400, "parameters": {"evse_id": 0, "profile": profile},
    }  # fmt: skip
    return Campaign.objects.create(organisation=organisation, due_at=due_at, **given | fields)


def token(organisation: Organisation, uid: str, **fields: Any) -> Token:
    return Token.objects.create(organisation=organisation, uid=uid, **fields)


def attempt(of: Station, uid: str, verdict: str, *, at: datetime) -> Attempt:
    return Attempt.objects.create(
        organisation=of.organisation, station_id=of.pk, at=at, uid=uid, verdict=verdict
    )


def case(of: Station, kind: str, *, at: datetime, **fields: Any) -> Case:
    number = next(_numbers)
    text = "Readings of its meter do not fit together; 22.412 kWh is billed."
    given: dict[str, Any] = {
        "state": "open", "evidence": [Evidence(text, at).as_json()], "since_at": at,
        "subject": f"{kind}-{number}",
    }  # fmt: skip
    return Case.objects.create(
        organisation_id=of.organisation_id, station=of, kind=kind, opened_at=at, **given | fields
    )


def refusal(identity: str, *, at: datetime, **fields: Any) -> Refusal:
    given = {"reason": "unknown_identity", "http_status": 404, "ip": "192.0.2.17",
             "offered": "ocpp1.6", "count": 14, **fields}  # fmt: skip
    return Refusal.objects.create(identity=identity, first_at=at, last_at=at, **given)


def variable(of: Station, name: str, value: str, *, now: datetime, **fields: Any) -> Variable:
    given = {"component": "OCPPCommCtrlr", "mutability": "ReadWrite", **fields}
    return Variable.objects.create(station=of, variable=name, value=value, read_at=now, **given)
