"""Whoever looks for rows by a key finds them by an index, however many there are."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

# Nobody looks for rows by these: they are read together with the row that holds them.
READ_WITH_THE_STATION = "always narrowed to one station, whose rows are indexed and few"
EXCUSED = {
    "power.HeldProfile.report_id": READ_WITH_THE_STATION,
    "habits.Habit.command_id": "leads from what was learned to its command, never back",
    "jobs.Job.actor_id": "leads from the job to who started it, never back",
    "power.EvPlan.session_id": READ_WITH_THE_STATION,
    "power.EvPlan.offer_command_id": READ_WITH_THE_STATION,
    "display.DisplayMessage.report_id": READ_WITH_THE_STATION,
    "device.Report.request_id": READ_WITH_THE_STATION,
    "device.Monitor.report_id": READ_WITH_THE_STATION,
    "stations.Variable.report_id": READ_WITH_THE_STATION,
    "commands.CommandRow.request_id": READ_WITH_THE_STATION,
    "reservations.Reservation.session_id": "leads from the reservation to its session, never back",
    "charging_sessions.Session.remote_start_id": "looked for among running sessions only",
    "charging_sessions.Session.reservation_id": "leads from the session, never back",
    "uploads.Upload.organisation_id": "compared once the upload is known",
    "history.Fact.organisation_id": "of what was not done by stations, which is indexed",
    "history.Fact.subject_id": "of what was not done by stations, which is indexed",
    "history.Fact.actor_id": "of what was not done by stations, which is indexed",
    "history.Position.fact_id": "compared once the reader is known; there are few",
    "incidents.Notice.fact_id": "compared within its rule, never looked for alone",
    "journal.Refusal.organisation_id": "read newest first, by the index of last_at",
}


def keys() -> Iterator[tuple[type[models.Model], Any]]:
    """Every column that names a row of another table: foreign keys, and numbers called …_id."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.is_relation or (
                isinstance(field, models.BigIntegerField) and field.name.endswith("_id")
            ):
                yield model, field


def name_of(model: type[models.Model], field: Any) -> str:
    return f"{model._meta.label}.{field.attname}"


def is_indexed(model: type[models.Model], field: Any) -> bool:
    """It leads an index of all rows, or of all that have it."""
    if field.db_index or field.unique or field == model._meta.pk_fields[0]:
        return True
    names = {field.name, field.attname}
    has_it = [models.Q(**{f"{name}__isnull": False}) for name in names]
    return any(
        part.fields
        and part.fields[0].removeprefix("-") in names
        and (part.condition is None or part.condition in has_it)
        for part in (*model._meta.indexes, *model._meta.constraints)
        if isinstance(part, models.Index | models.UniqueConstraint)
    )


def test_every_key_leads_an_index_or_says_why_not() -> None:
    bare = {name_of(*key) for key in keys() if not is_indexed(*key)}
    assert bare == set(EXCUSED)
