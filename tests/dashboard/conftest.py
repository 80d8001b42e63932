"""A scene, and browsers that are logged in."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories import Cast
from tests.scene import scene as make_scene

LogIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _no_collected_files(settings: Settings) -> None:
    """Static files come from where they are written; nothing need have been collected."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def scene(db: None) -> Cast:
    return make_scene()


@pytest.fixture
def log_in(scene: Cast) -> LogIn:
    """log_in("finance"): a client of the person in that role, or of the stranger."""

    def enter(role: str) -> Client:
        client = Client()
        client.force_login(scene.person(role))
        return client

    return enter
