"""The open commands of one batch's stations, held against what the stations do.

Which events are worth a look is known without a query: most of what a station sends says
nothing of most commands, however long one of them takes.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.batch.parts import Batch, Part
from apps.commands import answers, confirmation, progress
from apps.commands.models import GIVEN_UP, CommandRow, State
from apps.commands.selectors import find_numbered
from apps.domain.commands import declaration_of, names_confirmed
from apps.domain.confirmation import Awaited, ByWork, Places
from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    EventsNotified,
    HeartbeatReceived,
    SamplesTaken,
    SessionEvent,
    TokenPresented,
)

_LASTING = [
    name
    for name in names_confirmed(Awaited)
    if cast(Awaited, declaration_of(name).confirmed_by).is_lasting
]
_FREQUENT = (
    ConnectorStatusChanged, HeartbeatReceived, EventsNotified, SamplesTaken, SessionEvent,
    TokenPresented,
)  # fmt: skip

Shown = Callable[[int], Places]


class OpenCommands(Part):
    """``watch`` each event; confirmations are written at once.

    Who brought an item learns which commands waited at its station.
    """

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._open: dict[int, list[CommandRow]] = {}

    def load(self) -> None:
        looking = [item for item, _ in self.batch.events if item.is_followed]
        self.fetch({item.ref.id for item in looking}, self.batch.now)
        for item in looking:
            item.followed = self.names(item.ref.id)

    def fetch(self, station_ids: Collection[int], now: datetime) -> None:
        """Look at the commands of these stations."""
        if not station_ids:
            return
        for row in (*_followed(station_ids), *_given_up(station_ids, now)):
            self._open.setdefault(row.station_id, []).append(row)

    def names(self, station_id: int) -> frozenset[str]:
        """What waited at a station of the batch for a sign."""
        return frozenset(row.name for row in self._open.get(station_id, ()))

    def watch(self, station_id: int, event: Event, now: datetime, shown: Shown) -> bool:
        """Confirm the commands whose effect ``event`` shows; whether it said something of one.

        ``shown``: what the connectors of a station show, ``event`` included.
        """
        is_news = False
        signs = event.statuses if isinstance(event, EventsNotified) else (event,)
        for row in (*self._open.get(station_id, ()), *_settled(station_id, event, now)):
            for sign in signs:
                is_news = self._note(row, sign, now, shown) or is_news
        return is_news

    @staticmethod
    def _note(row: CommandRow, sign: Event, now: datetime, shown: Shown) -> bool:
        if row.state == State.CONFIRMED and not progress.is_about(row.number, sign):
            return False
        told = progress.progress_of(row.name, row.number, sign)
        if told is not None:
            answers.note_report(row, told, now=now)
            return True
        if row.confirmed_at is not None:
            return False
        places = shown(row.station_id) if isinstance(sign, ConnectorStatusChanged) else {}
        words = confirmation.observe(row.name, row.parameters, row.transaction_id, sign, places)
        return bool(words) and answers.confirm(row, observed=words, now=now)


def may_be_sign(event: Event, names: Collection[str] | None) -> bool:
    """Whether ``event`` may show something of commands of these ``names``; None: any.

    What a station sends rarely is always worth a look: another gateway may have asked for it.
    """
    if names is None or not isinstance(event, _FREQUENT):
        return True
    kind = ConnectorStatusChanged if isinstance(event, EventsNotified) else type(event)
    return any(issubclass(kind, declaration_of(name).confirmed_by.kinds) for name in names)


def _followed(station_ids: Collection[int]) -> QuerySet[CommandRow]:
    """Not those that were accepted and whose effect nobody awaits (raw calls)."""
    is_awaited = Q(state=State.SENT) | Q(state=State.ACCEPTED, confirm_by__isnull=False)
    return CommandRow.objects.filter(is_awaited, station_id__in=station_ids)


def _settled(station_id: int, event: Event, now: datetime) -> Iterator[CommandRow]:
    """What has lately gone well, where the station names it again: it may have failed since."""
    if not isinstance(event, progress.Report) or event.request_id is None:
        return
    for name in names_confirmed(ByWork):
        if not isinstance(event, declaration_of(name).confirmed_by.kinds):
            continue
        row = find_numbered(station_id, event.request_id, name)
        if row and row.confirmed_at and row.confirmed_at > now - progress.LATE:
            yield row


def _given_up(station_ids: Collection[int], now: datetime) -> QuerySet[CommandRow]:
    """What may still come true: lately given up, and nothing of its kind was wanted since."""
    newer = CommandRow.objects.filter(
        station_id=OuterRef("station_id"), name=OuterRef("name"), pk__gt=OuterRef("pk")
    )
    return CommandRow.objects.filter(
        ~Exists(newer), state__in=GIVEN_UP, station_id__in=station_ids,
        name__in=_LASTING, confirm_by__gt=now - progress.LATE,
    )  # fmt: skip
