"""Two networks with stations, and jobs at any step."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import Actor
from apps.commands.models import CommandRow, State
from apps.jobs.models import Job
from apps.jobs.services import Plan, freeze, prepare
from apps.stations.models import Station
from apps.stations.selectors import list_stations
from tests import factories
from tests.factories import Cast

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
RESET: dict[str, Any] = {"mode": "on_idle"}


@pytest.fixture
def cast(db: None) -> Cast:
    return factories.cast(NOW)


def stations(cast: Cast, count: int, word: str = "S", **fields: Any) -> list[Station]:
    return [
        factories.station(cast.location, f"{word}{n:04}", now=cast.now, **fields)
        for n in range(count)
    ]


def draft(cast: Cast, action: str = "reset", by: Actor | None = None) -> Job:
    actor = by or cast.operator
    return freeze(actor, list_stations(actor), action, now=NOW)


def reviewed(
    cast: Cast, action: str = "reset", given: dict[str, Any] | None = None, **plan: Any
) -> Job:
    job = draft(cast, action)
    prepare(job, Plan(RESET if given is None else given, **plan), actor=cast.operator, now=NOW)
    return job


def standing(job: Job) -> dict[str, str]:
    return dict(job.campaign.targets.values_list("station__identity", "state"))


def problems(job: Job) -> dict[str, str]:
    found = job.campaign.targets.exclude(problem="")
    return dict(found.values_list("station__identity", "problem"))


def told() -> list[str]:
    return list(CommandRow.objects.order_by("pk").values_list("identity", flat=True))


def end(state: str = State.CONFIRMED, **of: Any) -> None:
    CommandRow.objects.filter(state=State.QUEUED, **of).update(state=state)
