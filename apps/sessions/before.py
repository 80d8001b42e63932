"""At which register the session before ended, for sessions that are told to begin at zero.

One question for all of them. Only what was heard before a session's own end counts: whenever it is
totalled anew, its bill is made of the same.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection

from apps.sessions.entry import Entry
from apps.sessions.models import Session
from apps.sessions.unread import Shown

_ASKED = """
SELECT k.id, s.id FROM (KEYS) k JOIN charging_sessions_session s ON s.id = (
    SELECT p.id FROM charging_sessions_session p
    WHERE p.station_id = k.station_id AND p.evse_id = k.evse_id AND p.started_at < k.at
    AND p.ended_at IS NOT NULL AND p.id <> k.id
    AND (p.meter_stop_wh IS NOT NULL OR p.energy_wh > 0)
    AND COALESCE(p.end_heard_at, p.last_received_at) <= k.heard
    ORDER BY p.started_at DESC, p.id DESC LIMIT 1)
"""
_KEYS = {
    "postgresql": """
SELECT * FROM json_to_recordset(%s::json)
k (id bigint, station_id bigint, evse_id integer, at timestamptz, heard timestamptz)
""",
    "sqlite": """
SELECT json_extract(value, '$.id') id, json_extract(value, '$.station_id') station_id,
json_extract(value, '$.evse_id') evse_id, json_extract(value, '$.at') at,
json_extract(value, '$.heard') heard FROM json_each(%s)
""",
}


class Place(NamedTuple):
    """Where and when a session began, and when its end was heard."""

    id: int
    station_id: int
    evse_id: int | None
    at: datetime
    heard_at: datetime


class _Other(NamedTuple):
    id: int
    at: datetime
    shown: Shown | None


class Before:
    """Of those ``asked`` for; others of the batch, ``entries``, may not be stored yet."""

    def __init__(self, asked: Collection[Entry], entries: Collection[Entry]) -> None:
        self._places = {entry.id: place_of(entry) for entry in asked}
        self._entries = {entry.id for entry in entries}
        self._by_station: dict[int, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._by_station[entry.station_id].append(entry)
        self._stored = _stored(self._places.values())

    def shown(self, entry: Entry) -> Shown | None:
        """By the session before, as it is now."""
        place, stored = self._places.get(entry.id), self._stored.get(entry.id)
        if place is None:
            return None
        here = [_before(other, place) for other in self._by_station[place.station_id]]
        others = [other for other in here if other is not None]
        if stored is not None and stored.id not in self._entries:
            others.append(stored)
        last = max(others, key=lambda other: (other.at, other.id), default=None)
        return last and last.shown


def find_shown(session: Session) -> Shown | None:
    """As ``Before``, of one that is stored."""
    heard_at = session.end_heard_at or session.last_received_at
    place = Place(session.pk, session.station_id, session.evse_id, session.started_at, heard_at)
    found = _stored([place]).get(session.pk)
    return found and found.shown


def place_of(entry: Entry) -> Place:
    facts = entry.known
    heard_at = facts.end_heard_at or entry.last_received_at or facts.last_event_at
    return Place(entry.id, entry.station_id, facts.evse_id, facts.started_at, heard_at)


def _before(entry: Entry, place: Place) -> _Other | None:
    """``entry`` is of the same station."""
    other, totals = place_of(entry), entry.totals
    is_here = place.evse_id is not None and other.evse_id == place.evse_id
    is_told = totals.meter_stop_wh is not None or totals.energy_wh > 0
    is_before = entry.is_ended and other.at < place.at and other.heard_at <= place.heard_at
    if other.id == place.id or not (is_here and is_told and is_before):
        return None
    return _Other(other.id, other.at, _shown(*totals.shown))


def _shown(began_wh: float | None, ended_wh: float | None) -> Shown | None:
    return None if began_wh is None or ended_wh is None else Shown(began_wh, ended_wh)


def _stored(places: Collection[Place]) -> dict[int, _Other]:
    if not places:
        return {}
    keys = [
        {
            "id": one.id, "station_id": one.station_id, "evse_id": one.evse_id,
            "at": _adapted(one.at), "heard": _adapted(one.heard_at),
        }
        for one in places
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            _ASKED.replace("KEYS", _KEYS[connection.vendor]), [orjson.dumps(keys).decode()]
        )
        before = dict(cursor.fetchall())
    rows = Session.objects.filter(pk__in=before.values()).values_list(
        "id", "started_at", "meter_start_wh", "meter_stop_wh"
    )
    others = {pk: _Other(pk, at, _shown(*register)) for pk, at, *register in rows}
    return {pk: others[other] for pk, other in before.items() if other in others}


def _adapted(at: datetime) -> Any:
    return str(connection.ops.adapt_datetimefield_value(at))
