from django.db import models

from apps.accounts.models import Organisation


class Habit(models.Model):
    """Whether stations of a make, model and firmware take commands put in one way, as they showed.

    ``way``: of domain.ways. ``works``: None while it is not known.
    ``refusals``: in a row, without an acceptance ever. ``identity``, ``command_id``, ``answer``:
    who showed it last, and by what.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    vendor = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    firmware = models.CharField(max_length=100, blank=True)
    way = models.CharField(max_length=60)
    works = models.BooleanField(null=True)
    refusals = models.PositiveIntegerField(default=0)
    identity = models.CharField(max_length=48, blank=True)
    command_id = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=100, blank=True)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "vendor", "model", "firmware", "way"], name="habit_once"
            ),
        ]
