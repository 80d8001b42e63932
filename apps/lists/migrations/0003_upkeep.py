"""How often a list was refused, and when it is sent again, stands with its campaign's target."""

from typing import Any

from django.db import migrations
from django.db.models import QuerySet
from django.utils import timezone

from ocpp_platform.migration import MoveRows

_NAME = "local lists"


def rest(lists: QuerySet[Any]) -> None:
    apps = lists.model._meta.apps
    campaigns, targets = (apps.get_model("campaigns", name) for name in ("Campaign", "Target"))
    resting = lists.filter(retry_at__isnull=False).exclude(is_supported=False)
    made: dict[int, Any] = {}
    for row in resting.select_related("station").order_by("pk"):
        key = row.station.organisation_id
        if key not in made:
            made[key], _ = campaigns.objects.get_or_create(
                organisation_id=key,
                kind="local_list",
                defaults={"name": _NAME, "actor": _NAME, "created_at": timezone.now()},
            )
        targets.objects.get_or_create(
            campaign=made[key],
            station_id=row.station_id,
            turn_at=made[key].created_at,
            defaults={
                "attempts": row.failures, "next_at": row.retry_at, "problem": "It was refused",
            },
        )


class Migration(migrations.Migration):
    atomic = False
    # Planned pushes keep their numbers: they become campaigns before any other is made.
    dependencies = [("lists", "0002_stationlist_fingerprint"), ("power", "0004_planned_limits")]

    operations = [
        MoveRows("lists", "StationList", rest),
        migrations.RemoveField("stationlist", "failures"),
        migrations.RemoveField("stationlist", "retry_at"),
    ]
