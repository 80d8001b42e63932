"""Writes: what time does to commands, a page at a time, each page in its own transaction.

What another process holds is passed over, so that neither waits for the other; it is still there
the next time. All of it is safe to run twice.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.commands import outcomes, secrecy
from apps.commands.answers import patience_s
from apps.commands.models import GIVEN_UP, CommandRow, State
from apps.commands.progress import LATE
from apps.commands.services import announce_changes
from apps.domain.maintenance import GetLog
from apps.uploads.models import Upload
from ocpp_platform import bulk
from ocpp_platform.keyset import PAGE_ROWS

_BY_STATION = ("station_id", "id")  # the order of the index of what is open


def expire(*, now: datetime) -> int:
    """Give up what waited too long: unsent, unanswered, unconfirmed; how many."""
    lost = now - timedelta(seconds=2 * settings.OCPP_CALL_TIMEOUT_S)
    given_up = (
        (Q(state=State.QUEUED, expires_at__lte=now), State.EXPIRED),
        (Q(state=State.SENT, sent_at__lte=lost), State.TIMED_OUT),
        (Q(state=State.ACCEPTED, confirm_by__lte=now), State.NOT_CONFIRMED),
    )
    return sum(
        count for late, state in given_up for count in _each_page(late, now, state=state.value)
    )


def confirm_files(*, now: datetime) -> int:
    """Logs that came to us are there, whether or not their stations say so; how many."""
    came = Upload.objects.filter(command_id=OuterRef("pk"), completed_at__isnull=False)
    is_waiting = Q(state=State.ACCEPTED) | Q(state__in=GIVEN_UP, confirm_by__gt=now - LATE)
    here = is_waiting & Q(Exists(came), name=GetLog.declared.name, confirmed_at=None)
    facts = {"state": State.CONFIRMED.value, "confirmed_at": now, "observed": "The file came"}
    return sum(_each_page(here, now, **facts))


@transaction.atomic
def withdraw(ids: Collection[int], why: str, *, now: datetime) -> set[int]:
    """What of these commands was not sent yet is not sent any more; which those are."""
    waiting = CommandRow.objects.filter(pk__in=ids, state=State.QUEUED)
    page = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    gone = CommandRow.objects.filter(pk__in=[row.pk for row in page])
    gone.update(state=State.EXPIRED, expires_at=now, detail=why[:255])
    secrecy.forget_all(page)
    outcomes.note_settled(page, now, state=State.EXPIRED.value, detail=why)
    announce_changes(page)
    return {row.pk for row in page}


@transaction.atomic
def fail(words: Mapping[int, str], *, now: datetime) -> None:
    """What these commands promised has failed, in ``words`` (the last report of each)."""
    rows = list(CommandRow.objects.filter(pk__in=words, state__in=_PROMISING))
    facts = [
        (row.pk, State.FAILED.value, words[row.pk][:40], now, _patience_end(row, now), None, "")
        for row in rows
    ]
    with bulk.writes() as writes:
        writes.update(CommandRow, _FAILING, facts)
    outcomes.note_settled(rows, now, state=State.FAILED)
    announce_changes(rows)


def held(ids: list[int]) -> set[int]:
    """Those of these commands that nobody else is changing, held until the transaction ends."""
    rows = CommandRow.objects.select_for_update(skip_locked=True).filter(pk__in=ids)
    return set(rows.order_by("pk").values_list("pk", flat=True))


_PROMISING = (State.SENT, State.ACCEPTED, *GIVEN_UP)
_FAILING = ("id", "state", "progress", "progress_at", "confirm_by", "confirmed_at", "observed")


def _patience_end(row: CommandRow, now: datetime) -> datetime:
    return now + timedelta(seconds=patience_s(row))


def _each_page(which: Q, now: datetime, **facts: object) -> Iterator[int]:
    """Set ``facts``, after which ``which`` no longer holds, and hide secrets; how many a page."""
    rows = CommandRow.objects.filter(which).order_by(*_BY_STATION)
    while count := _change(rows, now, facts):
        yield count
        if count < PAGE_ROWS:
            return


@transaction.atomic
def _change(rows: QuerySet[CommandRow], now: datetime, facts: dict[str, object]) -> int:
    page = list(rows.select_for_update(skip_locked=True, of=("self",))[:PAGE_ROWS])
    CommandRow.objects.filter(pk__in=[row.pk for row in page]).update(**facts)
    secrecy.forget_all(page)
    outcomes.note_settled(page, now, **facts)
    announce_changes(page)
    return len(page)
