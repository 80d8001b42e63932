"""The open commands of one batch's stations, held against what the stations do."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from apps.commands import answers
from apps.commands.confirmation import observe
from apps.commands.models import CommandRow, State
from apps.commands.progress import progress_of
from apps.domain.events import Event, NoticesReported


class Followup:
    """Loaded once for a batch; ``watch`` each event, confirmations are written at once."""

    def __init__(self, station_ids: Collection[int]) -> None:
        self._open: dict[int, list[CommandRow]] = {}
        if not station_ids:
            return
        for row in _followed(station_ids):
            self._open.setdefault(row.station_id, []).append(row)

    def watch(self, station_id: int, event: Event, now: datetime) -> bool:
        """Confirm the commands whose effect ``event`` shows; whether it said something of one."""
        is_news = False
        signs = event.statuses if isinstance(event, NoticesReported) else (event,)
        for row in self._open.get(station_id, ()):
            for sign in signs:
                progress = progress_of(row.name, row.number, sign)
                if progress is not None:
                    answers.note_report(row, progress, now=now)
                    is_news = True
                    continue
                words = observe(row.name, row.parameters, row.transaction_id, sign)
                if words and row.confirmed_at is None:
                    is_news = answers.confirm(row, observed=words, now=now) or is_news
        return is_news


def stations_followed(station_ids: Collection[int]) -> set[int]:
    """The stations among them where a command waits for its answer or its effect."""
    return set(_followed(station_ids).values_list("station_id", flat=True))


def _followed(station_ids: Collection[int]) -> QuerySet[CommandRow]:
    """Not those that were accepted and whose effect nobody awaits (raw calls)."""
    is_awaited = Q(state=State.SENT) | Q(state=State.ACCEPTED, confirm_by__isnull=False)
    return CommandRow.objects.filter(is_awaited, station_id__in=station_ids)
