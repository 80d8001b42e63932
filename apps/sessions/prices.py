"""The price of a session: final where it has one, running while it charges."""

from datetime import datetime
from decimal import Decimal

from apps.sessions.entry import Entry
from apps.sessions.models import Session
from apps.tariffs.pricing import Price, price
from apps.tariffs.rates import rates_of


def price_of(session: Session, now: datetime) -> Price | None:
    """None where no tariff applied when it began. Explains itself line by line."""
    if session.tariff_version_id is None:
        return None
    until = session.ended_at or now
    return price_for(session.tariff_version_id, session.energy_wh, session.started_at, until)


def cost_so_far(entry: Entry) -> Decimal | None:
    """With VAT, up to the last word of the station; None where no tariff applied."""
    facts = entry.known
    if entry.tariff_version_id is None:
        return None
    until = facts.ended_at or facts.last_event_at
    energy_wh = entry.totals.energy_wh
    return price_for(entry.tariff_version_id, energy_wh, facts.started_at, until).incl_vat


def price_for(version_id: int, energy_wh: float, started_at: datetime, until: datetime) -> Price:
    """The one way from a session's quantities to money."""
    duration_s = max((until - started_at).total_seconds(), 0)
    return price(rates_of(version_id), energy_wh=energy_wh, duration_s=duration_s)
