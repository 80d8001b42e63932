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


@dataclass(frozen=True, slots=True)
class Noted:
    """A lesson, whose answer showed it, and to which command."""

    ref: StationRef
    lesson: Lesson
    command_id: int

    @property
    def key(self) -> tuple[int, str, str, str, str]:
        return self.ref.organisation_id, *make_of(self.ref), self.lesson.way


def learn(noted: Sequence[Noted], now: datetime) -> None:
    """Keep what answers showed, in the order of the keys; what is no news is not written."""
    for one in sorted(noted, key=lambda one: one.key):
        names = ("organisation_id", "vendor", "model", "firmware", "way")
        key: dict[str, Any] = dict(zip(names, one.key, strict=True))
        row = Habit.objects.filter(**key).first()
        before = Learned(row.works, row.refusals) if row else Learned()
        after = learned(before, one.lesson)
        if after is not before:
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
