"""The review of a thousand stations asks no more than the review of ten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.jobs.models import Job
from apps.jobs.selectors import progress_of
from apps.jobs.services import Plan, freeze, prepare, start, stop
from apps.stations.selectors import list_stations
from tests.copies import copies
from tests.factories import Cast
from tests.jobs.conftest import NOW, RESET, stations

SETTING: dict[str, Any] = {
    "variables": [
        {
            "component": {"name": "OCPPCommCtrlr"},
            "variable": {"name": "HeartbeatInterval"},
            "attributeValue": "60",
        }
    ]
}


def queries(deed: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as caught:
        deed()
    return len(caught)


def costs(cast: Cast, count: int, action: str, given: dict[str, Any]) -> list[int]:
    """Of each step of a job for the first ``count`` stations."""
    some = list_stations(cast.operator).order_by("pk")
    last = some.values_list("pk", flat=True)[count - 1]
    made: list[Job] = []

    def frozen() -> None:
        made.append(freeze(cast.operator, some.filter(pk__lte=last), action, now=NOW))

    found = [queries(frozen)]
    job = made[0]
    assert job.campaign.targets.count() == count
    by = {"actor": cast.operator, "now": NOW}
    found.append(queries(lambda: prepare(job, Plan(given), **by)))
    found.append(queries(lambda: progress_of(cast.operator, [job])))
    found += [queries(lambda: start(job, **by)), queries(lambda: stop(job, **by))]
    return found


@pytest.mark.parametrize(("action", "given"), [("reset", RESET), ("set_variables", SETTING)])
def test_each_step_costs_the_same_for_any_number(
    cast: Cast, action: str, given: dict[str, Any]
) -> None:
    first = stations(cast, 1)[0]
    copies(first, 1_000, identity="'C' || n")
    costs(cast, 10, action, given)  # what is asked once
    few = costs(cast, 10, action, given)
    assert costs(cast, 100, action, given) == few
    assert costs(cast, 1_000, action, given) == few
