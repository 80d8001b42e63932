"""Connectors and screens hear of what became of sessions in a batch."""

from collections.abc import Iterable

from apps.batch.parts import Batch
from apps.sessions.entry import Entry
from apps.stations.services import show_session_states
from ocpp_platform.bulk import Writes


def show(batch: Batch, entries: Iterable[Entry], writes: Writes) -> None:
    """What runs where is written beside its connector; what changed is announced."""
    changes = []
    for entry in entries:
        heard = (f"session:{entry.id}", f"station:{entry.station_id}", "power")
        batch.announce(entry.organisation_id, *heard)
        if entry.state == entry.shown_state:
            continue
        batch.announce(entry.organisation_id, "sessions")
        if entry.known.evse_id is not None:
            shown = "" if entry.is_ended else entry.state
            changes.append((entry.station_id, entry.known.evse_id, entry.known.connector_id, shown))
    show_session_states(changes, writes)
