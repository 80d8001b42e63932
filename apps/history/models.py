from typing import Any

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now

from apps.history.doers import STATION

TOLD = Q(actor_kind=STATION)  # what stations did, of which there is much
ABOUT_MONEY = Q(kind__startswith="tariff") | Q(kind="sessions exported")


class TransactionNumber(Func):
    """The transaction that writes, in the order in which they began to write; SQLite: 0.

    There one writes at a time, and the key alone says the order.
    """

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()
    arity = 0

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="0", **extra)


class Moment(Now):
    """The clock of the database. SQLite writes milliseconds, as a text that is less than the same
    instant asked for in microseconds: one more makes them equal, and a list goes on where it ended.
    """

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        words = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f001', 'NOW')"
        return self.as_sql(compiler, connection, template=words, **extra)


class Fact(models.Model):
    """Something that happened. ``kind``: see ``kinds``; ``subject_label``: its name at that time.

    What a fact is about may go; the fact stays. ``written_in``: see ``reading``.
    """

    organisation_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Moment())
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=120, blank=True)
    station_id = models.BigIntegerField(null=True)
    session_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=160)
    reason = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)
    written_in = models.BigIntegerField(db_default=TransactionNumber(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["written_in", "id"], name="fact_by_position"),
            models.Index(
                fields=["station_id", "-at"],
                condition=Q(station_id__isnull=False),
                name="fact_by_station",
            ),
            models.Index(
                fields=["session_id"], condition=Q(session_id__isnull=False), name="fact_by_session"
            ),
            models.Index(
                fields=["organisation_id", "-at"],
                condition=~TOLD,
                name="fact_done",
            ),
            models.Index(
                fields=["subject_id", "subject_kind"],
                condition=~TOLD,
                name="fact_by_subject",
            ),
            models.Index(
                fields=["actor_id", "actor_kind"],
                condition=~TOLD,
                name="fact_by_actor",
            ),
            models.Index(fields=["at"], condition=TOLD, name="fact_told_at"),
            models.Index(fields=["at"], condition=~TOLD & ~ABOUT_MONEY, name="fact_done_at"),
        ]


class Position(models.Model):
    """How far a reader of all facts has come."""

    name = models.CharField(max_length=40, unique=True)
    written_in = models.BigIntegerField(default=0)
    fact_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
