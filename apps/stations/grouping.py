"""Rows by which people sort their stations."""

from django.db import models


class StationTag(models.Model):
    """A word of people's own at a station. ``key``: see ``tag_words.key_of``."""

    station = models.ForeignKey("stations.Station", on_delete=models.CASCADE, related_name="tags")
    word = models.CharField(max_length=40)
    key = models.CharField(max_length=200)

    class Meta:
        app_label = "stations"
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["station", "key"], name="tag_once")]
        indexes = [models.Index(fields=["key", "station"], name="tag_by_key")]

    def __str__(self) -> str:
        return self.word


class StationGroup(models.Model):
    """Stations under a name: ``members``, or (``is_filter``) whoever fits ``query`` at the time.

    ``owner``: the only one who sees it; None is everybody of the organisation.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    owner = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=60)
    is_filter = models.BooleanField(default=False)
    query = models.CharField(max_length=1000, blank=True)
    members = models.ManyToManyField("stations.Station", blank=True, related_name="+")

    class Meta:
        app_label = "stations"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "owner", "name"], name="group_once"),
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(owner=None),
                name="shared_group_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
