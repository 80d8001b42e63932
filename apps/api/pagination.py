"""Cursor pages: stable while rows arrive, the same cost at any depth."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from apps.api.errors import Invalid
from apps.domain.texts import whole_number
from ocpp_platform import keyset

PLACE = frozenset({"cursor", "limit"})


class CursorPages(BasePagination):
    """``{"results": […], "next": URL or null}``; ``?limit=`` up to 500.

    ``order`` of the view are field names, none of them nullable, the last of them unique.
    ``among`` as ``keyset.take`` has it: a page may then hold less than it could, and lead on.
    """

    among: QuerySet[Any] | None = None
    page_size = 50
    max_page_size = 500

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        order: tuple[str, ...] = view.order  # type: ignore[union-attr]
        size = self._size(request, view)
        cursor = request.query_params.get("cursor", "")
        try:
            found = keyset.take(queryset, order, size, cursor, self.among)
        except keyset.BadCursor as error:
            raise Invalid("invalid_cursor", str(error)) from error
        self._next = None
        if found.cursor:
            url = request.build_absolute_uri()
            self._next = replace_query_param(url, "cursor", found.cursor)
        return found.items

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
        if not (size := whole_number(given)):
            raise Invalid("invalid", "The request does not fit; see details.",
                          {"limit": ["A whole number from 1 on is needed."]})  # fmt: skip
        return min(size, self.max_page_size)
