"""Messages that were parked: each is a case of its own, once."""

from collections.abc import Iterator

from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding
from apps.sessions.models import ParkedEvent

MOST = 1_000


def parked_since(after: int) -> Iterator[Finding]:
    """Those behind the number ``after``, the oldest first, at most MOST."""
    for event in ParkedEvent.objects.filter(pk__gt=after).order_by("pk")[:MOST]:
        yield Finding(
            kinds.PARKED, f"parked-{event.pk}", event.organisation_id, event.station_id,
            event.received_at,
            (Evidence(f"{event.action}: {event.why}", event.received_at, "parked", event.pk),),
        )  # fmt: skip
