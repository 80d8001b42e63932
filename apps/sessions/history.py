"""What became of sessions in a batch, as facts: begun, over, and corrected since."""

from collections.abc import Iterable

from apps.batch.parts import Batch
from apps.history import doers
from apps.history.batch import Facts
from apps.history.doers import CLOCK, Doer
from apps.history.kinds import (
    PRICE_CORRECTED,
    SESSION_CORRECTED,
    SESSION_ENDED,
    SESSION_STARTED,
)
from apps.sessions.entry import Entry


def note(batch: Batch, changed: Iterable[Entry]) -> None:
    """Call it when all of ``changed`` are settled and priced.

    A session is closed by its station, or, where no station is heard in the batch, by the clock.
    """
    moved = [entry for entry in changed if entry.is_new or entry.is_ended]
    if not moved:
        return
    heard = {item.ref.id: item.ref.identity for item in batch.items}
    for entry in moved:
        identity = heard.get(entry.station_id)
        by = CLOCK if identity is None else doers.station(entry.station_id, identity)
        _note(batch.part(Facts), entry, by)


def _note(facts: Facts, entry: Entry, by: Doer) -> None:
    where, subject = (entry.organisation_id, entry.station_id), (entry.id, entry.transaction_id)
    known = entry.known
    if entry.is_new:
        facts.note(SESSION_STARTED, by, where, subject, details={"evse_id": known.evse_id})
    if not entry.is_ended:
        return
    if not entry.was_ended:
        told = {"energy_wh": round(entry.totals.energy_wh), "is_estimated": known.is_estimated}
        facts.note(SESSION_ENDED, by, where, subject, reason=known.stop_reason, details=told)
    elif entry.billed != entry.billed_before:
        before = entry.billed_before[0]
        facts.note(SESSION_CORRECTED, by, where, subject, details={
            "energy_wh": round(entry.totals.energy_wh), "is_estimated": known.is_estimated,
        })  # fmt: skip
        if entry.price_incl_vat != before:
            prices = {"from": str(before), "to": str(entry.price_incl_vat)}
            facts.note(PRICE_CORRECTED, by, where, subject, details=prices)
