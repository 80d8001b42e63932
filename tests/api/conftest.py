"""Programs of one organisation with a key in each role, and a stranger's."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient, Client

from apps.accounts.keys import create_api_key
from apps.accounts.roles import Role
from apps.stations.models import Station
from tests import factories
from tests.factories import OFFICE, Cast

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROOT = "/api/v1"


class Program:
    """Calls the API with a key; ``.get("stations/")`` gives status and parsed body at once."""

    def __init__(self, secret: str | None) -> None:
        self.headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        self.client = Client()

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(self.url(path), query or None, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, **extra: Any) -> Any:
        """``body`` is JSON, or bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body)
        extra.setdefault("content_type", "application/json")
        return self.client.generic(method, self.url(path), raw, headers=self.headers, **extra)

    def post(self, path: str, body: Any, **extra: Any) -> Any:
        return self.send("POST", path, body, **extra)

    def patch(self, path: str, body: Any) -> Any:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.send("DELETE", path, b"")

    def all(self, path: str, **query: Any) -> list[Any]:
        """The results of every page."""
        page = self.get(path, **query).json()
        found = list(page["results"])
        while page["next"]:
            page = self.client.get(page["next"], headers=self.headers).json()
            found += page["results"]
        return found

    @staticmethod
    def url(path: str) -> str:
        return path if path.startswith("http") else f"{ROOT}/{path}"


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.WHITENOISE_AUTOREFRESH = True  # no folder of collected files is needed
    return factories.cast(NOW)


@pytest.fixture
def program_of(cast: Cast) -> Callable[[str], Program]:
    """By role; "stranger" is the administrator of another organisation."""

    def made(role: str) -> Program:
        person = cast.person(role)
        _, secret = create_api_key(
            organisation=person.organisation, name=role, role=Role(person.role), actor=OFFICE
        )
        return Program(secret)

    return made


@pytest.fixture
def admin(program_of: Callable[[str], Program]) -> Program:
    return program_of("admin")


@pytest.fixture
async def asgi() -> AsyncIterator[AsyncClient]:
    """A client of the ASGI side; the thread that served it lets its connection go."""
    yield AsyncClient()
    await sync_to_async(lambda: connection.close())()


@pytest.fixture
def stranger(program_of: Callable[[str], Program]) -> Program:
    return program_of("stranger")


@pytest.fixture
def charger(cast: Cast) -> Station:
    """NL-001: OCPP 2.0.1, connected, two EVSEs."""
    return factories.station(cast.location, "NL-001", now=NOW, statuses=("Available", "Occupied"))
