"""Writes: a newer command takes the place of older ones of its purpose that were not sent yet."""

from collections.abc import Collection

from django.db import transaction

from apps.commands import outcomes, secrecy
from apps.commands.models import CommandRow, State
from ocpp_platform import bulk


def supersede(newer: Collection[CommandRow]) -> list[CommandRow]:
    """Those that gave way to ``newer`` (in the order they were queued), each to the last of its
    purpose; call it in the transaction that queues.

    Who claims one at the same instant either has it sent, and it stays, or finds it superseded.
    Of two that are queued at the same instant neither sees the other: see ``gives_way``.
    """
    last = {(row.station_id, row.purpose): row.pk for row in newer if row.purpose}
    if not last:
        return []
    waiting = CommandRow.objects.filter(
        state=State.QUEUED,
        station_id__in={station_id for station_id, _ in last},
        purpose__in={purpose for _, purpose in last},
    )
    locked = waiting.select_for_update().order_by("pk")
    older = [row for row in locked if row.pk < last.get((row.station_id, row.purpose), 0)]
    for row in older:
        row.state, row.superseded_by = State.SUPERSEDED, last[row.station_id, row.purpose]
    with bulk.writes() as writes:
        facts = [(row.pk, State.SUPERSEDED.value, row.superseded_by) for row in older]
        writes.update(CommandRow, ("id", "state", "superseded_by"), facts)
    secrecy.forget_all(older)
    outcomes.note_settled(older, max(row.created_at for row in newer))
    return older


@transaction.atomic
def gives_way(row: CommandRow) -> list[CommandRow]:
    """Those that give way, ``row`` among them, where a newer one of its purpose is there by now.

    It was queued at the same instant, or committed first; what is older must not be sent after it.
    """
    same = CommandRow.objects.filter(station_id=row.station_id, purpose=row.purpose)
    newer = same.filter(pk__gt=row.pk).exclude(state__in=(State.EXPIRED, State.SUPERSEDED))
    last = newer.order_by("pk").last()
    return supersede([last]) if last else []
