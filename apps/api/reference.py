"""The OpenAPI document as a person reads it: groups of operations with tables of fields."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` with its path, such as ``evses[].id``."""

    name: str
    type: str
    is_required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    media_type: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the bodies that a call may have, by the word that says which one it is."""

    name: str
    about: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    about: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    variants: tuple[Variant, ...]
    answers: tuple[Answer, ...]

    @property
    def anchor(self) -> str:
        words = re.sub(r"[^a-z0-9_]+", "-", f"{self.method}-{self.path}".lower())
        return words.strip("-")


def groups(document: dict[str, Any]) -> list[tuple[str, list[Operation]]]:
    """Operations by tag, in the order of the document."""
    found: dict[str, list[Operation]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0]
            found[tag].append(_operation(document, method, path, operation))
    return list(found.items())


def _operation(
    document: dict[str, Any], method: str, path: str, operation: dict[str, Any]
) -> Operation:
    contents = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = next((content["schema"] for content in contents.values()), {})
    variants = tuple(_variants(document, schema))
    return Operation(
        method=method.upper(),
        path=path,
        about=operation.get("description", ""),
        parameters=tuple(_parameter(document, p) for p in operation.get("parameters", ())),
        body=() if variants else tuple(_fields(document, schema)),
        variants=variants,
        answers=tuple(_answers(document, operation.get("responses", {}))),
    )


def _variants(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[Variant]:
    named = _component(document, schema)
    for word, address in named.get("discriminator", {}).get("mapping", {}).items():
        one = _component(document, {"$ref": address})
        yield Variant(word, one.get("description", ""), tuple(_fields(document, one)))


def _component(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind one reference."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _parameter(document: dict[str, Any], given: dict[str, Any]) -> Field:
    kind = f"{_type(document, given['schema'])}, in the {given['in']}"
    return Field(given["name"], kind, given.get("required", False), given.get("description", ""))


def _answers(document: dict[str, Any], responses: dict[str, Any]) -> Iterator[Answer]:
    for status, response in responses.items():
        contents = response.get("content", {})
        if not contents:
            yield Answer(status, "", ())
        for media_type, content in contents.items():
            yield Answer(status, media_type, tuple(_fields(document, content.get("schema", {}))))


def _fields(
    document: dict[str, Any], schema: dict[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[Field]:
    """Every field and, indented by its path, what is inside it."""
    schema = _resolved(document, schema)
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        plain = _resolved(document, inner)
        about = inner.get("description") or plain.get("description", "")
        yield Field(f"{prefix}{name}", _type(document, inner), name in required, about)
        is_list = plain.get("type") == "array"
        within = plain.get("items", {}) if is_list else plain
        if depth < _DEEPEST:
            mark = f"{prefix}{name}[]." if is_list else f"{prefix}{name}."
            yield from _fields(document, within, mark, depth + 1)


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    plain = _resolved(document, schema)
    kind = plain.get("format") or plain.get("type") or "any"
    if kind == "array":
        kind = f"list of {_type(document, plain.get('items', {}))}"
    if choices := [str(choice) for choice in plain.get("enum", ()) if choice not in ("", None)]:
        kind = " | ".join(choices)
    return f"{kind} or null" if plain.get("nullable") or schema.get("nullable") else kind


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind references; a union of enumerations as the first of them."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            continue
        parts: list[dict[str, Any]] = schema.get("allOf") or schema.get("oneOf") or []
        if not parts:
            return schema
        rest = {k: v for k, v in schema.items() if k not in ("allOf", "oneOf")}
        schema = {**rest, **parts[0]}
