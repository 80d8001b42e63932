"""A limit that was raised and is not taken up is said, once there was time for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.commands.models import CommandRow
from apps.power.uptake import is_kept, list_kept
from apps.sessions.models import Sample, Session
from tests.factories import Cast
from tests.scene import scene as make_scene


@pytest.mark.parametrize(
    ("before_a", "allowed_a", "drawn_a", "kept"),
    [
        (6, 16, 6.0, True),
        (6, 16, 5.9, True),
        (6, 16, 15.8, False),
        (6, 16, 1.0, False),
        (6, 16, 8.0, False),
        (16, 6, 6.0, False),
        (16, 16.5, 16.0, False),
    ],
)
def test_what_is_drawn_is_the_limit_before(
    before_a: float, allowed_a: float, drawn_a: float, kept: bool
) -> None:
    assert is_kept(before_a, allowed_a, drawn_a) is kept


@pytest.fixture
def scene(db: None, settings: Any) -> Cast:
    settings.WHITENOISE_AUTOREFRESH = True
    return make_scene()


def limited(scene: Cast, minutes_ago: int, limit_a: float) -> None:
    station, at = scene.extras["busy"], scene.now - timedelta(minutes=minutes_ago)
    profile = {
        "id": 1,
        "stack_level": 0,
        "purpose": "TxDefaultProfile",
        "kind": "Relative",
        "schedules": [{"unit": "A", "periods": [{"start_s": 0, "limit": limit_a}]}],
    }
    CommandRow.objects.create(
        organisation_id=station.organisation_id, station_id=station.pk, state="confirmed",
        identity=station.identity, name="set_charging_profile", created_at=at, answered_at=at,
        expires_at=at, parameters={"evse_id": 1, "profile": profile},
    )  # fmt: skip


def drawing(scene: Cast, drawn_a: float) -> Session:
    running: Session = scene.extras["running"]
    Session.objects.filter(pk=running.pk).update(
        evse_id=1, started_at=scene.now - timedelta(hours=2)
    )
    Sample.objects.filter(session_id=running.pk).delete()
    Sample.objects.create(
        session_id=running.pk, at=scene.now - timedelta(seconds=30), context="Sample.Periodic",
        current_l1_a=drawn_a, current_l2_a=drawn_a, current_l3_a=0.0,
    )  # fmt: skip
    return running


@pytest.mark.parametrize(("minutes", "drawn_a", "said"), [(10, 6, 1), (2, 6, 0), (10, 15.9, 0)])
def test_a_raised_limit_that_is_not_taken_up_is_said(
    scene: Cast, minutes: int, drawn_a: float, said: int
) -> None:
    limited(scene, 60, 6)
    limited(scene, minutes, 16)
    running = drawing(scene, drawn_a)
    found = list_kept(scene.person("operator"), scene.extras["busy"], scene.now)
    assert [(one.session_id, one.before_a, one.allowed_a) for one in found] == (
        [(running.pk, 6, 16)] * said
    )
    client = Client()
    client.force_login(scene.person("operator"))
    address = reverse("dashboard:station", args=[scene.extras["busy"].identity])
    shown = client.get(f"{address}?tab=power").content.decode()
    assert ("as it might before (6 A)" in shown) == bool(said)
