"""Writes: what was learned, and what a person has forgotten of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.batch.refs import StationRef
from apps.domain.lessons import Lesson
from apps.domain.ways import words_of
from apps.habits.judgement import Learned, learned
from apps.habits.models import Habit
from apps.habits.selectors import make_of
from apps.history.doers import Doer
from apps.history.kinds import HABIT_FORGOTTEN
from apps.history.services import record
from apps.stations.models import Station

Key = tuple[int, str, str, str, str]
_KEY = ("organisation_id", "vendor", "model", "firmware", "way")


@dataclass(frozen=True, slots=True)
class Noted:
    """A lesson, whose answer showed it, and to which command."""

    ref: StationRef
    lesson: Lesson
    command_id: int

    @property
    def key(self) -> Key:
        return self.ref.organisation_id, *make_of(self.ref), self.lesson.way


def learn(noted: Sequence[Noted], now: datetime) -> None:
    """Keep what answers showed, in the order of the keys; what is no news is not written."""
    known = _known(noted)
    for one in sorted(noted, key=lambda one: one.key):
        before = known.get(one.key, Learned())
        after = known[one.key] = learned(before, one.lesson)
        if after is not before:
            _write(one, after, now)


def _known(noted: Sequence[Noted]) -> dict[Key, Learned]:
    """What is known of all that they are about, in one query."""
    parts = zip(*(one.key for one in noted), strict=True)
    wanted = dict(zip(_KEY, map(set, parts), strict=True))
    rows = Habit.objects.filter(**{f"{name}__in": among for name, among in wanted.items()})
    found = rows.values_list(*_KEY, "works", "refusals")
    return {row[:5]: Learned(*row[5:]) for row in found}


def _write(one: Noted, after: Learned, now: datetime) -> None:
    key: dict[str, Any] = dict(zip(_KEY, one.key, strict=True))
    told = {
        "works": after.works, "refusals": after.refusals, "identity": one.ref.identity,
        "command_id": one.command_id, "answer": one.lesson.answer[:100], "last_at": now,
    }  # fmt: skip
    Habit.objects.update_or_create(**key, defaults=told)


@transaction.atomic
def forget(habit: Habit, station: Station, *, actor: Doer) -> None:
    """It is found out anew. ``station``: where somebody asked for that."""
    habit.delete()
    record(
        HABIT_FORGOTTEN,
        actor=actor,
        organisation_id=habit.organisation_id,
        subject=(station.pk, station.identity),
        station_id=station.pk,
        reason=words_of(habit.way),
    )
