from django.contrib.postgres.indexes import HashIndex
from django.db import models

# What fills the journal: an index of these would cost each message a tenth of its room.
COMMON = ("Heartbeat", "MeterValues", "TransactionEvent", "")
READ_BACK = models.Q(kept_until__isnull=False)


class Message(models.Model):
    """One call and its answer. ``direction`` "in" is from the station.

    ``payload`` and ``answer`` are JSON text, or the raw frame where it was not JSON;
    ``result``: ok | error | timed_out | waiting | malformed | repeated | refused.
    ``kept_until``: of one that was read back from a file, which goes then; null of all others.
    """

    organisation_id = models.BigIntegerField()
    station_id = models.BigIntegerField()
    connection_id = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    direction = models.CharField(max_length=3)
    action = models.CharField(max_length=64, blank=True)
    message_id = models.CharField(max_length=64, blank=True)
    payload = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    result = models.CharField(max_length=10)
    error_code = models.CharField(max_length=40, blank=True)
    notes = models.TextField(blank=True)
    latency_ms = models.FloatField(null=True)
    session_id = models.BigIntegerField(null=True)
    command_id = models.BigIntegerField(null=True)
    kept_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "-at"], name="message_recent"),
            models.Index(fields=["station_id", "-at"], name="message_by_station"),
            models.Index(
                fields=["session_id", "at"],
                condition=models.Q(session_id__isnull=False),
                name="message_by_session",
            ),
            models.Index(
                fields=["command_id"],
                condition=models.Q(command_id__isnull=False),
                name="message_by_command",
            ),
            models.Index(
                fields=["organisation_id", "-at"],
                condition=~models.Q(result="ok"),
                name="message_trouble",
            ),
            models.Index(
                fields=["organisation_id", "action", "-at"],
                condition=~models.Q(action__in=COMMON),
                name="message_rare_action",
            ),
            models.Index(
                fields=["organisation_id", "action", "-at"],
                condition=models.Q(direction="out"),
                name="message_sent",
            ),
            HashIndex(
                fields=["message_id"], condition=~models.Q(message_id=""), name="message_by_id"
            ),  # half of what a B-tree costs an insert; on SQLite it is one
            models.Index(fields=["kept_until"], condition=READ_BACK, name="message_read_back"),
        ]


TABLE = Message._meta.db_table


class LinkEvent(models.Model):
    """A socket came or went. ``kind``: connected | replaced | disconnected | silent."""

    organisation_id = models.BigIntegerField()
    station_id = models.BigIntegerField()
    connection_id = models.CharField(max_length=32)
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    protocol = models.CharField(max_length=10, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    code = models.IntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["station_id", "-at"], name="link_event_by_station"),
            models.Index(fields=["organisation_id", "-at"], name="link_event_recent"),
        ]


class Refusal(models.Model):
    """A refused handshake; repeats of the same add up. No organisation: identity unknown."""

    identity = models.CharField(max_length=120)
    organisation_id = models.BigIntegerField(null=True)
    station_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=30)
    detail = models.CharField(max_length=200, blank=True)
    http_status = models.PositiveSmallIntegerField()
    ip = models.CharField(max_length=45, blank=True)
    offered = models.CharField(max_length=200, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "reason", "ip"], name="refusal_once"),
        ]
        indexes = [
            models.Index(
                fields=["ip", "identity"],
                condition=models.Q(organisation_id__isnull=True),
                name="refusal_of_strangers",
            ),
            models.Index(
                fields=["station_id"],
                condition=models.Q(station_id__isnull=False),
                name="refusal_by_station",
            ),
        ]


class Dismissal(models.Model):
    """An organisation does not want to see this refusal among the others any more."""

    organisation_id = models.BigIntegerField()
    refusal = models.ForeignKey(Refusal, on_delete=models.CASCADE, related_name="dismissals")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "refusal"], name="dismissed_once"),
        ]


class Block(models.Model):
    """An identity that nobody has registered, and of which an organisation wants to hear no more.

    Whom all organisations have blocked is not even counted.
    """

    organisation_id = models.BigIntegerField()
    identity = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "organisation_id"], name="blocked_once"),
        ]
        indexes = [models.Index(fields=["organisation_id", "identity"], name="blocked_by")]
