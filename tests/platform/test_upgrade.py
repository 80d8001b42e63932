"""Rows of an installation that is there come over the update, whatever order apps migrate in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.campaigns.models import Campaign, Target

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = [("power", "0003_by_command"), ("lists", "0002_stationlist_fingerprint")]
PROFILE = {"purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute", "schedules": []}


@pytest.fixture
def old(transactional_db: None) -> Iterator[Callable[[str, str], Any]]:
    """The models as they were; afterwards the database is as it was given to the test."""
    MigrationExecutor(connection).migrate(BEFORE)
    apps = MigrationExecutor(connection).loader.project_state(BEFORE).apps
    yield apps.get_model
    update()


def update() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_pushes_and_resting_lists_become_campaigns(old: Callable[[str, str], Any]) -> None:
    organisation = old("accounts", "Organisation").objects.create(name="Old")
    place = old("stations", "Location").objects.create(organisation=organisation, name="Field")
    first, second = (
        old("stations", "Station").objects.create(
            organisation=organisation, location=place, identity=f"CP{n}", registered_at=NOW
        )
        for n in range(2)
    )
    push = old("power", "Push").objects.create(
        organisation=organisation, name="Evening", is_of_group=True, profile=PROFILE, evse_id=1,
        due_at=NOW, every="daily", timezone="Europe/Amsterdam", actor="Ada", created_at=NOW,
    )  # fmt: skip
    push.group.set([first, second])
    delivery = old("power", "PushDelivery").objects
    delivery.create(push=push, station=first, due_at=NOW, command_id=7, outcome="confirmed")
    delivery.create(push=push, station=second, due_at=NOW, outcome="refused", problem="No EVSE 1")
    delivery.create(push=push, station=second, due_at=NOW + timedelta(days=1), command_id=8)
    old("lists", "StationList").objects.create(station=second, failures=3, retry_at=NOW)
    update()
    planned = Campaign.objects.get(pk=push.pk)
    assert (planned.kind, planned.name, planned.due_at) == ("planned_limit", "Evening", NOW)
    assert planned.parameters == {"evse_id": 1, "profile": PROFILE}
    assert set(planned.group.values_list("identity", flat=True)) == {"CP0", "CP1"}
    states = planned.targets.order_by("pk").values_list("station__identity", "state", "command_id")
    assert list(states) == [("CP0", "reached", 7), ("CP1", "failed", None), ("CP1", "sent", 8)]
    resting = Target.objects.get(campaign__kind="local_list")
    assert (resting.station_id, resting.attempts, resting.next_at) == (second.pk, 3, NOW)
