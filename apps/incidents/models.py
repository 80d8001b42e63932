from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation, User
from apps.incidents import causes
from apps.reconciliation.kind import Severity
from apps.stations.models import Location, Station


class State(models.TextChoices):
    """``open``: nobody has taken it yet."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Incident(models.Model):
    """One cause at one site. Its cases are those of the kinds of its cause there.

    ``cases``, ``stations``: of those that are open now, or were when it was closed; ``of``: the
    stations that the site has. ``worst``: the most cases that it had at once since somebody took
    it: with more it is open again. ``only``: the station, where it is one.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    only = models.ForeignKey(Station, null=True, on_delete=models.SET_NULL, related_name="+")
    kinds = models.JSONField(default=list)
    cases = models.PositiveIntegerField(default=0)
    stations = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    worst = models.PositiveIntegerField(default=0)
    since_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    acknowledged_by = models.CharField(max_length=160, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    assignee = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    snoozed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location", "cause"], condition=~Q(state="closed"), name="incident_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-opened_at", "-id"], name="incident_recent"),
            models.Index(
                fields=["organisation"], condition=~Q(state="closed"), name="incident_current"
            ),
        ]

    @property
    def title(self) -> str:
        """Its line, without its site."""
        line = causes.title_of(causes.BY_NAME[self.cause], self.extent)
        return f"{line}: {self.only.identity}" if self.only else line

    @property
    def action(self) -> str:
        """The one next thing to do."""
        return causes.action_of(causes.BY_NAME[self.cause], self.extent)

    @property
    def runbook(self) -> str:
        """Of docs/runbooks."""
        return causes.runbook_of(causes.BY_NAME[self.cause], set(self.kinds))

    @property
    def extent(self) -> causes.Extent:
        return causes.Extent(self.cases, self.stations, self.of)


class Maintenance(models.Model):
    """Work at a site, or at one station of it, for which nobody need be called."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    station = models.ForeignKey(Station, null=True, on_delete=models.CASCADE, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=200)
    planned_by = models.CharField(max_length=160)


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class Rule(models.Model):
    """Who is told of which incidents. ``to``: addresses with commas between them, or one URL.

    ``secret``: signs what a webhook is sent. ``least``: what is less severe is not told.
    ``tells_end``: also when it is over.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    to = models.CharField(max_length=500)
    secret = models.CharField(max_length=64, blank=True)
    least = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    location = models.ForeignKey(Location, null=True, on_delete=models.CASCADE, related_name="+")
    tells_end = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="rule_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """One incident told to one rule. ``what``: the fact that is told; ``due_at``: when to try."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="notices")
    incident = models.ForeignKey(
        Incident, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    what = models.CharField(max_length=40)
    fact_id = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(db_index=True)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "fact_id"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notice_due"),
        ]
