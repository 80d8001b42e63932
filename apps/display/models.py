from django.db import models
from django.db.models import Q

from apps.display.life import Life
from apps.stations.models import Station


class DisplayMessage(models.Model):
    """A message that a station accepted, refused or reported; one at a time is its ``number``'s.

    ``station_state`` "" is any; ``transaction_id``: only while that session runs. ``is_ours``:
    we set it. ``detail``: why it was refused or is gone. ``report_id``: the request that it
    was last reported under.
    """

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="display_messages")
    number = models.PositiveIntegerField()
    priority = models.CharField(max_length=12)
    station_state = models.CharField(max_length=12, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    transaction_id = models.CharField(max_length=36, blank=True)
    format = models.CharField(max_length=5)
    language = models.CharField(max_length=8, blank=True)
    content = models.CharField(max_length=512)
    display = models.CharField(max_length=130, blank=True)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value.capitalize()) for s in Life], default=Life.ACCEPTED
    )
    detail = models.CharField(max_length=200, blank=True)
    is_ours = models.BooleanField(default=True)
    actor = models.CharField(max_length=160, blank=True)
    command_id = models.BigIntegerField(null=True)
    report_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "number"], condition=Q(state="accepted"), name="display_once"
            )
        ]
        indexes = [
            models.Index(fields=["station", "-changed_at"], name="display_by_station"),
            models.Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="display_by_command",
            ),
        ]
