from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.campaigns import calendar
from apps.campaigns.life import OPEN, Life
from apps.stations.models import Location, Station


class Running(models.TextChoices):
    DRAFT = "draft", "Draft"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"


class Campaign(models.Model):
    """What shall come to which stations, and when; ``parameters`` as its ``kind`` reads them.

    Without ``station``, ``location`` and ``is_of_group`` it is for all stations. Its next turn
    begins at ``due_at`` (None: none does), at the same local time of ``timezone`` again.
    ``expires_s``: how long a command waits for its station (None: as any does). ``at_once``: so
    many targets are under way at most. ``stop_pct``: stopped when more than that share of what
    is over failed.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    parameters = models.JSONField(default=dict)
    station = models.ForeignKey(Station, null=True, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(Location, null=True, on_delete=models.CASCADE, related_name="+")
    is_of_group = models.BooleanField(default=False)
    group = models.ManyToManyField(Station, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, db_index=True)
    every = models.CharField(
        max_length=6,
        blank=True,
        choices=[
            (calendar.ONCE, "Once"),
            (calendar.DAILY, "Every day"),
            (calendar.WEEKLY, "Every week"),
        ],
    )
    timezone = models.CharField(max_length=64, default="UTC")
    expires_s = models.PositiveIntegerField(null=True)
    at_once = models.PositiveIntegerField(null=True)
    stop_pct = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=Running.choices, default=Running.RUNNING)
    actor = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()


class Target(models.Model):
    """One station in one turn of a campaign: see ``life``.

    ``command_id``: what was sent last; ``outcome``: what that came to, a state of commands, or
    "refused" where the station could not be told; "" while it is open. ``problem``: why it
    failed. ``attempts``: of the present step. ``next_at``: not tried before then.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+")
    turn_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(life.value, life.value) for life in Life],
        default=Life.WAITING.value,
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    command_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=14, blank=True)
    problem = models.TextField(blank=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "station", "turn_at"], name="target_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["waiting", "sent"]), name="target_open"
            ),
            models.Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="target_by_command",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
