"""Writes: targets go on, many at once: what is over is settled, what comes next is sent.

Whoever sees that something can move, the door or the clock, calls the same function. It locks the
targets of a page, decides in memory, and writes what changed, each page in its own transaction.
What another process holds is passed over, so that nobody waits; it is still there the next time.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.campaigns import life, turns
from apps.campaigns.kinds import REFUSED, Kind, Over, Send, words
from apps.campaigns.life import End, Life
from apps.campaigns.limits import stop_where_too_many_failed, with_room
from apps.campaigns.models import Running, Target
from apps.commands.models import OPEN as OPEN_COMMANDS
from apps.commands.models import CommandRow, State
from apps.commands.services import Intent, queue_many
from ocpp_platform import bulk
from ocpp_platform.keyset import pages

_GOOD, _BEGIN_ANEW = (End.WELL, End.DONE), (End.WELL, End.AGAIN)
_COLUMNS = ("id", "state", "attempts", "command_id", "outcome", "problem", "next_at")


def advance(kind: Kind, *, now: datetime) -> int:
    """By the clock: all that can move; how many commands were queued."""
    turns.begin_due(kind.name, now=now)
    movable = _movable(kind, now).only("pk")
    return sum(_go_on(kind, page, now) for page in pages(movable, kind.page_rows))


def advance_stations(kind: Kind, station_ids: Collection[int], *, now: datetime) -> int:
    """By the door: these stations answered, showed an effect, or came back."""
    theirs = _movable(kind, now).filter(station_id__in=station_ids).only("pk")
    return sum(_go_on(kind, page, now) for page in pages(theirs, kind.page_rows))


def _movable(kind: Kind, now: datetime) -> QuerySet[Target]:
    """Whose command is over, or who may be sent one."""
    is_open = Q(state__in=OPEN_COMMANDS) & ~Q(state=State.ACCEPTED, confirm_by=None)
    under_way = CommandRow.objects.filter(is_open, pk=OuterRef("command_id"))
    is_over = Q(~Exists(under_way), state=Life.SENT)
    may_go = Q(next_at=None) | Q(next_at__lte=now)
    is_next = may_go & kind.can_hear & Q(state=Life.WAITING, campaign__state=Running.RUNNING)
    return Target.objects.filter(is_over | is_next, state__in=life.OPEN, campaign__kind=kind.name)


@transaction.atomic
def _go_on(kind: Kind, page: Sequence[Target], now: datetime) -> int:
    locked = Target.objects.select_for_update(skip_locked=True, of=("self",))
    mine = locked.filter(pk__in=[target.pk for target in page], state__in=life.OPEN)
    targets = list(mine.select_related("campaign", "station").order_by("pk"))
    moved = _settle(kind, targets, now)
    waiting = with_room([target for target in targets if _may_go(target, now)], targets)
    sent = _send(kind, waiting, now) if waiting else []
    moved |= {target.pk for target in waiting if not target.is_open} | set(sent)
    changed = [target for target in targets if target.pk in moved]
    with bulk.writes() as writes:
        writes.update(Target, _COLUMNS, [_row(target) for target in changed])
    if over := [target for target in changed if not target.is_open]:
        stop_where_too_many_failed(over)
        kind.follow(over, now)
    return len(sent)


def _settle(kind: Kind, targets: Iterable[Target], now: datetime) -> set[int]:
    """What the commands came to; the keys of those that are not under way any more."""
    sent = [target for target in targets if target.state == Life.SENT]
    keys = [target.command_id for target in sent if target.command_id is not None]
    commands = CommandRow.objects.in_bulk(keys) if keys else {}
    for target in sent:
        row = commands.get(target.command_id or 0)
        end = kind.end_of(target, row) if row else End.LOST
        stands = life.after(end, target.attempts, kind.patience, now, has_steps=kind.has_steps)
        target.state, target.next_at = stands.life, stands.next_at
        if end is not End.OPEN:
            target.outcome = str(row.state) if row else "gone"
            target.problem = "" if end in _GOOD else words(row) if row else "It was lost"
            target.attempts = 0 if end in _BEGIN_ANEW and kind.has_steps else target.attempts
    return {target.pk for target in sent if target.state != Life.SENT}


def _may_go(target: Target, now: datetime) -> bool:
    is_time = target.next_at is None or target.next_at <= now
    return is_time and target.state == Life.WAITING and target.campaign.state == Running.RUNNING


def _send(kind: Kind, targets: Sequence[Target], now: datetime) -> list[int]:
    """The keys of those that were sent something; others may be over."""
    chosen = kind.choose(targets, now)
    sending = []
    for target in targets:
        said = chosen.get(target.pk)
        if isinstance(said, Over):
            _close(target, said)
        elif said is not None:
            sending.append((target, _intent(target, said)))
    told = [target for target, _ in sending]
    rows = queue_many([intent for _, intent in sending], now=now)
    for target, row in zip(told, rows, strict=True):
        target.state, target.command_id, target.outcome = Life.SENT, row.pk, ""
        target.attempts, target.next_at, target.problem = target.attempts + 1, None, ""
    return [target.pk for target in told]


def _intent(target: Target, said: Send) -> Intent:
    station, campaign = target.station, target.campaign
    return Intent(
        (station.organisation_id, station.pk, station.identity),
        said.command,
        said.reason or campaign.name,
        purpose=said.purpose,
        actor=campaign.actor,
        expires_s=campaign.expires_s,
    )


def _close(target: Target, said: Over) -> None:
    target.state = Life.FAILED if said.problem else Life.REACHED
    if said.problem:
        target.outcome, target.problem = REFUSED, said.problem


def _row(target: Target) -> tuple[object, ...]:
    return (
        target.pk, str(target.state), target.attempts, target.command_id, target.outcome,
        target.problem, target.next_at,
    )  # fmt: skip
