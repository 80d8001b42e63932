"""Writes: retention. Frames are kept by the batch, refused handshakes by ``refusals``."""

from datetime import datetime, timedelta

from apps.journal.models import LinkEvent, Message, Refusal

_CHUNK_ROWS = 5_000


def forget_before(instant: datetime) -> int:
    """Delete link events and refusals older than ``instant``; the rows removed."""
    removed, _ = LinkEvent.objects.filter(at__lt=instant).delete()
    refusals, _ = Refusal.objects.filter(last_at__lt=instant).delete()
    return removed + refusals


def forget_strangers_before(instant: datetime) -> int:
    """Delete the refusals of identities that nobody has registered; the rows removed."""
    removed, _ = Refusal.objects.filter(organisation_id=None, last_at__lt=instant).delete()
    return removed


def forget_messages_before(instant: datetime) -> int:
    """Delete messages older than ``instant`` a chunk at a time (where there are no partitions)."""
    total = 0
    while True:
        ids = list(
            Message.objects.filter(at__lt=instant).values_list("id", flat=True)[:_CHUNK_ROWS]
        )
        if not ids:
            return total
        Message.objects.filter(id__in=ids).delete()
        total += len(ids)


def horizon(now: datetime, days: int) -> datetime:
    """The oldest instant that is kept."""
    return now - timedelta(days=days)
