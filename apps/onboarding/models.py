from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.stations.models import Station


class Unknown(models.TextChoices):
    REFUSE = "refuse", "Turn them away"
    HOLD = "hold", "Let them wait until somebody accepts them"


class Policy(models.Model):
    """How stations of an organisation come into service. Intervals: None is the platform's.

    ``most_held``: how many unknown stations may wait at once. ``renews_certificates``: who shows
    a certificate that has ended, or its maker's, comes in to be given a new one.
    ``renew_before_d``: how many days before its end a certificate of ours is renewed by itself.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="+")
    unknown = models.CharField(max_length=6, choices=Unknown.choices, default=Unknown.REFUSE)
    most_held = models.PositiveSmallIntegerField(default=50)
    heartbeat_interval_s = models.PositiveIntegerField(null=True, blank=True)
    retry_interval_s = models.PositiveIntegerField(null=True, blank=True)
    renews_certificates = models.BooleanField(default=False)
    renew_before_d = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unknown"],
                condition=Q(unknown="hold"),
                name="one_holds_the_unknown",
                violation_error_message="Another organisation takes the unknown chargers already.",
            )
        ]


class RecipeStep(models.Model):
    """One step of an organisation's set-up: see ``steps.STEPS`` for names and parameters."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    must_succeed = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]


class Stage(models.TextChoices):
    """(none) → running → done | failed; failed → running when it is tried again."""

    NONE = "", "Not begun"
    RUNNING = "running", "Being set up"
    FAILED = "failed", "Set-up failed"
    DONE = "done", "Set up"


class Setup(models.Model):
    """How far a station has come. ``is_blocking``: until it is done the station is held.

    ``renew_since``: since when the station is let in only to renew its certificate, and
    ``renew_why``.
    """

    station = models.OneToOneField(Station, on_delete=models.CASCADE, related_name="setup")
    stage = models.CharField(max_length=8, choices=Stage.choices, default="", blank=True)
    is_blocking = models.BooleanField(default=True)
    reason = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    renew_since = models.DateTimeField(null=True)
    renew_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["stage"],
                condition=Q(stage__in=["running", "failed"]),
                name="setup_unfinished",
            ),
        ]


class StepState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


class SetupStep(models.Model):
    """One step of the set-up of one station, as it was when the set-up began."""

    setup = models.ForeignKey(Setup, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    must_succeed = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.WAITING)
    detail = models.CharField(max_length=255, blank=True)
    command_id = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [
            models.Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="setup_step_by_command",
            ),
        ]
