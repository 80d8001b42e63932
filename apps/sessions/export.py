"""Sessions as CSV: one header, one row a session, the columns a contract. Pure on a row.

In the form of the contract, or in one for spreadsheets (``cells``).
"""

import csv
from collections.abc import Generator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from apps.accounts.models import Actor
from apps.domain.cells import Form
from apps.history.kinds import SESSIONS_EXPORTED
from apps.history.services import record
from apps.journal.secrecy import shown
from apps.sessions.models import Session
from apps.sessions.selectors import SessionFilter, list_sessions
from apps.tariffs.pricing import rounded
from ocpp_platform.cursors import pieces_of

COLUMNS = (
    "session_id", "station", "evse_id", "connector_id", "location", "transaction_id", "protocol",
    "token", "started_at_utc", "ended_at_utc", "started_at_local", "ended_at_local", "timezone",
    "duration_s", "energy_kwh", "meter_start_kwh", "meter_stop_kwh", "stop_reason", "state",
    "tariff", "currency", "price_excl_vat", "vat", "price_incl_vat", "flags",
)  # fmt: skip
_CONTRACT = Form()
_LINES_AT_ONCE = 500
_CHUNK = 1_000


class Record(NamedTuple):
    """What a line is made of; the names are the lookups that fetch it.

    Instants and amounts are texts of the database, in UTC: to make objects of them, only to write
    them as text again, would take half of the time.
    """

    id: int
    station__identity: str
    evse_id: int | None
    connector_id: int | None
    station__location__name: str
    transaction_id: str
    protocol: str
    token_uid: str
    token_kind: str
    started_text: str
    ended_text: str | None
    station__location__timezone: str
    energy_wh: float
    meter_start_wh: float | None
    meter_stop_wh: float | None
    stop_reason: str
    tariff_version__tariff__name: str | None
    currency: str
    excl_vat_text: str | None
    vat_text: str | None
    incl_vat_text: str | None
    flags: str


_TEXTS = {
    "started_text": Cast("started_at", TextField()),
    "ended_text": Cast("ended_at", TextField()),
    "excl_vat_text": Cast("price_excl_vat", TextField()),
    "vat_text": Cast("vat", TextField()),
    "incl_vat_text": Cast("price_incl_vat", TextField()),
}


class _Line:
    """A file of one line: ``csv.writer`` writes to it, ``write`` gives the line back."""

    def write(self, line: str) -> str:
        return line


@transaction.atomic
def export(
    actor: Actor,
    filter_: SessionFilter,
    *,
    query: str,
    now: datetime,
    form: Form = _CONTRACT,
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
    return stream(records(list_sessions(actor, filter_)), form)


def records(sessions: QuerySet[Session]) -> Generator[Record, None, None]:
    """The sessions as records: no models, so that a month of them costs seconds.

    Close it: the cursor in the database is gone then, whatever became of the file.
    """
    rows = sessions.select_related(None).annotate(**_TEXTS).values_list(*Record._fields)
    with pieces_of(rows, _CHUNK) as found:
        yield from map(Record._make, found)


def stream(
    given: Generator[Record, None, None], form: Form = _CONTRACT
) -> Generator[str, None, None]:
    """The file in pieces; memory stays flat however many sessions there are.

    Closes ``given`` at the end, and where a line cannot be made.
    """
    writer = csv.writer(_Line(), delimiter=form.separator)
    lines = [form.head, writer.writerow(COLUMNS)]
    with closing(given):
        for one in given:
            lines.append(writer.writerow(row(one, form)))
            if len(lines) >= _LINES_AT_ONCE:
                yield "".join(lines)
                lines = []
    yield "".join(lines)


def row(record: Record, form: Form = _CONTRACT) -> tuple[object, ...]:
    """The cells of one session."""
    text, number = form.text, form.number
    zone, currency = record.station__location__timezone, record.currency
    started, ended = record.started_text, record.ended_text
    return (
        record.id, text(record.station__identity), record.evse_id, record.connector_id,
        text(record.station__location__name), text(record.transaction_id), record.protocol,
        text(shown(record.token_uid, record.token_kind)), _utc(started), _utc(ended),
        _local(started, zone), _local(ended, zone), zone,
        ended and _seconds(started, ended), number(_kwh(record.energy_wh)),
        number(_kwh(record.meter_start_wh)), number(_kwh(record.meter_stop_wh)),
        text(record.stop_reason), "ended" if ended else "active",
        text(record.tariff_version__tariff__name), currency,
        number(_money(record.excl_vat_text, currency)), number(_money(record.vat_text, currency)),
        number(_money(record.incl_vat_text, currency)), record.flags,
    )  # fmt: skip


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=10_000)
def _money(amount: str | None, currency: str) -> str:
    """The column holds three decimals; the currency may have fewer."""
    return "" if amount is None else f"{rounded(Decimal(amount), currency):f}"


def _utc(instant: str | None) -> str:
    return "" if instant is None else f"{instant[:10]}T{instant[11:19]}Z"


def _local(instant: str | None, zone: str) -> str:
    if instant is None:
        return ""
    minute, offset = _minute(instant[:16], zone)
    return f"{minute}{instant[16:19]}{offset}"


@lru_cache(maxsize=10_000)
def _minute(minute: str, zone: str) -> tuple[str, str]:
    """A minute of UTC as the zone has it, and the zone's offset; both are of whole minutes."""
    local = datetime.fromisoformat(f"{minute}+00:00").astimezone(_zone(zone)).isoformat()
    return local[:16], local[19:]


def _seconds(started: str, ended: str) -> int:
    passed = datetime.fromisoformat(ended) - datetime.fromisoformat(started)
    return int(passed.total_seconds())


@lru_cache(maxsize=10_000)
def _kwh(energy_wh: float | None) -> str:
    """All that the meter gave, down to a thousandth of a Wh."""
    if energy_wh is None:
        return ""
    return f"{energy_wh / 1000:.6f}".rstrip("0").rstrip(".")
