"""Celery's queue as a folder, where nobody ever sees half a file.

kombu's own channel opens a file, then locks it, then writes: who reads in between takes an empty
message or an empty table of bindings, and its process ends. Here a file gets its name once it is
whole, and what cannot be read all the same (a power cut, a full disk) is dropped and said.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

_log = logging.getLogger(__name__)

Binding = filesystem.exchange_queue_t


class Channel(filesystem.Channel):
    """Messages and bindings are written aside and renamed; a message is claimed by renaming it."""

    def get_table(self, exchange: str) -> list[Binding]:
        """What is bound to it; a table that cannot be read holds nothing, and is bound anew."""
        try:
            return [Binding(*bound) for bound in loads(self._exchange_file(exchange).read_bytes())]
        except FileNotFoundError:
            return []
        except (TypeError, ValueError):
            _log.warning("The bindings of %s cannot be read; they are made anew", exchange)
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = Binding(routing_key or "", pattern or "", queue or "")
        with self._changing(exchange) as table:
            if bound not in table:
                table.insert(0, bound)

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        bound = Binding(routing_key or "", pattern or "", queue or "")
        with self._changing(exchange) as table:
            if bound in table:
                table.remove(bound)

    @contextmanager
    def _changing(self, exchange: str) -> Iterator[list[Binding]]:
        """The table, which nobody else changes meanwhile; written where it has changed."""
        file = self._exchange_file(exchange)
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "changing").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            before = self.get_table(exchange)
            table = list(before)
            yield table
            if table != before:
                _write(file, dumps(table))

    # Its two parents name the message differently.
    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        name = f"{monotonic() * 1000:.0f}_{uuid4()}.{queue}.msg"
        _write(Path(self.data_folder_out, name), dumps(payload))

    def _get(self, queue: str, _timeout: float | None = None) -> dict[str, Any]:
        for file in sorted(Path(self.data_folder_in).iterdir()):
            if file.name.partition(".")[2] == f"{queue}.msg":
                payload = self._take(file)
                if payload is not None:
                    return payload
        raise Empty

    def _take(self, file: Path) -> dict[str, Any] | None:
        """The message, which is gone from the queue then; None where another was faster, or where
        nothing can be made of it.
        """
        claimed = Path(self.processed_folder, file.name)
        try:
            file.replace(claimed)
        except FileNotFoundError:
            return None
        text = claimed.read_bytes()
        claimed.unlink()
        try:
            payload: dict[str, Any] = loads(text)
            self.message_to_python(payload)
        except (LookupError, TypeError, ValueError, AttributeError):
            _log.warning(
                "Dropped %s (%d bytes), of which nothing can be made", file.name, len(text)
            )
            return None
        return payload


class Transport(filesystem.Transport):
    Channel = Channel


def _write(file: Path, text: str) -> None:
    """All of it, or nothing: under another name first."""
    aside = file.with_name(f"{file.name}.{uuid4()}")
    aside.write_text(text)
    aside.replace(file)
