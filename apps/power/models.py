from django.db import models

from apps.stations.models import Station


class HeldProfile(models.Model):
    """A charging profile that lies in a station as far as we know; ``number`` is its id there.

    ``body`` as domain.profiles.profile_json. ``is_reported``: the station itself told it;
    otherwise it accepted it from us. ``report_id``: the report that told it last.
    """

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+")
    evse_id = models.PositiveIntegerField()
    number = models.BigIntegerField()
    purpose = models.CharField(max_length=40)
    stack_level = models.PositiveIntegerField()
    transaction_id = models.CharField(max_length=36, blank=True)
    source = models.CharField(max_length=20, default="CSO")
    body = models.JSONField()
    is_reported = models.BooleanField(default=False)
    report_id = models.BigIntegerField(null=True)
    command_id = models.BigIntegerField(null=True)
    known_at = models.DateTimeField()

    class Meta:
        ordering = ["known_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "evse_id", "number"], name="held_profile_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["command_id"],
                condition=models.Q(command_id__isnull=False),
                name="held_profile_by_command",
            ),
        ]


class ExternalLimit(models.Model):
    """A limit by somebody else (EMS, SO, Other); ``schedules`` may be empty: nobody said it."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+")
    evse_id = models.PositiveIntegerField()
    source = models.CharField(max_length=20)
    is_grid_critical = models.BooleanField(null=True)
    schedules = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ["evse_id", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "evse_id", "source"], name="external_limit_once"
            ),
        ]


class StationSchedule(models.Model):
    """What a station answered last to "what will you draw at most": limits in A or W."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+")
    evse_id = models.PositiveIntegerField()
    start_at = models.DateTimeField()
    duration_s = models.PositiveIntegerField()
    unit = models.CharField(max_length=1)
    periods = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "evse_id"], name="station_schedule_once"),
        ]


class EvPlan(models.Model):
    """What the car of a session wants by ISO 15118, what we offered, and what it means to do."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+")
    evse_id = models.PositiveIntegerField()
    transaction_id = models.CharField(max_length=36)
    session_id = models.BigIntegerField(null=True)
    mode = models.CharField(max_length=20, blank=True)
    max_tuples = models.PositiveIntegerField(null=True)
    departure_at = models.DateTimeField(null=True)
    energy_wh = models.FloatField(null=True)
    most_w = models.FloatField(null=True)
    most_a = models.FloatField(null=True)
    needs = models.JSONField(default=dict)
    needs_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, blank=True)
    offer_command_id = models.BigIntegerField(null=True)
    schedule = models.JSONField(null=True)
    base_at = models.DateTimeField(null=True)
    schedule_at = models.DateTimeField(null=True)
    is_within = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "transaction_id"], name="ev_plan_once"),
        ]
