"""A batch in one transaction. Pure of sockets: items in, replies out, both in order.

If a batch fails it is halved until the poison event is alone; that one is refused with
InternalError and kept with its frame, the rest commits.
"""

import logging
from datetime import UTC, datetime

from django.db import DatabaseError, IntegrityError, transaction

from apps.domain.answers import Answer, Refusal
from apps.ingest.handlers import handle
from apps.ingest.items import Frame, Item, Reply, Settled
from apps.ingest.working_set import WorkingSet
from apps.journal.models import Message
from ocpp_platform import threads

logger = logging.getLogger(__name__)

_ATTEMPTS = 3


def commit(items: list[Item], now: datetime) -> list[Reply | None]:
    """Apply ``items`` and give their replies, which may be sent from now on."""
    try:
        return threads.persistently(lambda: _apply(items, now))
    except Exception as error:  # noqa: BLE001 - an edge: any event may be the poison
        if len(items) > 1:
            middle = len(items) // 2
            return commit(items[:middle], now) + commit(items[middle:], now)
        return _retry_alone(items[0], now, error)


def _retry_alone(item: Item, now: datetime, error: Exception) -> list[Reply | None]:
    """Another gateway may have written the same row; then the second try finds it."""
    for _ in range(_ATTEMPTS - 1):
        if not isinstance(error, IntegrityError | DatabaseError):
            break
        try:
            return _apply([item], now)
        except Exception as again:  # noqa: BLE001 - an edge, see above
            error = again
    logger.error("event of %s refused: %r", item.ref.identity, item.event, exc_info=error)
    return [_refuse(item, error)]


@transaction.atomic
def _apply(items: list[Item], now: datetime) -> list[Reply | None]:
    batch = WorkingSet(items, now)
    results = [
        handle(batch, item, item.event) if item.event is not None else None for item in items
    ]
    batch.flush()
    replies: list[Reply | None] = []
    rows = []
    for item, result in zip(items, results, strict=True):
        answer = result() if callable(result) else result
        reply = item.write(answer) if item.write and isinstance(answer, Answer) else None
        replies.append(reply)
        if item.frame is not None:
            rows.append(_row(item, item.frame, reply))
        if item.settled is not None:
            _settle(item, item.settled)
    batch.keep_frames(rows)
    return replies


def _refuse(item: Item, error: Exception) -> Reply | None:
    reply = item.write(Refusal("InternalError", "Kept for inspection")) if item.write else None
    if item.frame is not None:
        frame = item.frame
        notes = f"{frame.notes} {type(error).__name__}: {error}".strip()
        Message.objects.create(
            organisation_id=item.ref.organisation_id,
            station_id=item.ref.id,
            connection_id=item.connection_id,
            at=item.received_at,
            direction=frame.direction,
            action=frame.action[:64],
            message_id=frame.message_id[:64],
            payload=frame.payload,
            answer=reply.payload if reply else "",
            result="error",
            error_code="InternalError",
            notes=notes[:2000],
        )
    return reply


def _row(item: Item, frame: Frame, reply: Reply | None) -> tuple[object, ...]:
    latency_ms = frame.latency_ms
    if reply is not None and frame.direction == "in":
        elapsed = datetime.now(UTC) - item.received_at
        latency_ms = elapsed.total_seconds() * 1000
    return (
        item.ref.organisation_id, item.ref.id, item.connection_id, item.received_at,
        frame.direction, frame.action[:64], frame.message_id[:64], frame.payload,
        reply.payload if reply else frame.answer,
        reply.result if reply and frame.result == "ok" else frame.result,
        reply.error_code if reply else frame.error_code,
        frame.notes, latency_ms, item.session_id, frame.command_id,
    )  # fmt: skip


def _settle(item: Item, settled: Settled) -> None:
    """Our own call has been answered, or never will be."""
    Message.objects.filter(
        station_id=item.ref.id, at=settled.at, message_id=settled.message_id, direction="out"
    ).update(
        result=settled.result,
        answer=settled.answer,
        error_code=settled.error_code[:40],
        latency_ms=settled.latency_ms,
    )
