"""Old messages, and what the files hold of them."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apps.journal import archive
from apps.journal.models import Message

OLD = datetime(2021, 1, 15, tzinfo=UTC)


def messages(number: int, at: datetime = OLD, **columns: Any) -> list[Message]:
    """``number`` messages from ``at`` on, two at each second; every column filled."""
    facts: dict[str, Any] = {
        "organisation_id": 1, "station_id": 7, "connection_id": "c", "direction": "in",
        "action": "DataTransfer", "message_id": "m", "payload": '{"a": "é\\u0000•"}',
        "answer": "[]", "result": "ok", "notes": "line\nline", "latency_ms": 1.5, "session_id": 9,
    } | columns  # fmt: skip
    rows = [Message(at=at + timedelta(seconds=n // 2), **facts) for n in range(number)]
    return Message.objects.bulk_create(rows)


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jsonl.gz"))


def held(folder: Path) -> Counter[tuple[Any, ...]]:
    """How often each message stands in the files: (organisation, *COLUMNS)."""
    return Counter(_rows(folder))


def kept() -> Counter[tuple[Any, ...]]:
    """The same of the journal."""
    return Counter(Message.objects.values_list("organisation_id", *archive.COLUMNS))


def _rows(folder: Path) -> Iterator[tuple[Any, ...]]:
    for path in files(folder):
        header = archive.read_header(path)
        assert path == folder / header.name
        for row in archive.read_rows(path):
            yield header.organisation_id, *row
