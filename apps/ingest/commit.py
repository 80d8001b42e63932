"""A batch in one transaction. Pure of sockets: items in, replies out, both in order.

If a batch fails it is halved until the poison event is alone; that one is refused with
InternalError and kept with its frame, the rest commits. A database that is away is nobody's
poison: the whole batch waits for it together, and raises DatabaseAway when it does not come.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count

from django.db import DatabaseError, transaction

from apps.batch.items import Frame, Item, Reply, Settled
from apps.batch.parts import Batch, Result
from apps.domain.answers import Answer, Refusal
from apps.ingest.halving import halving
from apps.ingest.table import HOOKS, PARTS, handle
from apps.journal.models import Message
from apps.stations.form_counts import FormCounts
from ocpp_platform import bulk, threads
from ocpp_platform.bulk import Writes
from ocpp_platform.threads import DatabaseAway

logger = logging.getLogger(__name__)

_ATTEMPTS = 3
_MESSAGE = (
    "organisation_id", "station_id", "connection_id", "at", "direction", "action", "message_id",
    "payload", "answer", "result", "error_code", "notes", "latency_ms", "session_id",
    "command_id",
)  # fmt: skip


def commit(items: list[Item], now: datetime) -> list[Reply | None]:
    """Apply ``items`` and give their replies, which may be sent from now on."""
    return halving(
        lambda part: threads.persistently(_trying(part, now)),
        items,
        lambda item, error: _retry_alone(item, now, error),
    )


def _trying(items: list[Item], now: datetime) -> Callable[[], list[Reply | None]]:
    tries = count()

    def work() -> list[Reply | None]:
        if next(tries):
            _let_go_of_kept(items)
        return _apply(items, now)

    return work


def _let_go_of_kept(items: list[Item]) -> None:
    """A commit whose confirmation was lost may have happened: no frame is kept twice."""
    kept = set(
        Message.objects.filter(
            station_id__in={item.ref.id for item in items},
            at__range=(min(i.received_at for i in items), max(i.received_at for i in items)),
        ).values_list("connection_id", "at", "direction", "message_id")
    )
    for item in items:
        frame = item.frame
        if frame is None:
            continue
        key = (item.connection_id, item.received_at, frame.direction)
        if (*key, _shown(frame.message_id)[:64]) in kept:
            item.frame = None


def _retry_alone(item: Item, now: datetime, error: Exception) -> Reply | None:
    """Another gateway may have written the same row; then the second try finds it."""
    for _ in range(_ATTEMPTS - 1):
        if not isinstance(error, DatabaseError):
            break
        try:
            return threads.persistently(lambda: _apply([item], now))[0]
        except DatabaseAway:
            raise
        except Exception as again:  # noqa: BLE001 - an edge, see above
            error = again
    kind = type(item.event).__name__  # what is in it may be a secret, and is in the journal
    logger.error("%s of %s refused", kind, item.ref.identity, exc_info=error)
    return _refuse(item, error)


@transaction.atomic
def _apply(items: list[Item], now: datetime) -> list[Reply | None]:
    batch = Batch(items, now, HOOKS)
    batch.gather(PARTS)
    results = [
        handle(batch, item, item.event) if item.event is not None else None for item in items
    ]
    for item in items:
        if item.settled is not None:
            _settle(item, item.settled)
        if item.excuses:
            batch.part(FormCounts).excused(item)
    with bulk.writes() as writes:
        batch.flush(writes)
        replies = [_reply(item, result) for item, result in zip(items, results, strict=True)]
        _keep_frames(batch, writes, replies)
    batch.tell()
    return replies


def _keep_frames(batch: Batch, writes: Writes, replies: list[Reply | None]) -> None:
    rows = []
    for item, reply in zip(batch.items, replies, strict=True):
        if item.frame is not None:
            rows.append(_row(item, item.frame, reply))
            batch.announce(item.ref.organisation_id, "messages", f"messages:{item.ref.id}")
    writes.insert(Message, _MESSAGE, rows)


def _reply(item: Item, result: Result | None) -> Reply | None:
    answer = result() if callable(result) else result
    return item.write(answer) if item.write and isinstance(answer, Answer) else None


def _refuse(item: Item, error: Exception) -> Reply | None:
    reply = item.write(Refusal("InternalError", "Kept for inspection")) if item.write else None
    if item.frame is not None:
        try:
            threads.persistently(partial(_keep_refused, item, item.frame, reply, error))
        except DatabaseAway:
            raise
        except Exception:  # an edge: what cannot even be kept takes nobody else with it
            logger.exception("frame of %s not kept", item.ref.identity)
    return reply


def _keep_refused(item: Item, frame: Frame, reply: Reply | None, error: Exception) -> None:
    notes = f"{frame.notes} {type(error).__name__}: {error}".strip()
    Message.objects.create(
        organisation_id=item.ref.organisation_id,
        station_id=item.ref.id,
        connection_id=item.connection_id,
        at=item.received_at,
        direction=frame.direction,
        action=_shown(frame.action)[:64],
        message_id=_shown(frame.message_id)[:64],
        payload=_shown(frame.payload),
        answer=reply.payload if reply else "",
        result="error",
        error_code="InternalError",
        notes=_shown(notes)[:2000],
    )


def _shown(text: str) -> str:
    """Without what PostgreSQL cannot keep."""
    return text.replace("\x00", "\ufffd")


def _row(item: Item, frame: Frame, reply: Reply | None) -> tuple[object, ...]:
    latency_ms = frame.latency_ms
    if reply is not None and frame.direction == "in":
        elapsed = datetime.now(UTC) - item.received_at
        latency_ms = elapsed.total_seconds() * 1000
    return (
        item.ref.organisation_id, item.ref.id, item.connection_id, item.received_at,
        frame.direction, _shown(frame.action)[:64], _shown(frame.message_id)[:64],
        _shown(frame.payload),
        reply.payload if reply else frame.answer,
        reply.result if reply and frame.result == "ok" else frame.result,
        reply.error_code if reply else frame.error_code,
        _shown(frame.notes), latency_ms, item.session_id, frame.command_id,
    )  # fmt: skip


def _settle(item: Item, settled: Settled) -> None:
    """Our own call has been answered, or never will be."""
    Message.objects.filter(
        station_id=item.ref.id, at=settled.at, message_id=settled.message_id, direction="out"
    ).update(
        result=settled.result,
        answer=_shown(settled.answer),
        error_code=settled.error_code[:40],
        latency_ms=settled.latency_ms,
    )
