"""The open commands of one batch's stations, held against what the stations do.

Which events are worth a look is known without a query: most of what a station sends says
nothing of most commands, however long one of them takes.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.commands import answers, confirmation, progress
from apps.commands.models import GIVEN_UP, CommandRow, State
from apps.commands.selectors import find_numbered
from apps.domain.commands import declaration_of, names_confirmed
from apps.domain.confirmation import Awaited, ByWork, Followed, Places
from apps.domain.events import (
    CommandAnswered,
    ConnectorStatusChanged,
    Event,
    EventsNotified,
    HeartbeatReceived,
    SamplesTaken,
    SessionEvent,
    StationBooted,
    TokenPresented,
)
from apps.journal.masking import masked

_LATE: defaultdict[float, list[str]] = defaultdict(list)  # names, by how long they count
for _name in names_confirmed(Awaited):
    _LATE[cast(Awaited, declaration_of(_name).confirmed_by).late_s].append(_name)
_FREQUENT = (
    ConnectorStatusChanged, HeartbeatReceived, EventsNotified, SamplesTaken, SessionEvent,
    TokenPresented,
)  # fmt: skip

_PLACED = (CommandAnswered, ConnectorStatusChanged)

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

    def watch(self, item: Item, event: Event, shown: Shown) -> bool:
        """Confirm the commands whose effect ``event`` shows; whether it said something of one.

        ``shown``: what the connectors of a station show, ``event`` included.
        """
        is_news, now, station_id = False, self.batch.now, item.ref.id
        signs = event.statuses if isinstance(event, EventsNotified) else (event,)
        for row in (*self._open.get(station_id, ()), *_settled(station_id, event, now)):
            for sign in signs:
                is_news = self._note(row, sign, item.session_id, shown) or is_news
        return is_news

    def _note(self, row: CommandRow, sign: Event, told_of_id: int | None, shown: Shown) -> bool:
        now = self.batch.now
        if row.state == State.CONFIRMED and not progress.is_about(row.number, sign):
            return False
        told = progress.progress_of(row.name, row.number, sign)
        if told is not None:
            answers.note_report(row, told, now=now)
            return True
        if row.confirmed_at is not None or _is_answer_to_another(row, sign):
            return False
        if isinstance(sign, StationBooted):
            answers.read_after_boot(row, now)
        words = progress.proof_of(row.name, sign) if row.state != State.FAILED else ""
        words = words or confirmation.observe(
            row.name, _followed_of(row, sign, told_of_id, shown), sign
        )
        return bool(words) and answers.confirm(row, observed=words, now=now)


def may_be_sign(event: Event, names: Collection[str] | None) -> bool:
    """Whether ``event`` may show something of commands of these ``names``; None: any.

    What a station sends rarely is always worth a look: another gateway may have asked for it.
    """
    if names is None or not isinstance(event, _FREQUENT):
        return True
    kind = ConnectorStatusChanged if isinstance(event, EventsNotified) else type(event)
    return any(issubclass(kind, declaration_of(name).confirmed_by.kinds) for name in names)


def _is_answer_to_another(row: CommandRow, sign: Event) -> bool:
    return isinstance(sign, CommandAnswered) and sign.command_id != row.pk


def _followed_of(row: CommandRow, sign: Event, told_of_id: int | None, shown: Shown) -> Followed:
    """The command as its sign is held against it; what connectors show only where that counts."""
    kind = declaration_of(row.name).confirmed_by.kinds
    is_placed = ConnectorStatusChanged in kind and isinstance(sign, _PLACED)
    return Followed(
        row.parameters, row.transaction_id, number=row.number, session_id=row.session_id,
        told_of_id=told_of_id, places=shown(row.station_id) if is_placed else {}, as_kept=masked,
    )  # fmt: skip


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
    counts = [
        Q(name__in=names, confirm_by__gt=now - timedelta(seconds=late_s))
        for late_s, names in _LATE.items()
        if late_s
    ]
    return CommandRow.objects.filter(
        ~Exists(newer), reduce(or_, counts), state__in=GIVEN_UP, station_id__in=station_ids
    )
