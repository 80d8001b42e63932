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
