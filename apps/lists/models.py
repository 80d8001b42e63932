from django.db import models

from apps.accounts.models import Organisation
from apps.stations.models import Station


class Scope(models.TextChoices):
    ACCEPTED = "accepted", "All accepted tokens"
    CHOSEN = "chosen", "Chosen tokens only"


class ListPolicy(models.Model):
    """What the stations of an organisation should hold; ``is_automatic``: kept so by us."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.ACCEPTED)
    is_automatic = models.BooleanField(default=False)


class Push(models.TextChoices):
    IDLE = "", "Nothing under way"
    PUSHING = "pushing", "Being sent"
    FAILED = "failed", "Refused"


class StationList(models.Model):
    """The local list of one station, as far as it is known.

    ``held``: what the station acknowledged, see ``plan.Held``; None is not known, and then a
    full list comes next; ``fingerprint`` is the short of it. ``version``: the highest ever
    used; ``version_held`` the one that the station acknowledged or told. ``forgotten``: keys of
    tokens that are kept from this station.
    """

    station = models.OneToOneField(Station, on_delete=models.CASCADE, related_name="local_list")
    version = models.PositiveIntegerField(default=0)
    version_held = models.PositiveIntegerField(null=True)
    held = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=16, blank=True)
    forgotten = models.JSONField(default=list)
    is_supported = models.BooleanField(null=True)
    push = models.CharField(max_length=8, choices=Push.choices, default=Push.IDLE, blank=True)
    answer = models.CharField(max_length=255, blank=True)
    answered_at = models.DateTimeField(null=True)
