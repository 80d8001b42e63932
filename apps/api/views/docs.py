"""The API about itself: the OpenAPI document, a page to read it, and what is not there."""

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import reference
from apps.api.resource import Resource


class _Open(Resource):
    """Needs no key: it tells nothing of anybody's."""

    authentication_classes = []
    permission_classes = [AllowAny]


@extend_schema(exclude=True)
class Schema(_Open):
    """OpenAPI 3 as JSON."""

    def get(self, request: Request) -> Response:
        return Response(_document())


@extend_schema(exclude=True)
class Docs(_Open):
    """The same as a page: no script, nothing from elsewhere."""

    def get(self, request: Request) -> HttpResponse:
        document = _document()
        context = {"title": document["info"]["title"], "groups": reference.groups(document)}
        return render(request._request, "api/docs.html", context)


@extend_schema(exclude=True)
class Nowhere(_Open):
    """Every other address below the API's."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        hint = "" if request.path.endswith("/") else " Addresses end with a slash."
        raise Http404(f"There is no such address; see /api/v1/docs/.{hint}")


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)
