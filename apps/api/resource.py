"""The base of every REST view: who asks, what the request says, how a page leaves."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from apps.accounts.models import ApiKey
from apps.accounts.roles import Permission
from apps.api.members import unknown
from apps.api.pagination import PLACE, CursorPages
from apps.api.parsers import JsonBody
from apps.domain.texts import are_storable


class OneFormat(DefaultContentNegotiation):
    """Each address has one format, whatever ``Accept`` and ``?format=`` say."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class Resource(APIView):
    """``read_permission`` and ``write_permission`` say who may call; None is any key.

    ``order`` is the order of the list, see CursorPages.
    """

    read_permission: Permission | tuple[Permission, ...] | None = None
    write_permission: Permission | tuple[Permission, ...] | None = None
    parser_classes = [JsonBody]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OneFormat
    pagination_class: type[CursorPages] | None = None
    metadata_class = None
    order: tuple[str, ...] = ("id",)
    _is_query_checked = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not are_storable(kwargs.values()):
            raise Http404
        odd = [n for n, v in request.query_params.items() if not are_storable([n, v])]
        if odd:
            raise ValidationError({name: ["It holds a character that is none."] for name in odd})

    @property
    def actor(self) -> ApiKey:
        return cast(ApiKey, self.request.user)

    def query(self, *kinds: type[Serializer]) -> dict[str, Any]:
        """The query string as ``kinds`` read it, which must be all of it but the place of a page:
        a name that none of them knows may be a filter, mistyped. Empty values count as absent.
        """
        given = {name: text for name, text in self.request.query_params.items() if text != ""}
        serializers = [kind(data=given) for kind in kinds]
        self._check_names({str(name) for one in serializers for name in one.fields})
        return {name: value for one in serializers for name, value in _valid(one).items()}

    def body(self, kind: type[Serializer], *, partial: bool = False) -> dict[str, Any]:
        """The body as ``kind`` reads it, which must be all of it: a member that it does not know
        is refused, as it may be one that is meant, mistyped.
        """
        serializer = kind(data=self.request.data, partial=partial)
        if names := unknown(serializer, self.request.data):
            raise ValidationError({name: ["There is no such member here."] for name in names})
        return _valid(serializer)

    def page(
        self,
        rows: Any,
        kind: type[BaseSerializer],
        *,
        among: QuerySet[Any] | None = None,
        **context: Any,
    ) -> Response:
        """One page of ``rows``; ``context`` may be made of the page: a function of its rows.

        ``among`` as CursorPages has it. Without a ``query`` there are no filters.
        """
        if not self._is_query_checked:
            self._check_names(set())
        paginator = (self.pagination_class or CursorPages)()
        paginator.among = among
        found = paginator.paginate_queryset(rows, self.request, self)
        made = {name: of(found) if callable(of) else of for name, of in context.items()}
        return paginator.get_paginated_response(kind(found, many=True, context=made).data)

    def _check_names(self, known: set[str]) -> None:
        self._is_query_checked = True
        place = PLACE if self.pagination_class else frozenset[str]()
        if odd := sorted(set(self.request.query_params) - known - place):
            raise ValidationError({name: ["There is no such filter here."] for name in odd})


def _valid(serializer: BaseSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
