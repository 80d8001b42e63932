"""Members of a body that nobody reads: a mistyped name is an error, and never the same as none.

Nor is a member that says something of another choice than the one that is made.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.serializers import BaseSerializer, Field, ListField, ListSerializer, Serializer

MOST = 20


def unknown(kind: BaseSerializer, given: Any) -> list[str]:
    """Where they stand, as ``topology[0].conector_id``; at most MOST of them."""
    found = _unknown(kind, given, "")
    return [where for where, _ in zip(found, range(MOST), strict=False)]


def check_belongs(
    given: Mapping[str, Any], choice: str, belongs: Mapping[str, frozenset[str]]
) -> None:
    """``belongs``: of a member, the choices that it says something of. Raises ValidationError."""
    odd = [
        name
        for name, choices in belongs.items()
        if given.get(name) is not None and choice not in choices
    ]
    if odd:
        raise ValidationError({name: [f"{choice!r} has no such member."] for name in odd})


def _unknown(field: Field | None, given: Any, where: str) -> Iterator[str]:
    if isinstance(field, Serializer):
        if isinstance(given, Mapping):
            yield from _of_object(field, given, where)
    elif isinstance(field, ListField | ListSerializer) and isinstance(given, list):
        for number, one in enumerate(given):
            yield from _unknown(field.child, one, f"{where}[{number}]")


def _of_object(kind: Serializer, given: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, value in given.items():
        field = kind.fields.get(name)
        path = f"{where}.{name}" if where else str(name)
        if field is None or field.read_only:
            yield path
        else:
            yield from _unknown(field, value, path)
