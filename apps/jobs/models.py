from django.db import models

from apps.accounts.models import Organisation
from apps.campaigns.models import Campaign, Running


class Job(models.Model):
    """What shall be done at the stations that are the targets of its ``campaign``.

    ``action``: a command or a deed, see ``orders``; ``parameters`` as it reads them, None until
    they are given. ``query``: the filter of the list that it was made from.
    ``may_interrupt``: cars that charge are no reason to leave a station out. ``deadline_s``: who
    cannot be told for so long is given up. ``prepared_at``: it was judged whom it suits.
    """

    campaign = models.OneToOneField(
        Campaign, primary_key=True, on_delete=models.CASCADE, related_name="job"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=40)
    parameters = models.JSONField(null=True)
    query = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    may_interrupt = models.BooleanField(default=False)
    deadline_s = models.PositiveIntegerField(default=3600)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    prepared_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-campaign"], name="job_recent")]

    @property
    def is_draft(self) -> bool:
        return self.campaign.state == Running.DRAFT

    @property
    def state(self) -> str:
        """draft | running | stopped | done."""
        if self.ended_at is not None and self.campaign.state == Running.RUNNING:
            return "done"
        return str(self.campaign.state)
