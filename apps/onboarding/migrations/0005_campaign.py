"""Set-ups that run go on as targets of a campaign."""

from typing import Any

from django.db import migrations
from django.db.models import QuerySet
from django.utils import timezone

from ocpp_platform.migration import MoveRows

_ACTOR, _STEP_EXPIRY_S = "set-up", 7 * 86_400


def aim(setups: QuerySet[Any]) -> None:
    apps = setups.model._meta.apps
    running = list(setups.filter(stage="running").select_related("station").order_by("pk"))
    steps = apps.get_model("onboarding", "SetupStep").objects
    sent = steps.filter(setup__in=running, state="sent", command_id__isnull=False)
    under_way = {step.setup_id: step for step in sent}
    made: dict[int, Any] = {}
    for setup in running:
        campaign = _campaign_of(setup.station.organisation_id, apps, made)
        step = under_way.get(setup.pk)
        apps.get_model("campaigns", "Target").objects.get_or_create(
            campaign=campaign,
            station_id=setup.station_id,
            turn_at=campaign.created_at,
            defaults={
                "state": "sent" if step else "waiting",
                "attempts": step.attempts if step else 0,
                "command_id": step.command_id if step else None,
            },
        )


def _campaign_of(organisation_id: int, apps: Any, made: dict[int, Any]) -> Any:
    if organisation_id not in made:
        made[organisation_id], _ = apps.get_model("campaigns", "Campaign").objects.get_or_create(
            organisation_id=organisation_id,
            kind="set_up",
            defaults={
                "name": _ACTOR, "actor": _ACTOR, "expires_s": _STEP_EXPIRY_S,
                "created_at": timezone.now(),
            },
        )  # fmt: skip
    return made[organisation_id]


class Migration(migrations.Migration):
    atomic = False
    # Planned pushes keep their numbers: they become campaigns before any other is made.
    dependencies = [("onboarding", "0004_names"), ("power", "0004_planned_limits")]

    operations = [MoveRows("onboarding", "Setup", aim)]
