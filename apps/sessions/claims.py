"""What a message tells of the session that it means, and what is known of it, for ``fitting``."""

from collections.abc import Iterable

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.events import Sample, SamplesTaken, SessionEnded, Token
from apps.sessions.entry import Entry
from apps.sessions.fitting import Claim, Known
from apps.sessions.marks import CLOCK
from apps.stations.surroundings import Surroundings
from apps.tokens.batch import Tokens


def claim_of(samples: Iterable[Sample], event: SessionEnded | SamplesTaken) -> Claim:
    if isinstance(event, SessionEnded):
        uid = event.token.uid if event.token else None
        return Claim(
            event.at, event.evse_id, uid, register_in(samples), event.is_trusted, event.stop_reason
        )
    last = max(event.samples, key=lambda sample: sample.at)
    evse_id = event.evse_id or None
    return Claim(last.at, evse_id, None, register_in(samples), last.is_trusted)


def register_in(samples: Iterable[Sample]) -> float | None:
    """The last register that is told."""
    told = [s for s in samples if s.register_wh is not None]
    return max(told, key=lambda s: (s.at, s.register_wh)).register_wh if told else None


def known_of(batch: Batch, item: Item, entry: Entry, event: SessionEnded | None) -> Known:
    facts, totals, ref = entry.known, entry.totals, item.ref
    surroundings = batch.part(Surroundings)
    hours = (
        (totals.register_at - facts.started_at).total_seconds() / 3600 if totals.register_at else 0
    )
    mean_w = totals.energy_wh / hours if hours > 0 else 0.0
    return Known(
        evse_id=facts.evse_id,
        started_at=facts.started_at,
        ended_at=facts.ended_at,
        register_wh=totals.meter_stop_wh,
        register_at=totals.register_at,
        energy_wh=totals.energy_wh,
        power_w=surroundings.power_w(ref, facts.evse_id),
        seen_w=max(totals.max_power_w or 0.0, mean_w) or None,
        is_same_holder=event is None or _may_end(batch, item, event.token, facts.token_uid),
        heard_at=entry.last_received_at,
        booted_at=surroundings.booted_at(item),
        is_timed=CLOCK not in entry.flags.split(),
    )


def _may_end(batch: Batch, item: Item, token: Token | None, holder_uid: str) -> bool:
    if token is None:
        return True
    return batch.part(Tokens).may_end(item.ref.organisation_id, token, holder_uid)
