"""Two at once are never given the same number: by two connections, as two people have them."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from apps.accounts.models import Organisation, User
from apps.commands.services import queue
from apps.domain.commands import parse
from apps.onboarding import recipe
from apps.onboarding.models import RecipeStep
from apps.onboarding.steps import SETTING
from apps.power.services import prepare
from apps.stations.models import Station
from apps.stations.services import add_station
from tests.factories import OFFICE

NOW = datetime.now(UTC)
PROFILES = [
    {
        "purpose": "TxDefaultProfile", "stack_level": level, "kind": "Absolute",
        "schedules": [{"unit": "A", "start_at": (NOW + timedelta(hours=1)).isoformat(),
                       "periods": [{"start_s": 0, "limit": 10}]}],
    }
    for level in (0, 1)
]  # fmt: skip
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy() -> Station:
    network = Organisation.objects.create(name="Numbers")
    return add_station(organisation=network, identity="NUM1", now=NOW, actor=OFFICE)


def test_profiles(busy: Station) -> None:
    def number(profile: dict[str, Any], meanwhile: Callable[[], None]) -> int:
        command = parse("set_charging_profile", {"evse_id": 1, "profile": profile})
        whole = prepare(busy, command)
        meanwhile()
        whom = {"organisation_id": busy.organisation_id, "station_id": busy.pk}
        queue(**whom, identity=busy.identity, command=whole, now=NOW)
        return int(whole.profile["id"])

    assert sorted(both(number, PROFILES)) == [1, 2]


def test_steps_of_a_set_up(busy: Station) -> None:
    anna = User.objects.create_user("anna", organisation=busy.organisation, role="admin")
    setting = {"value": "90", "key": "ConnectionTimeOut", "component": "TxCtrlr",
               "variable": "EVConnectionTimeOut"}  # fmt: skip

    def add(_: int, meanwhile: Callable[[], None]) -> int:
        made = recipe.add_step(anna, name=SETTING, parameters=setting)
        meanwhile()
        return made.position

    assert sorted(both(add, [1, 2])) == [1, 2]
    assert RecipeStep.objects.count() == 2


def both(act: Callable[[Any, Callable[[], None]], int], given: list[Any]) -> list[int]:
    """What two transactions make of ``given``; neither ends before the other has come as far
    as it can: to ``meanwhile`` too, or to a lock.
    """
    told: list[int] = []
    came: list[Any] = []

    def run(one: Any) -> None:
        def meanwhile() -> None:
            came.append(one)
            wait_for_the_other()

        try:
            with transaction.atomic():
                told.append(act(one, meanwhile))
        finally:
            connections.close_all()

    def wait_for_the_other() -> None:
        for _ in range(10_000):
            if len(came) == len(given) or told or waits_for_a_lock():
                return
        raise TimeoutError("the other transaction neither came nor waits")

    threads = [threading.Thread(target=run, args=(one,)) for one in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
