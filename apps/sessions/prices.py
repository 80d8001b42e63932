"""What a session costs: while it charges by what is known of it, at its end by its periods."""

from datetime import datetime
from decimal import Decimal

from apps.sessions.entry import Entry
from apps.sessions.marks import UNBILLED, is_any, is_nobodys
from apps.sessions.models import Session
from apps.sessions.periods import whole
from apps.tariffs.pricing import Price
from apps.tariffs.rates import nothing_under, price_under


def price_of(session: Session, now: datetime) -> Price | None:
    """None where no tariff applied when it began. Explains itself line by line."""
    return price_until(session, session.ended_at or now)


def price_until(session: Session, until: datetime) -> Price | None:
    """What it took so far, as if it ended then."""
    if session.tariff_version_id is None:
        return None
    if is_any(session.flags, UNBILLED) or _is_nobodys(session):
        return nothing_under(session.tariff_version_id)
    known = whole(session.energy_wh, session.started_at, until)
    return price_under(session.tariff_version_id, known)


def cost_so_far(entry: Entry) -> Decimal | None:
    """With VAT, up to the last word of the station; None where no tariff applied."""
    facts = entry.known
    if entry.tariff_version_id is None:
        return None
    if _is_nobodys_now(entry):
        return nothing_under(entry.tariff_version_id).incl_vat
    until = facts.ended_at or facts.last_event_at
    known = whole(entry.totals.energy_wh, facts.started_at, until)
    return price_under(entry.tariff_version_id, known).incl_vat


def take_price(entry: Entry) -> None:
    """The price of an ended session, as its periods make it; nothing where it was discarded, or
    nobody was let charge."""
    if entry.tariff_version_id is None:
        return
    if is_any(entry.flags, UNBILLED) or _is_nobodys_now(entry):
        cost = nothing_under(entry.tariff_version_id)
    else:
        cost = price_under(entry.tariff_version_id, entry.periods)
    entry.currency, entry.price_excl_vat = cost.currency, cost.excl_vat
    entry.vat, entry.price_incl_vat = cost.vat, cost.incl_vat


def _is_nobodys(row: Session) -> bool:
    return is_nobodys(row.flags, row.token_uid, row.energy_wh, has_start=row.has_start)


def _is_nobodys_now(entry: Entry) -> bool:
    facts, energy_wh = entry.known, entry.totals.energy_wh
    return is_nobodys(entry.flags, facts.token_uid, energy_wh, has_start=facts.has_start)
