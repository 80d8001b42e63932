"""A set-up in many hands at once: nobody waits for ever, and what it says is how it stands."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connections
from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import Organisation
from apps.campaigns.advance import advance, advance_stations
from apps.campaigns.life import OPEN
from apps.campaigns.models import Target
from apps.commands.models import CommandRow, State
from apps.onboarding import services
from apps.onboarding.models import RecipeStep, Setup
from apps.onboarding.setups import SET_UPS
from apps.stations.models import Station
from apps.stations.services import add_station
from tests.factories import OFFICE

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENDS = (State.CONFIRMED, State.CONFIRMED, State.REJECTED, State.TIMED_OUT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_people_the_door_and_the_clock_at_once(network: Organisation) -> None:
    made = [
        add_station(organisation=network, identity=f"CP{n}", now=NOW, actor=OFFICE)
        for n in range(4)
    ]
    Station.objects.update(protocol="ocpp2.0.1", boot_status="Pending", is_connected=True)
    for position in range(1, 4):
        RecipeStep.objects.create(organisation=network, position=position, name="get_variables")
    broken: list[Exception] = []
    hands = [
        threading.Thread(target=_act, args=(made, random.Random(seed), broken)) for seed in range(4)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    assert broken == []
    while CommandRow.objects.filter(reason__startswith="Step", state=State.QUEUED).update(
        state=State.CONFIRMED
    ):
        advance(SET_UPS, now=NOW)
    advance(SET_UPS, now=NOW)
    assert not Target.objects.filter(state__in=OPEN).exists()
    assert not Setup.objects.filter(stage="running").exists()


def _act(made: list[Station], dice: random.Random, broken: list[Exception]) -> None:
    try:
        for _ in range(20):
            dice.choice(_DEEDS)(Station.objects.get(pk=dice.choice(made).pk), dice)
            assert not _stuck().exists()
    except Exception as error:  # noqa: BLE001 - told to the test
        broken.append(error)
    finally:
        connections.close_all()


def _stuck() -> QuerySet[Setup]:
    """Set-ups that run, and that nobody would ever go on with."""
    going = Target.objects.filter(station_id=OuterRef("station_id"), state__in=OPEN)
    return Setup.objects.filter(~Exists(going), stage="running")


def _answer(station: Station, dice: random.Random) -> None:
    waiting = CommandRow.objects.filter(station_id=station.pk, state=State.QUEUED)
    waiting.update(state=dice.choice(ENDS))
    advance_stations(SET_UPS, {station.pk}, now=NOW)


Deed = Callable[[Station, random.Random], object]
_DEEDS: tuple[Deed, ...] = (
    _answer,
    _answer,
    lambda _one, _dice: advance(SET_UPS, now=NOW),
    lambda one, _dice: services.begin(one.pk, actor=OFFICE, now=NOW),
    lambda one, _dice: services.try_again(one, actor=OFFICE, now=NOW),
    lambda one, _dice: services.reject(one, actor=OFFICE, now=NOW),
    lambda one, _dice: services.accept(one, actor=OFFICE, now=NOW),
)
