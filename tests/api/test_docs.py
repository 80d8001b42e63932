"""The OpenAPI document and the page made of it."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.domain.commands import COMMANDS, RawCall
from tests.api.conftest import Program
from tests.api.test_access import TABLE
from tests.factories import Cast


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def document(cast: Cast) -> dict[str, Any]:
    response = Client().get("/api/v1/schema/")
    assert response.status_code == 200
    return response.json()


def test_the_document_is_valid_and_complete(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema"))


def test_the_document_names_every_call(document: dict[str, Any]) -> None:
    told = {
        (method.upper(), re.sub(r"\{\w+\}", "*", path))
        for path, methods in document["paths"].items()
        for method in methods
    }
    called = {
        (method, f"/api/v1/{path}".replace("NL-001", "*").replace("/9/", "/*/"))
        for method, path, _ in TABLE
    }
    assert told == called


def test_what_is_told_has_the_fields_of_the_document(
    admin: Program, document: dict[str, Any]
) -> None:
    made = {
        "StationOut": admin.post("stations/", {"identity": "A"}).json(),
        "TokenOut": admin.post("tokens/", {"uid": "A"}).json(),
        "TariffOut": admin.post("tariffs/", {"name": "A"}).json(),
        "LocationOut": admin.post("locations/", {"name": "A"}).json(),
        "CommandOut": admin.post("stations/A/commands/", {"command": "reset"}).json(),
    }
    for name, told in made.items():
        assert set(told) == set(document["components"]["schemas"][name]["properties"])


def test_the_page_shows_every_call_and_needs_no_script(document: dict[str, Any]) -> None:
    response = Client().get("/api/v1/docs/")
    assert response.status_code == 200
    page = Page()
    page.feed(response.content.decode())
    assert not [tag for tag, _ in page.tags if tag in ("script", "style")]
    for _, attributes in page.tags:
        assert "style" not in attributes
        for name in ("href", "src"):
            assert not re.match(r"\w+:|//", attributes.get(name) or "")
    calls = sum(len(methods) for methods in document["paths"].values())
    assert sum(tag == "details" for tag, _ in page.tags) == calls
    for path in document["paths"]:
        assert f"<code>{path}</code>" in response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_every_command_is_documented_by_its_name(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    given = {name for name, kind in COMMANDS.items() if kind is not RawCall}
    assert set(schemas["CommandIn"]["discriminator"]["mapping"]) == given
    reset, start = schemas["reset"], schemas["start_session"]
    mode = reset["properties"]["parameters"]["properties"]["mode"]
    assert mode == {"type": "string", "enum": ["immediate", "on_idle"], "default": "on_idle"}
    assert (reset["required"], start["required"]) == (["command"], ["command", "parameters"])
    told = start["properties"]["parameters"]
    assert told["required"] == ["token"]
    assert "remote_start_id" not in told["properties"], "the system gives it"
    assert told["properties"]["evse_id"] == {"type": "integer", "minimum": 0, "nullable": True}
    item = schemas["set_variables"]["properties"]["parameters"]["properties"]["variables"]["items"]
    assert item["required"] == ["variable", "attributeValue"]


def test_the_page_explains_every_command(document: dict[str, Any]) -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    for name in document["components"]["schemas"]["CommandIn"]["discriminator"]["mapping"]:
        assert f"<code>{name}</code>" in page
    assert "parameters.charging_profile" in page
