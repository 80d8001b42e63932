"""Bills made anew of all that is stored, to be held against what was billed."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from apps.accounts.models import Actor
from apps.batch.parts import Batch
from apps.sessions.batch import Sessions
from apps.sessions.deciding import record_energy
from apps.sessions.entry import Entry
from apps.sessions.models import Session
from apps.sessions.prices import take_price
from apps.sessions.totalling import total_anew
from ocpp_platform import bulk


class Bill(NamedTuple):
    """Wh, and money with VAT: None where no tariff applied."""

    energy_wh: float
    price: Decimal | None
    currency: str


class Anew(NamedTuple):
    """What was billed, and what all readings give; ``power_wh``: see ``measuring.Measured``."""

    before: Bill
    after: Bill
    power_wh: float | None


@transaction.atomic
def bills_anew(ids: Collection[int], *, now: datetime) -> dict[int, Anew]:
    """Ended sessions, made anew. Nothing is written.

    Sessions that still run, or that somebody else is about to change, are told of as they are
    when he is done.
    """
    batch = Batch([], now)
    entries = _entries(batch, ids)
    before = {entry.id: _bill(entry) for entry in entries}
    _make_anew(batch, entries)
    return {entry.id: Anew(before[entry.id], _bill(entry), entry.power_wh) for entry in entries}


@transaction.atomic
def correct_bill(session_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Bill what all the readings of an ended session give."""
    batch = Batch([], now)
    for entry in _entries(batch, [session_id]):
        before_wh = entry.totals.energy_wh
        entry.is_dirty = True
        _make_anew(batch, [entry])
        with bulk.writes() as writes:
            batch.flush(writes)
        record_energy(entry, before_wh, reason, actor)
    batch.tell()


def _entries(batch: Batch, ids: Collection[int]) -> list[Entry]:
    ended = Session.objects.filter(pk__in=ids, ended_at__isnull=False)
    names = list(ended.values_list("station_id", "transaction_id"))
    sessions = batch.part(Sessions)
    sessions.fetch(names)
    found = (sessions.find(*name) for name in names)
    return [entry for entry in found if entry is not None and entry.is_ended]


def _make_anew(batch: Batch, entries: Collection[Entry]) -> None:
    total_anew(batch, entries)
    for entry in entries:
        take_price(entry)


def _bill(entry: Entry) -> Bill:
    return Bill(entry.totals.energy_wh, entry.price_incl_vat, entry.currency)
