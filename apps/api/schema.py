"""What the OpenAPI document says of all operations alike: keys, and how a call is refused."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

_READS = ("get", "head", "options")
_REFUSAL = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string", "description": "For programs; it stays the same."},
                "message": {"type": "string", "description": "For people."},
                "details": {"description": "What to correct, where that can be said."},
            },
        }
    },
}
_WHY = {
    "400": "The query or the body does not fit; details says where.",
    "401": "The key is missing, unknown, revoked or has ended.",
    "403": "The role of the key does not allow that.",
    "404": "There is nothing here that this key may see.",
    "409": "It contradicts what is already there.",
    "413": "The body is too large.",
    "415": "The body is no JSON.",
    "503": "The database cannot be reached; Retry-After says when to come again.",
}


class BearerKey(OpenApiAuthenticationExtension):
    target_class = "apps.api.authentication.ApiKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def with_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The document with every status that an operation may be refused with."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Refusal"] = _REFUSAL
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    components["responses"] = {
        f"Refused{status}": {"description": why, "content": content} for status, why in _WHY.items()
    }
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            for status in _refusals(method, path, has_body="requestBody" in operation):
                answer = {"$ref": f"#/components/responses/Refused{status}"}
                operation["responses"].setdefault(status, answer)
    return result


def _refusals(method: str, path: str, *, has_body: bool) -> Iterator[str]:
    yield from ("400", "401", "403", "503")
    if "{" in path:
        yield "404"
    if method not in _READS:
        yield "409"
    if has_body:
        yield from ("413", "415")
