"""Rows of an installation that is there come over the update, whatever order apps migrate in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from operator import itemgetter
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
from apps.sessions.models import Sample, StraySample
from apps.stations.models import Station
from ocpp_platform import reshape
from ocpp_platform.migration import pieces
from tests import factories
from tests.factories import OFFICE

Model = Callable[[str, str], Any]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE_CAMPAIGNS = [
    ("power", "0003_by_command"), ("lists", "0002_stationlist_fingerprint"),
    ("stations", "0007_strangers"),
]  # fmt: skip
BEFORE_SET_UPS = [*BEFORE_CAMPAIGNS, ("onboarding", "0003_by_command")]
BEFORE_SMALL_SAMPLES = [("charging_sessions", "0006_changed_at")]
READ = {"name": "get_variables", "parameters": {}}
PROFILE = {"purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute", "schedules": []}


@pytest.fixture
def back_to(transactional_db: None) -> Iterator[Callable[[list[tuple[str, str]]], Model]]:
    """The models as they were; afterwards the database is as it was given to the test."""

    def go_back(before: list[tuple[str, str]]) -> Model:
        MigrationExecutor(connection).migrate(before)
        return MigrationExecutor(connection).loader.project_state(before).apps.get_model

    yield go_back
    update()


def update() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_set_ups_go_on(back_to: Any) -> None:
    old = back_to(BEFORE_SET_UPS)
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


def test_pushes_and_resting_lists_become_campaigns(back_to: Any) -> None:
    old = back_to(BEFORE_CAMPAIGNS)
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


WORDS = (
    "Transaction.Begin", "Interruption.Begin", "Interruption.End", "Sample.Clock",
    "Sample.Periodic", "Trigger", "Other", "Transaction.End",
)  # fmt: skip
PHASES = {
    "current_l1_a": 15.9, "current_l2_a": None, "current_l3_a": 0.0, "voltage_l1_v": 229.93,
    "voltage_l2_v": None, "voltage_l3_v": 400.1,
}  # fmt: skip
ODD = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2040, 2, 29, 23, 59, 59, 999999, tzinfo=UTC))


def reading(number: int, at: datetime, context: str) -> dict[str, Any]:
    return PHASES | {
        "at": at, "context": context, "register_wh": 123_456_789.123 + number,
        "power_w": 11_040.123456 if number % 2 else None, "soc_pct": 63.4,
        "is_trusted": number % 3 > 0,
    }  # fmt: skip


def months_of(model: Any) -> set[str]:
    """The partitions that hold rows."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT tableoid::regclass::text FROM {table}")
        return {name.removeprefix(f"{table}_") for (name,) in cursor.fetchall()}


def test_samples_of_the_old_shape_are_all_there_with_their_values(back_to: Any) -> None:
    old = back_to(BEFORE_SMALL_SAMPLES)
    instants = [*ODD, *(NOW + timedelta(days=20 * n, microseconds=n) for n in range(40))]
    told = [
        {"session_id": 5_000_000_000 + n % 7} | reading(n, at, context)
        for n, (at, context) in enumerate(product(instants, WORDS))
    ]
    stray = {"station_id": 3, "evse_id": 0, "received_at": NOW}
    strays = [stray | reading(n, NOW, context) for n, context in enumerate(WORDS)]
    old("charging_sessions", "Sample").objects.bulk_create(
        old("charging_sessions", "Sample")(**one) for one in told
    )
    old("charging_sessions", "StraySample").objects.bulk_create(
        old("charging_sessions", "StraySample")(**one) for one in strays
    )
    update()
    order = itemgetter("session_id", "at", "context")
    assert sorted(Sample.objects.values(*told[0]), key=order) == sorted(told, key=order)
    if connection.vendor == "postgresql":
        assert months_of(Sample) >= {"y2026m03", "y2026m04", "rest"}
    assert list(StraySample.objects.order_by("context").values(*strays[0])) == strays
    back_to(BEFORE_SMALL_SAMPLES)
    old("charging_sessions", "Sample").objects.update(voltage_l1_v=1e-46, soc_pct=-5e-324)
    exact = ("session_id", "at", "context", "register_wh", "power_w", "is_trusted")
    gone_back = old("charging_sessions", "Sample").objects.values_list(*exact)
    assert set(gone_back) == {itemgetter(*exact)(one) for one in told}
    update()
    assert set(Sample.objects.values_list("voltage_l1_v", "soc_pct")) == {(0.0, 0.0)}


def test_what_is_written_while_samples_move_comes_too(
    back_to: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = back_to(BEFORE_SMALL_SAMPLES)
    place = factories.cast().location
    station = factories.station(place, "CP1", now=NOW)
    running = old("charging_sessions", "Session").objects.create(
        organisation_id=place.organisation_id, station_id=station.pk, transaction_id="T1",
        protocol="ocpp2.0.1", started_at=NOW, last_event_at=NOW, last_received_at=NOW,
    )  # fmt: skip
    samples = old("charging_sessions", "Sample").objects
    samples.create(session_id=running.pk, **reading(1, NOW, "Trigger"))

    def moved_meanwhile(rows: Any, size: int) -> Iterator[Any]:
        yield from pieces(rows, size)
        samples.update(register_wh=2.0)
        samples.create(session_id=running.pk, **reading(3, NOW, "Other"))

    monkeypatch.setattr(reshape, "pieces", moved_meanwhile)
    update()
    kept = Sample.objects.filter(session_id=running.pk).values_list("context", "register_wh")
    assert list(kept) == [("Trigger", 2.0), ("Other", 123_456_792.123)]
