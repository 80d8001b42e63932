"""Every task of the clock: so many queries a page, and nothing waits behind what cannot move."""

from math import ceil
from typing import Any

import pytest
from django.db import connection

from ocpp_platform.celery import app
from ocpp_platform.clock import SCHEDULE
from tests.copies import counted
from tests.jobs.crowd import jobs
from tests.platform import crowds
from tests.platform.crowds import STUCK

PAGE_ROWS, MOST_A_PAGE = 500, 60
CROWDS = {**crowds.CROWDS, "jobs.go_on": jobs}
# A query is a query on either database; PostgreSQL plans otherwise once there is something to plan.
ROWS = (
    pytest.param(100, marks=pytest.mark.embedded),
    1_000,
    pytest.param(10_000, marks=pytest.mark.embedded),
)
SMALL_PAGES = {  # each row brings a part of a list, its samples, or a case and its fact
    "reconciliation.reconcile": 250,
    "lists.keep": 100,
    "jobs.go_on": 200,
    "sessions.keep_samples": 100,
}


def test_every_task_of_the_clock_has_its_crowd() -> None:
    tasks = {entry["task"] for entry in SCHEDULE.values()}
    assert tasks == set(CROWDS), "each task has its crowd in tests/platform/crowds.py"


@pytest.mark.django_db
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("task", CROWDS)
def test_a_page_costs_the_same_and_all_that_can_move_does(
    task: str, rows: int, settings: Any
) -> None:
    app.loader.import_default_modules()
    settings.OCPP_READ_ON_BOOT = True
    moved = CROWDS[task](rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself, once rows are committed
    with counted() as asked:
        app.tasks[task]()
    assert moved() == rows
    pages = ceil((STUCK + rows) / SMALL_PAGES.get(task, PAGE_ROWS))
    assert asked[0] <= MOST_A_PAGE * pages
