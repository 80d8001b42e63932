"""A scene, and browsers that are logged in."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from tests.factories import Cast
from tests.scene import scene as make_scene

LogIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _no_collected_files(settings: Settings) -> None:
    """Static files come from where they are written; nothing need have been collected."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="module")
def _laid(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The scene of a whole file: each test goes back to it, the last one takes it away."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_scene()
        transaction.set_rollback(True)


@pytest.fixture
def scene(_laid: Cast, db: None) -> Cast:
    return deepcopy(_laid)


@pytest.fixture
def log_in(scene: Cast) -> LogIn:
    """log_in("finance"): a client of the person in that role, or of the stranger."""

    def enter(role: str) -> Client:
        client = Client()
        client.force_login(scene.person(role))
        return client

    return enter
