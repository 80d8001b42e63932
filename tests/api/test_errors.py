"""Bad input of every kind gets a 4xx of one shape."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import AsyncClient, Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.stations.models import Station
from tests import factories
from tests.api.conftest import NOW, Program
from tests.api.test_access import TABLE
from tests.quick import examples

WRITES = [(method, path) for method, path, _ in TABLE if method in ("POST", "PATCH")]
LISTS = [path for method, path, _ in TABLE if method == "GET" and "9" not in path]
BODIES = [
    b"", b"{", b"[]", b"7", b'"x"', b"null", b"\xff\xfe", b'{"uid": NaN}', b'{"uid": 1e999}',
    b'{"uid": "a\\u0000b"}', b'{"uid": "\\ud800"}', b'{"\\u0000": 1}', b"[" * 100_000,
    b'{"a":' * 200 + b"1" + b"}" * 200,
    b'{"uid": ' + b"9" * 5000 + b"}", b'{"uid": 1' + b"0" * 40 + b"}",
    b'{"identity": "' + b"x" * 1_100_000 + b'"}', b'{"uid": {"uid": []}}',
    '{"uid": "é"}'.encode("utf-16"),
]  # fmt: skip
NAMES = (
    "identity", "location", "password", "security_profile", "serial_number", "boot_policy",
    "topology", "command", "parameters", "reason", "action", "payload", "uid", "type", "status",
    "group", "is_master_pass", "expires_at", "language", "name", "currency", "is_default",
    "locations", "valid_from", "energy_per_kwh", "vat_pct", "timezone", "country",
)  # fmt: skip
FILTERS = (
    "q", "station", "token", "state", "started_after", "started_before", "action", "direction",
    "after", "before", "status", "uid", "connected", "location", "vendor", "protocol", "command",
    "cursor", "limit", "wait", "format",
)  # fmt: skip

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60)
    | st.sampled_from(["", "\0", "9" * 400, "reset", "NL-001", "Reset"])
    | st.sampled_from(["0001-01-01T00:00:00+23:59"])
    | st.sampled_from([10**18, 2**63, -1, 2**31, 1e308])
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)
patient = settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def check_shape(response: Any) -> None:
    assert response.status_code < 500
    if response.status_code >= 400:
        error = response.json()["error"]
        assert set(error) == {"code", "message", "details"}
        assert error["code"]
        assert error["message"]


@pytest.fixture
def paths(admin: Program, charger: Station) -> dict[str, str]:
    """The paths of the table with ids that exist."""
    session = factories.session(charger, started_at=NOW)
    made = {
        "sessions": session.pk,
        "commands": factories.command(charger, "reset", at=NOW).pk,
        "tokens": factories.token(charger.organisation, "AAAA").pk,
        "tariffs": factories.tariff(charger.organisation, NOW).tariff_id,
        "locations": charger.location_id,
    }
    return {path: path.replace("/9/", f"/{made.get(path.split('/')[0])}/") for _, path, _ in TABLE}


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_plain_json_is_refused(
    admin: Program, paths: dict[str, str], body: bytes
) -> None:
    for method, path in WRITES:
        response = admin.send(method, paths[path], body)
        check_shape(response)
        if method == "POST":
            assert 400 <= response.status_code < 500, (path, body[:40])


@patient
@given(body=st.dictionaries(st.sampled_from(NAMES), values, max_size=6))
def test_no_body_makes_an_error_of_ours(
    admin: Program, paths: dict[str, str], body: dict[str, Any]
) -> None:
    for method, path in WRITES:
        check_shape(admin.send(method, paths[path], json.dumps(body).encode()))


def lists_of_objects(schema: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Names of the members that hold lists of objects with required members of their own."""
    parts = document["components"]["schemas"]

    def resolved(one: dict[str, Any]) -> dict[str, Any]:
        return parts[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one

    members = resolved(schema).get("properties", {})
    return [
        name for name, kind in members.items() if resolved(kind.get("items", {})).get("required")
    ]


def test_what_lies_in_a_list_is_whole_also_where_only_a_part_is_changed(
    admin: Program, charger: Station
) -> None:
    document, tried = admin.get("schema/").json(), []
    for path, methods in document["paths"].items():
        body = methods.get("patch", {}).get("requestBody", {}).get("content", {})
        for kind in body.values():
            for name in lists_of_objects(kind["schema"], document):
                url = path.removeprefix("/api/v1/").replace("{identity}", charger.identity)
                tried.append(name)
                assert admin.patch(url, {name: [{}]}).status_code == 400, (url, name)
    assert sorted(tried) == ["steps", "topology"]
    deep = {"topology": [{"evse_id": 1, "connectors": [{}]}]}
    assert admin.patch(f"stations/{charger.identity}/", deep).status_code == 400


@patient
@given(query=st.dictionaries(st.sampled_from(FILTERS), leaves.map(str), max_size=4))
def test_no_query_makes_an_error_of_ours(
    admin: Program, paths: dict[str, str], query: dict[str, str]
) -> None:
    text = "&".join(f"{k}={quote(v.encode('utf-8', 'surrogatepass'))}" for k, v in query.items())
    for path in LISTS:
        check_shape(admin.get(f"{paths[path]}?{text}"))


@pytest.mark.parametrize(
    "query", ["q=%ff%fe", "station=%00", "cursor=%", "q=%ed%a0%80", "&&==", "%00=1"]
)
def test_a_query_of_strange_bytes_makes_no_error_of_ours(admin: Program, query: str) -> None:
    for path in LISTS:
        check_shape(admin.get(f"{path}?{query}"))


@pytest.mark.parametrize(
    "part", ["%00", "a%00b", "%ff", "%ED%A0%80", "..", "%2e%2e", "%0a", "9" * 5000, "9" * 19, "-1"]
)
def test_an_address_of_strange_characters_is_not_there(admin: Program, part: str) -> None:
    for folder in ("stations", "sessions", "commands", "tokens", "tariffs", "locations", "nothing"):
        for rest in ("", "commands/", "messages/", "x"):
            response = admin.get(f"{folder}/{part}/{rest}")
            assert response.status_code in (404, 405)
            check_shape(response)


@pytest.mark.parametrize("path", ["", "nothing/", "stations", "sessions/x/", "stations//", "a\n/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_not_there_for_anybody(
    admin: Program, path: str, method: str
) -> None:
    for program in (admin, Program(None)):
        response = program.send(method, path, b"")
        assert response.status_code == 404
        check_shape(response)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_method_that_an_address_does_not_have_is_named(admin: Program, method: str) -> None:
    for path in ("sessions/", "commands/", "sessions.csv", "messages/"):
        response = admin.send(method, path, b"{}")
        assert response.status_code == 405
        check_shape(response)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "x"])
def test_a_body_of_another_type_is_refused(admin: Program, kind: str) -> None:
    response = admin.post("tokens/", {"uid": "A"}, content_type=kind)
    assert response.status_code == 415
    check_shape(response)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("charset", ["utf-16", "base64", "rot13", "nothing", "idna"])
async def test_a_body_is_utf_8_whatever_its_header_says(
    admin: Program, asgi: AsyncClient, charset: str
) -> None:
    made = await asgi.generic(
        "POST",
        "/api/v1/tokens/?limit=5",
        '{"uid": "é"}'.encode(),
        content_type=f"application/json; charset={charset}",
        headers=admin.headers,
    )
    assert made.status_code == 201
    assert made.json()["uid"] == "é"


def test_one_address_has_one_format_whatever_is_accepted(admin: Program, charger: Station) -> None:
    for accept in ("text/html", "text/csv", "application/xml", "nonsense"):
        headers = {**admin.headers, "Accept": accept}
        for path in ("stations/", "sessions.csv", "schema/?format=xml"):
            assert Client().get(f"/api/v1/{path}", headers=headers).status_code == 200
