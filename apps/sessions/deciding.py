"""A person decides what a session took, where its meter cannot be believed; with a trace.

The readings stay as they were told. What was decided holds whatever comes later, until somebody
decides again or goes back to the meter.
"""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import Actor
from apps.batch.parts import Batch
from apps.history.kinds import ENERGY_DECIDED, SESSION_DISCARDED
from apps.history.services import record
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.marks import DISCARDED, JOINED_INTO
from apps.sessions.models import Session
from ocpp_platform import bulk

MOST_WH = 10_000_000.0


class Undecidable(Exception):
    """Why nothing can be decided of the session, in words for people."""


@transaction.atomic
def decide_energy(
    session: Session, energy_wh: float | None, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Bill ``energy_wh``, or what the meter says where it is None. Raises Undecidable."""
    batch = Batch([], now)
    sessions = batch.part(Sessions)
    sessions.fetch([(session.station_id, session.transaction_id)])
    entry = sessions.find(session.station_id, session.transaction_id)
    if entry is None or not entry.is_ended:
        raise Undecidable("A session that runs has no energy to decide on yet; wait for its end.")
    before_wh = entry.totals.energy_wh
    if JOINED_INTO in entry.flags.split():
        raise Undecidable("It was joined into another session; decide the energy of that one.")
    entry.decide(energy_wh)
    with bulk.writes() as writes:
        batch.flush(writes)
    record_energy(entry, before_wh, reason, actor)
    batch.tell()


@transaction.atomic
def discard(session: Session, *, reason: str, actor: Actor, now: datetime) -> None:
    """Bill nothing for what nobody had: energy and readings stay as they were told.

    Raises Undecidable.
    """
    batch = Batch([], now)
    sessions = batch.part(Sessions)
    sessions.fetch([(session.station_id, session.transaction_id)])
    entry = sessions.find(session.station_id, session.transaction_id)
    if entry is None or not entry.is_ended:
        raise Undecidable("A session that runs cannot be discarded; end it first.")
    entry.mark(DISCARDED)
    entry.is_dirty = True
    with bulk.writes() as writes:
        batch.flush(writes)
    record(
        SESSION_DISCARDED,
        actor=actor,
        organisation_id=entry.organisation_id,
        subject=(entry.id, entry.transaction_id),
        station_id=entry.station_id,
        reason=reason,
        details={"price_before": str(session.price_incl_vat)},
    )
    batch.tell()


def record_energy(entry: Entry, before_wh: float, reason: str, actor: Actor) -> None:
    """The fact that somebody decided what a session took, and what it was before."""
    what = {"from_wh": before_wh, "to_wh": entry.totals.energy_wh}
    record(
        ENERGY_DECIDED,
        actor=actor,
        organisation_id=entry.organisation_id,
        subject=(entry.id, entry.transaction_id),
        station_id=entry.station_id,
        reason=reason,
        details=what | {"by_meter": entry.decided_wh is None},
    )
