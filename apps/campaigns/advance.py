"""Writes: targets go on, many at once: what is over is settled, what comes next is sent.

Whoever sees that something can move, the door or the clock, calls the same function. It locks the
targets of a page, decides in memory, and writes what changed, each page in its own transaction.
What another process holds is passed over, so that nobody waits; it is still there the next time.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.campaigns import life, turns
from apps.campaigns.kinds import REFUSED, Kind, Over, Send, words
from apps.campaigns.life import End, Life
from apps.campaigns.limits import stop_where_too_many_failed, with_room
from apps.campaigns.models import Campaign, Running, Target
from apps.commands.models import OPEN as OPEN_COMMANDS
from apps.commands.models import CommandRow, State
from apps.commands.services import Intent, queue_many
from ocpp_platform import bulk
from ocpp_platform.keyset import pages

_GOOD, _BEGIN_ANEW = (End.WELL, End.DONE, End.PASSED), (End.WELL, End.AGAIN, End.PASSED)
_UNDER_WAY = Q(state__in=OPEN_COMMANDS) & ~Q(state=State.ACCEPTED, confirm_by=None)
_TRUE = Q(state=State.CONFIRMED) | Q(state=State.ACCEPTED, confirm_by=None)
_UNFINISHED = (*life.OPEN, Life.FAILED)
_COLUMNS = ("id", "state", "attempts", "command_id", "outcome", "problem", "next_at")


def advance(kind: Kind, *, now: datetime) -> int:
    """By the clock: all that can move; how many commands were queued."""
    turns.begin_due(kind.name, now=now)
    movable = Target.objects.filter(
        _is_movable(kind, now), state__in=life.OPEN, campaign__kind=kind.name
    )
    return sum(_go_on(kind, page, now)[0] for page in pages(movable.only("pk"), kind.page_rows))


def advance_stations(kind: Kind, station_ids: Collection[int], *, now: datetime) -> int:
    """By the door: these stations answered, showed an effect, or came back.

    What was given up may have come true; the clock does not look for that. Where one is over in a
    campaign that has so many under way at most, the next begins.
    """
    true = CommandRow.objects.filter(_TRUE, pk=OuterRef("command_id"))
    is_given_up = Q(state__in=(Life.WAITING, Life.FAILED), outcome__in=life.MAY_COME_TRUE)
    theirs = Target.objects.filter(
        _is_movable(kind, now) | (is_given_up & Q(Exists(true))),
        state__in=_UNFINISHED,
        campaign__kind=kind.name,
        station_id__in=station_ids,
    )
    gone = [_go_on(kind, page, now) for page in pages(theirs.only("pk"), kind.page_rows)]
    freed = set().union(*(left for _, left in gone))
    return sum(count for count, _ in gone) + (_fill(kind, freed, now) if freed else 0)


def _fill(kind: Kind, campaigns: Collection[int], now: datetime) -> int:
    """The next targets of limited campaigns, as far as there is room for them now."""
    waiting = Target.objects.filter(
        _is_movable(kind, now), state=Life.WAITING, campaign__in=campaigns
    )
    page = list(waiting.order_by("pk").only("pk")[: kind.page_rows])
    return _go_on(kind, page, now)[0] if page else 0


def _is_movable(kind: Kind, now: datetime) -> Q:
    """Whose command is over, or who may be sent one. What is cheap to ask comes first."""
    under_way = CommandRow.objects.filter(_UNDER_WAY, pk=OuterRef("command_id"))
    is_over = Q(state=Life.SENT) & ~Q(Exists(under_way))
    may_go = Q(next_at=None) | Q(next_at__lte=now)
    is_next = Q(state=Life.WAITING, campaign__state=Running.RUNNING) & may_go & kind.can_hear
    return is_over | is_next


@transaction.atomic(savepoint=False)
def _go_on(kind: Kind, page: Sequence[Target], now: datetime) -> tuple[int, set[int]]:
    """How many were sent something, and the limited campaigns in which others left room."""
    locked = Target.objects.select_for_update(skip_locked=True, of=("self",))
    mine = locked.filter(pk__in=[target.pk for target in page], state__in=_UNFINISHED)
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
    return len(sent), {t.campaign_id for t in over if _is_filled(t.campaign)}


def _is_filled(campaign: Campaign) -> bool:
    """Whether another begins as soon as one is over. Where a rule may stop it, it goes in waves."""
    return campaign.at_once is not None and campaign.stop_pct is None


def _settle(kind: Kind, targets: Sequence[Target], now: datetime) -> set[int]:
    """What the commands came to; the keys of those that stand elsewhere now."""
    commands = _commands_of(targets)
    told = [
        (target, commands.get(target.command_id or 0))
        for target in targets
        if target.state == Life.SENT or _has_come_true(target, commands)
    ]
    ends = kind.ends_of(told, now) if told else {}
    for target, row in told:
        _stand(kind, target, row, ends[target.pk], now)
    return {target.pk for target, _ in told if target.state != Life.SENT}


def _commands_of(targets: Sequence[Target]) -> dict[int, CommandRow]:
    told = [t for t in targets if t.state == Life.SENT or t.outcome in life.MAY_COME_TRUE]
    keys = [target.command_id for target in told if target.command_id is not None]
    return CommandRow.objects.in_bulk(keys) if keys else {}


def _has_come_true(target: Target, commands: Mapping[int, CommandRow]) -> bool:
    """Its command was given up, and has gone well since."""
    row = commands.get(target.command_id or 0)
    if row is None or target.outcome not in life.MAY_COME_TRUE:
        return False
    is_taken = row.state == State.ACCEPTED and row.confirm_by is None
    return is_taken or row.state == State.CONFIRMED


def _stand(kind: Kind, target: Target, row: CommandRow | None, end: End, now: datetime) -> None:
    stands = life.after(end, target.attempts, kind.patience, now, has_steps=kind.has_steps)
    target.state, target.next_at = stands.life, stands.next_at
    if end is not End.OPEN:
        target.outcome = str(row.state) if row else "gone"
        target.problem = "" if end in _GOOD else words(row) if row else "It was lost"
        target.attempts = 0 if end in _BEGIN_ANEW and kind.has_steps else target.attempts


def _may_go(target: Target, now: datetime) -> bool:
    is_time = target.next_at is None or target.next_at <= now
    return is_time and target.state == Life.WAITING and target.campaign.state == Running.RUNNING


def _send(kind: Kind, targets: Sequence[Target], now: datetime) -> list[int]:
    """The keys of those that were sent something; others may be over."""
    chosen = kind.choose(targets, now)
    sending: list[tuple[Target, Send]] = []
    for target in targets:
        said = chosen.get(target.pk)
        if isinstance(said, Over):
            _close(target, said)
        elif said is not None:
            sending.append((target, said))
    rows = queue_many([_intent(*one) for one in sending], now=now)
    for (target, _), row in zip(sending, rows, strict=True):
        target.state, target.command_id, target.outcome = Life.SENT, row.pk, ""
        target.attempts, target.next_at, target.problem = target.attempts + 1, None, ""
    kind.note_sent(sending, now)
    return [target.pk for target, _ in sending]


def _intent(target: Target, said: Send) -> Intent:
    station, campaign = target.station, target.campaign
    return Intent(
        (station.organisation_id, station.pk, station.identity),
        said.command,
        said.reason or campaign.name,
        purpose=said.purpose,
        actor=campaign.actor,
        expires_s=said.expires_s or campaign.expires_s,
    )


def _close(target: Target, said: Over) -> None:
    wrong = Life.SKIPPED if said.is_skipped else Life.FAILED
    target.state = wrong if said.problem else Life.REACHED
    if said.problem:
        target.outcome, target.problem = REFUSED, said.problem


def _row(target: Target) -> tuple[object, ...]:
    return (
        target.pk, str(target.state), target.attempts, target.command_id, target.outcome,
        target.problem, target.next_at,
    )  # fmt: skip
