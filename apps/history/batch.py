"""What happened in one batch, written with the rest of it."""

from typing import Any

import orjson

from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.history.doers import Doer, station
from apps.history.kinds import SESSION, Kind
from apps.history.models import Fact
from apps.journal.masking import masked
from apps.journal.secrecy import may_tell
from ocpp_platform.bulk import Writes

_COLUMNS = (
    "organisation_id", "at", "kind", "subject_kind", "subject_id", "subject_label", "station_id",
    "session_id", "actor_kind", "actor_id", "actor_label", "reason", "details",
)  # fmt: skip


class Facts(Part):
    """Takes facts until the batch is sent, those of parts that are written later too."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._rows: list[tuple[Any, ...]] = []
        self._writes: Writes | None = None

    def flush(self, writes: Writes) -> None:
        self._writes = writes
        self._send()

    def told(
        self,
        kind: Kind,
        ref: StationRef,
        *,
        subject: tuple[int | None, str] | None = None,
        reason: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        """The station made it happen; without ``subject`` it happened to itself."""
        by = station(ref.id, ref.identity)
        self.note(
            kind, by, (ref.organisation_id, ref.id), subject or (ref.id, ref.identity),
            reason=reason, details=details,
        )  # fmt: skip

    def note(
        self,
        kind: Kind,
        actor: Doer,
        where: tuple[int, int],
        subject: tuple[int | None, str],
        *,
        reason: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        """``where``: organisation and station."""
        number, label = subject
        details = details or {}
        if may_tell(f"{reason} {orjson.dumps(details).decode()}"):
            reason, details = masked(reason), masked(details)
        self._rows.append(
            (where[0], self.batch.now, kind.name, kind.about, number, label[:120], where[1],
             number if kind.about == SESSION else None, actor.actor_kind, actor.pk,
             actor.label[:160], reason[:200], details)
        )  # fmt: skip
        self._send()

    def _send(self) -> None:
        if self._writes is not None:
            rows, self._rows = self._rows, []
            self._writes.insert(Fact, _COLUMNS, rows)
