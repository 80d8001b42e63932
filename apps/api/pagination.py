"""Cursor pages: stable while rows arrive, the same cost at any depth."""

import base64
import json
from typing import Any

from django.db.models import DateTimeField, IntegerField, Model, Q
from django.utils.dateparse import parse_datetime
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from apps.api.errors import Invalid
from apps.domain.texts import is_storable

_INT64 = 2**63


class CursorPages(BasePagination):
    """``{"results": […], "next": URL or null}``; ``?limit=`` up to 500.

    ``order`` of the view are field names, none of them nullable, the last of them unique.
    """

    page_size = 50
    max_page_size = 500

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        order: tuple[str, ...] = view.order  # type: ignore[union-attr]
        size = self._size(request, view)
        rows = queryset.order_by(*order)
        cursor = request.query_params.get("cursor", "")
        if cursor:
            rows = rows.filter(_beyond(order, _decode(cursor, order, queryset.model)))
        found = list(rows[: size + 1])
        self._next = None
        if len(found) > size:
            url = request.build_absolute_uri()
            self._next = replace_query_param(url, "cursor", _encode(found[size - 1], order))
        return found[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "format": "uri", "nullable": True},
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        size["default"] = getattr(view, "page_size", self.page_size)
        cursor = {"type": "string"}
        about = "From next of the page before."
        return [
            {"name": "limit", "in": "query", "schema": size, "description": "Rows of a page."},
            {"name": "cursor", "in": "query", "schema": cursor, "description": about},
        ]

    def _size(self, request: Request, view: APIView | None) -> int:
        given = request.query_params.get("limit", "")
        if not given:
            return int(getattr(view, "page_size", self.page_size))
        if not (given.isascii() and given.isdecimal() and 0 < len(given) < 10 and int(given)):
            raise Invalid("invalid", "The request does not fit; see details.",
                          {"limit": ["A whole number from 1 on is needed."]})  # fmt: skip
        return min(int(given), self.max_page_size)


def _beyond(order: tuple[str, ...], position: list[Any]) -> Q:
    """Lexicographically after ``position``; the first bound alone lets an index be used."""
    beyond, equal = Q(), Q()
    for name, value in zip(order, position, strict=True):
        field = name.lstrip("-")
        beyond |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{order[0].lstrip('-')}__{bound}": position[0]}) & beyond


def _encode(row: Model, order: tuple[str, ...]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    text = json.dumps(values, default=lambda instant: instant.isoformat())
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, order: tuple[str, ...], model: type[Model]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [
            _typed(model, name.lstrip("-"), value)
            for name, value in zip(order, values, strict=True)
        ]
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("invalid_cursor", "This cursor was not given out here.") from error


def _typed(model: type[Model], name: str, value: Any) -> Any:
    """``value`` as the field has it; ValueError or TypeError where it cannot be from us."""
    field = model._meta.get_field(name)
    if isinstance(field, DateTimeField):
        instant = parse_datetime(value)
        if instant is None or instant.tzinfo is None:
            raise ValueError(value)
        return instant
    expected = int if isinstance(field, IntegerField) else str
    if type(value) is not expected:
        raise TypeError(value)
    if not (is_storable(value) if isinstance(value, str) else -_INT64 <= value < _INT64):
        raise ValueError(value)
    return value
