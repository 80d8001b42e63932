"""Calls that a station does not bear: twice running the link fell before they were answered.

What nobody asked for is then left out. People may send it all the same, and its first answer
takes it off the list; so does time.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.commands.models import CommandRow, State
from apps.domain.vocabulary import LINK_LOST

TIMES = 2
REMEMBERED = timedelta(days=30)

Key = tuple[int, str, str]  # station, name, parameters as text


def key_of(station_id: int, name: str, given: object) -> Key:
    return station_id, name, json.dumps(given, sort_keys=True, default=str)


def unbearable(station_ids: Collection[int], now: datetime) -> dict[Key, CommandRow]:
    """The newest of each call that one of these stations does not bear; two queries at most."""
    lately = CommandRow.objects.filter(
        station_id__in=station_ids, created_at__gt=now - REMEMBERED
    ).order_by("id")
    falls: defaultdict[Key, list[CommandRow]] = defaultdict(list)
    for row in lately.filter(state=State.ERROR, detail=LINK_LOST, is_unasked=True):
        falls[_key(row)].append(row)
    found = {key: rows for key, rows in falls.items() if len(rows) >= TIMES}
    answered = _last_answers(lately, found) if found else {}
    return {key: rows[-1] for key, rows in found.items() if answered.get(key, 0) < rows[-TIMES].pk}


def _last_answers(
    lately: QuerySet[CommandRow], found: dict[Key, list[CommandRow]]
) -> dict[Key, int]:
    """By call the number of the last command that the station did answer."""
    after = min(rows[-TIMES].pk for rows in found.values())
    names = {name for _, name, _ in found}
    rows = lately.filter(station_id__in={station_id for station_id, _, _ in found})
    rows = rows.filter(name__in=names, pk__gt=after, answered_at__isnull=False)
    return {_key(row): row.pk for row in rows.exclude(state=State.ERROR, detail=LINK_LOST)}


def _key(row: CommandRow) -> Key:
    return key_of(row.station_id, row.name, row.parameters)
