"""What two people do to one thing at once: the first does it, and only that is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

from apps.certificates import roots
from apps.history.models import Fact
from apps.onboarding import recipe
from apps.power import planned
from apps.stations import services as stations
from apps.stations import sites
from apps.tariffs import services as tariffs
from apps.tokens import services as tokens
from tests import factories
from tests.history.test_everybody_tells import Scene

Make = Callable[[Scene], Any]
Act = Callable[..., Any]
THINGS: dict[str, tuple[Make, Act, Act | None]] = {
    "location": (
        Scene.place,
        sites.remove_location,
        lambda row, actor: sites.change_location(row, actor=actor, city="Delft"),
    ),
    "station": (
        Scene.station,
        stations.remove_station,
        lambda row, actor: stations.change_station(row, actor=actor, boot_policy="accepted"),
    ),
    "token": (
        Scene.token,
        tokens.remove_token,
        lambda row, actor: tokens.change_token(row, actor=actor, status="blocked"),
    ),
    "tariff": (
        Scene.tariff,
        tariffs.remove_tariff,
        lambda row, actor: tariffs.change_tariff(row, actor=actor, name="Other"),
    ),
    "root": (Scene.root, roots.forget, None),
    "step": (
        Scene.step,
        recipe.remove_step,
        lambda row, actor: recipe.change_step(
            row, actor=actor, parameters=row.parameters, must_succeed=False
        ),
    ),
}
pytestmark = pytest.mark.django_db


def seen(row: Model) -> Model:
    """As another person has it before the eyes."""
    return type(row)._default_manager.get(pk=row.pk)


@pytest.mark.parametrize("thing", THINGS)
def test_what_is_removed_is_removed_once_and_changed_no_more(thing: str) -> None:
    scene = Scene(factories.cast())
    make, remove, change = THINGS[thing]
    row = make(scene)
    second, third = seen(row), seen(row)
    Fact.objects.all().delete()
    remove(row, actor=scene.by)
    with pytest.raises(ObjectDoesNotExist):
        remove(second, actor=scene.by)
    if change is not None:
        with pytest.raises(ObjectDoesNotExist):
            change(third, actor=scene.by)
    assert Fact.objects.count() == 1


def test_a_planned_limit_is_called_off_once() -> None:
    scene = Scene(factories.cast())
    push = scene.push(scene.by)
    second = seen(push)
    planned.call_off_limit(push, actor=scene.by)
    planned.call_off_limit(second, actor=scene.by)
    assert Fact.objects.filter(kind="push called off").count() == 1
