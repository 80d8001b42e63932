"""What each session of a charger truly was, by its own clock and meter."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from apps.simulator.outlet import Session
from fleet.chargers import SAMPLE_INTERVAL_S, Charger
from fleet.verdict import Truth


def truths(chargers: Iterable[Charger]) -> Iterator[Truth]:
    """Of every session that is over."""
    for charger in chargers:
        for session in charger.sessions:
            if session.ended_at is not None:
                yield _truth(charger, session, session.ended_at)


def _truth(charger: Charger, session: Session, ended_at: datetime) -> Truth:
    supply = charger.station.outlets[session.evse_id].supply
    name = session.transaction_id
    return Truth(
        station=charger.identity,
        maker=charger.maker.name,
        quirks=charger.quirks,
        evse_id=session.evse_id,
        card=session.token.uid,
        transaction_id=None if name is None else str(name),
        began_at=session.started_at,
        ended_at=ended_at,
        energy_wh=session.energy_wh,
        sample_wh=supply.max_power_w * SAMPLE_INTERVAL_S / 3600,
        told=session.told,
    )
