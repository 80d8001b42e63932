"""Sessions as CSV: one header, one row a session, the columns a contract. Pure on a row."""

import csv
from collections.abc import Generator, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.history.kinds import SESSIONS_EXPORTED
from apps.history.services import record
from apps.journal.secrecy import shown
from apps.sessions.models import Session
from apps.sessions.selectors import SessionFilter, list_sessions
from apps.tariffs.pricing import rounded

COLUMNS = (
    "session_id", "station", "evse_id", "connector_id", "location", "transaction_id", "protocol",
    "token", "started_at_utc", "ended_at_utc", "started_at_local", "ended_at_local", "timezone",
    "duration_s", "energy_kwh", "meter_start_kwh", "meter_stop_kwh", "stop_reason", "state",
    "tariff", "currency", "price_excl_vat", "vat", "price_incl_vat", "flags",
)  # fmt: skip
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_LINES_AT_ONCE = 500
_CHUNK = 2_000


class Record(NamedTuple):
    """What a line is made of; the names are the lookups that fetch it."""

    id: int
    station__identity: str
    evse_id: int | None
    connector_id: int | None
    station__location__name: str
    transaction_id: str
    protocol: str
    token_uid: str
    token_kind: str
    started_at: datetime
    ended_at: datetime | None
    station__location__timezone: str
    energy_wh: float
    meter_start_wh: float | None
    meter_stop_wh: float | None
    stop_reason: str
    tariff_version__tariff__name: str | None
    currency: str
    price_excl_vat: Decimal | None
    vat: Decimal | None
    price_incl_vat: Decimal | None
    flags: str


class _Line:
    """A file of one line: ``csv.writer`` writes to it, ``write`` gives the line back."""

    def write(self, line: str) -> str:
        return line


@transaction.atomic
def export(
    actor: Actor, filter_: SessionFilter, *, query: str, now: datetime
) -> Generator[str, None, None]:
    """The file of all sessions of the filter, newest first. ``query``: the filter as it was asked.

    Who took it is written down.
    """
    record(
        SESSIONS_EXPORTED,
        actor=actor,
        organisation_id=actor.organisation_id,
        subject=(actor.organisation_id, actor.organisation.name),
        details={"filter": query[:1_000]},
        now=now,
    )
    return stream(records(list_sessions(actor, filter_)))


def records(sessions: QuerySet[Session]) -> Iterator[Record]:
    """The sessions as records: no models, so that a month of them costs seconds."""
    rows = sessions.select_related(None).values_list(*Record._fields)
    return map(Record._make, rows.iterator(chunk_size=_CHUNK))


def stream(given: Iterable[Record]) -> Generator[str, None, None]:
    """The file in pieces; memory stays flat however many sessions there are."""
    writer = csv.writer(_Line())
    lines = [writer.writerow(COLUMNS)]
    for one in given:
        lines.append(writer.writerow(row(one)))
        if len(lines) >= _LINES_AT_ONCE:
            yield "".join(lines)
            lines = []
    yield "".join(lines)


def row(record: Record) -> tuple[object, ...]:
    """The cells of one session."""
    zone = _zone(record.station__location__timezone)
    started_at, ended_at = record.started_at, record.ended_at
    return (
        record.id, _text(record.station__identity), record.evse_id, record.connector_id,
        _text(record.station__location__name), _text(record.transaction_id), record.protocol,
        _text(shown(record.token_uid, record.token_kind)), _utc(started_at), _utc(ended_at),
        _local(started_at, zone), _local(ended_at, zone), record.station__location__timezone,
        ended_at and int((ended_at - started_at).total_seconds()), _kwh(record.energy_wh),
        _kwh(record.meter_start_wh), _kwh(record.meter_stop_wh), _text(record.stop_reason),
        "ended" if ended_at else "active", _text(record.tariff_version__tariff__name),
        record.currency, _money(record.price_excl_vat, record.currency),
        _money(record.vat, record.currency), _money(record.price_incl_vat, record.currency),
        record.flags,
    )  # fmt: skip


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _text(value: str | None) -> str:
    """What people or stations wrote must not run as a formula."""
    if not value:
        return ""
    return f"'{value}" if value[0] in _DANGEROUS else value


def _money(amount: Decimal | None, currency: str) -> str:
    """The column holds three decimals; the currency may have fewer."""
    return "" if amount is None else f"{rounded(amount, currency):f}"


def _utc(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(UTC).isoformat()[:19]}Z"


def _local(instant: datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")


def _kwh(energy_wh: float | None) -> str:
    """All that the meter gave, down to a thousandth of a Wh."""
    if energy_wh is None:
        return ""
    return f"{energy_wh / 1000:.6f}".rstrip("0").rstrip(".")
