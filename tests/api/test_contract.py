"""The API does what its OpenAPI document says, whatever a program sends."""

from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.stations.models import Station
from tests import factories
from tests.api.conftest import NOW, Program
from tests.quick import examples

EXAMPLES = examples(2)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": 7,
        "generation": {"mode": "all", "deterministic": True, "database": "none"},
        "phases": {
            "examples": {"enabled": False},
            "coverage": {"enabled": True, "unexpected-methods": []},
            "fuzzing": {"enabled": True},
            "stateful": {"enabled": False},
        },
    }
)
# To play each of forty-odd bodies takes minutes; test_docs tells that they are as declared.
ANY_COMMAND = {
    "type": "object",
    "required": ["command"],
    "properties": {
        "command": {"type": "string", "maxLength": 40},
        "parameters": {"type": "object", "additionalProperties": {}},
        "reason": {"type": "string", "maxLength": 200},
    },
}


def _document() -> dict[str, Any]:
    document = SchemaGenerator().get_schema(request=None, public=True)
    document["components"]["schemas"]["CommandIn"] = ANY_COMMAND
    return document


schema = schemathesis.openapi.from_dict(_document(), config=CONFIG)


@cache
def _handler() -> Any:
    return get_wsgi_application()


def _application(environ: Any, start_response: Any) -> Any:
    """Made at the first request: by then the settings are those of the tests."""
    return _handler()(environ, start_response)


schema.app = _application


@pytest.fixture
def there(charger: Station) -> dict[str, Any]:
    """What the names in an address stand for, so that a call goes past the look-up."""
    return {
        "identity": charger.identity,
        "session_id": factories.session(charger, started_at=NOW).pk,
        "command_id": factories.command(charger, "reset", at=NOW).pk,
        "token_id": factories.token(charger.organisation, "AAAA").pk,
        "tariff_id": factories.tariff(charger.organisation, NOW).tariff_id,
        "location_id": charger.location_id,
    }


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_call_of_a_program_fails_or_answers_otherwise_than_documented(
    case: schemathesis.Case, admin: Program, there: dict[str, Any]
) -> None:
    case.path_parameters = {name: there.get(name, 9) for name in case.path_parameters}
    headers = {**admin.headers, "Accept-Encoding": "identity"}  # the client here unpacks nothing
    case.call_and_validate(headers=headers, checks=CHECKS)
