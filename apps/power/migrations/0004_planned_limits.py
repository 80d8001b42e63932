"""Planned pushes are campaigns, under the numbers that they had; their deliveries are targets."""

from typing import Any

from django.core.management.color import no_style
from django.db import connections, migrations
from django.db.models import QuerySet

from ocpp_platform.migration import MoveRows

_SAME = (
    "id", "organisation_id", "name", "station_id", "location_id", "is_of_group", "due_at", "every",
    "timezone", "expires_s", "actor", "created_at",
)
_REACHED = ("accepted", "confirmed")


def plan(pushes: QuerySet[Any]) -> None:
    campaigns = _models(pushes, "Campaign")
    rows = list(pushes)
    campaigns.objects.bulk_create(
        [
            campaigns(
                kind="planned_limit",
                parameters={"evse_id": push.evse_id, "profile": push.profile},
                **{name: getattr(push, name) for name in _SAME},
            )
            for push in rows
        ],
        ignore_conflicts=True,
    )
    member, was = campaigns.group.through, pushes.model.group.through
    found = was.objects.filter(push_id__in=[push.pk for push in rows])
    member.objects.bulk_create(
        [member(campaign_id=one.push_id, station_id=one.station_id) for one in found],
        ignore_conflicts=True,
    )
    connection = connections[pushes.db]
    with connection.cursor() as cursor:  # the numbers that come next are free
        for statement in connection.ops.sequence_reset_sql(no_style(), [campaigns]):
            cursor.execute(statement)


def aim(deliveries: QuerySet[Any]) -> None:
    targets = _models(deliveries, "Target")
    targets.objects.bulk_create(
        [
            targets(
                campaign_id=one.push_id,
                station_id=one.station_id,
                turn_at=one.due_at,
                state=_state(one),
                attempts=one.command_id is not None,
                command_id=one.command_id,
                outcome=one.outcome,
                problem=one.problem,
            )
            for one in deliveries
        ],
        ignore_conflicts=True,
    )


def _state(delivery: Any) -> str:
    if not delivery.outcome:
        return "sent"
    return "reached" if delivery.outcome in _REACHED else "failed"


def _models(rows: QuerySet[Any], name: str) -> Any:
    return rows.model._meta.apps.get_model("campaigns", name)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("power", "0003_by_command"), ("campaigns", "0001_initial")]

    operations = [
        MoveRows("power", "Push", plan),
        MoveRows("power", "PushDelivery", aim),
        migrations.DeleteModel("PushDelivery"),
        migrations.DeleteModel("Push"),
    ]
