"""Rows of an installation that is there come over the update, whatever order apps migrate in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.campaigns.advance import advance
from apps.campaigns.models import Campaign, Target
from apps.commands.models import CommandRow
from apps.onboarding.models import RecipeStep, Setup
from apps.onboarding.services import try_again
from apps.onboarding.setups import SET_UPS
from apps.stations.models import Station
from tests.factories import OFFICE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = [
    ("power", "0003_by_command"),
    ("lists", "0002_stationlist_fingerprint"),
    ("onboarding", "0003_by_command"),
]
READ = {"name": "get_variables", "parameters": {}}
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


def test_set_ups_go_on(old: Callable[[str, str], Any]) -> None:
    organisation = old("accounts", "Organisation").objects.create(name="Old")
    place = old("stations", "Location").objects.create(organisation=organisation, name="Field")
    old("onboarding", "Step").objects.create(organisation=organisation, position=1, **READ)
    for name, states in {
        "running": ("done", "sent", "waiting"),
        "failed": ("done", "failed", "waiting"),
        "done": ("done", "skipped", "done"),
    }.items():
        station = old("stations", "Station").objects.create(
            organisation=organisation, location=place, identity=name, registered_at=NOW,
            protocol="ocpp2.0.1", boot_status="Pending",
        )  # fmt: skip
        setup = old("onboarding", "Setup").objects.create(station=station, stage=name)
        for position, state in enumerate(states, start=1):
            row = CommandRow.objects.create(
                organisation_id=organisation.pk, station_id=station.pk, identity=name,
                name="get_variables", created_at=NOW, expires_at=NOW, state="confirmed",
            )  # fmt: skip
            old("onboarding", "Task").objects.create(
                setup=setup, position=position, state=state, attempts=1, command_id=row.pk, **READ
            )
    update()
    assert RecipeStep.objects.get().name == "get_variables"
    assert advance(SET_UPS, now=NOW) == 1
    assert standing("running") == ("running", ["done", "done", "sent"])
    try_again(Station.objects.get(identity="failed"), actor=OFFICE, now=NOW)
    assert standing("failed") == ("running", ["done", "sent", "waiting"])
    assert standing("done") == ("done", ["done", "skipped", "done"])
    CommandRow.objects.filter(state="queued").update(state="confirmed")
    assert advance(SET_UPS, now=NOW) == 1
    assert standing("running") == ("done", ["done"] * 3)


def standing(identity: str) -> tuple[str, list[str]]:
    setup = Setup.objects.get(station__identity=identity)
    return setup.stage, list(setup.steps.values_list("state", flat=True))


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
