from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.reconciliation.life import State
from apps.sessions.models import Session
from apps.stations.models import Station


class Case(models.Model):
    """A difference between what should be and what is. Written by ``services`` only.

    ``subject``: what it is about, among those of its kind. ``is_current``: as far as is known it
    is still so, which may outlive the decision about it; there is one current case of a subject.
    ``evidence``: a list of ``life.Evidence``; ``signature``: what of it was decided on.
    ``since_at``: when the trouble began, ``opened_at``: when we saw it.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    station = models.ForeignKey(
        Station, on_delete=models.CASCADE, related_name="cases", db_index=False
    )
    session = models.ForeignKey(Session, null=True, on_delete=models.CASCADE, related_name="cases")
    evse_id = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in State])
    outcome = models.CharField(max_length=8, blank=True)
    is_current = models.BooleanField(default=True)
    evidence = models.JSONField(default=list)
    signature = models.CharField(max_length=16, blank=True)
    since_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=10, blank=True)
    decided_by = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(is_current=True), name="case_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-opened_at", "-id"], name="case_recent"),
            models.Index(
                fields=["organisation", "-opened_at", "-id"],
                condition=~Q(state=State.CLOSED.value),
                name="case_unsettled",
            ),
            models.Index(fields=["station", "-opened_at"], name="case_by_station"),
            models.Index(
                fields=["deadline_at"],
                condition=Q(state=State.WAITING.value),
                name="case_by_deadline",
            ),
        ]

    @property
    def needs_person(self) -> bool:
        return self.state == State.OPEN
