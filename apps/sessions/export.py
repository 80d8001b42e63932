"""Sessions as CSV: one header, one row a session, the columns a contract. Pure on a row."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from apps.sessions.models import Session
from apps.tariffs.pricing import rounded

COLUMNS = (
    "session_id", "station", "evse_id", "connector_id", "location", "transaction_id", "protocol",
    "token", "started_at_utc", "ended_at_utc", "started_at_local", "ended_at_local", "timezone",
    "duration_s", "energy_kwh", "meter_start_kwh", "meter_stop_kwh", "stop_reason", "state",
    "tariff", "currency", "price_excl_vat", "vat", "price_incl_vat", "flags",
)  # fmt: skip
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_LINES_AT_ONCE = 200


class _Line:
    """A file of one line: ``csv.writer`` writes to it, ``write`` gives the line back."""

    def write(self, line: str) -> str:
        return line


def stream(sessions: Iterable[Session]) -> Iterator[str]:
    """The file in pieces; memory stays flat however many sessions there are."""
    writer = csv.writer(_Line())
    lines = [writer.writerow(COLUMNS)]
    for session in sessions:
        lines.append(writer.writerow(row(session)))
        if len(lines) >= _LINES_AT_ONCE:
            yield "".join(lines)
            lines = []
    yield "".join(lines)


def row(session: Session) -> list[str]:
    """The cells of one session; its station, location and tariff must be loaded."""
    location = session.station.location
    zone = ZoneInfo(location.timezone)
    version = session.tariff_version
    cells = (
        session.pk, session.station.identity, session.evse_id, session.connector_id,
        location.name, session.transaction_id, session.protocol, session.token_uid,
        _utc(session.started_at), _utc(session.ended_at),
        _local(session.started_at, zone), _local(session.ended_at, zone), location.timezone,
        _duration_s(session), _kwh(session.energy_wh), _kwh(session.meter_start_wh),
        _kwh(session.meter_stop_wh), session.stop_reason,
        "ended" if session.ended_at else "active", version.tariff.name if version else "",
        session.currency, _money(session, session.price_excl_vat), _money(session, session.vat),
        _money(session, session.price_incl_vat), session.flags,
    )  # fmt: skip
    return [_cell(value) for value in cells]


def _money(session: Session, amount: Decimal | None) -> Decimal | None:
    """The column holds three decimals; the currency may have fewer."""
    return None if amount is None else rounded(amount, session.currency)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    is_text = isinstance(value, str)
    return f"'{text}" if is_text and text.startswith(_DANGEROUS) else text


def _utc(instant: datetime | None) -> str:
    if instant is None:
        return ""
    return f"{instant.astimezone(ZoneInfo('UTC')).isoformat(timespec='seconds')[:19]}Z"


def _local(instant: datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")


def _duration_s(session: Session) -> int | None:
    if session.ended_at is None:
        return None
    return int((session.ended_at - session.started_at).total_seconds())


def _kwh(energy_wh: float | None) -> Decimal | None:
    """All that the meter gave, down to a thousandth of a Wh."""
    if energy_wh is None:
        return None
    return Decimal(str(round(energy_wh, 3))).scaleb(-3).normalize() + Decimal(0)
