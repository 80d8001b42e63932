"""Writes: refused handshakes, comings and goings of sockets, retention."""

from datetime import datetime, timedelta

from django.db.models import F

from apps.journal.models import LinkEvent, Message, Refusal

_CHUNK_ROWS = 5_000


def record_refusal(
    *,
    identity: str,
    reason: str,
    http_status: int,
    now: datetime,
    detail: str = "",
    organisation_id: int | None = None,
    station_id: int | None = None,
    ip: str = "",
    offered: str = "",
    user_agent: str = "",
) -> None:
    """Keep a refused handshake; the same one again only raises its count."""
    facts = {
        "organisation_id": organisation_id,
        "station_id": station_id,
        "detail": detail[:200],
        "http_status": http_status,
        "offered": offered[:200],
        "user_agent": user_agent[:200],
        "last_at": now,
    }
    key = {"identity": identity[:120], "reason": reason, "ip": ip}
    if not Refusal.objects.filter(**key).update(count=F("count") + 1, **facts):
        Refusal.objects.get_or_create(**key, defaults={**facts, "first_at": now})


def forget_before(instant: datetime) -> int:
    """Delete link events and refusals older than ``instant``; the rows removed."""
    removed, _ = LinkEvent.objects.filter(at__lt=instant).delete()
    refusals, _ = Refusal.objects.filter(last_at__lt=instant).delete()
    return removed + refusals


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
