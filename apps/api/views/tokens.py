"""Tokens: listed, registered, changed, removed."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.api.errors import Conflict
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.tokens import TokenFields, TokenOut, TokenPolicyFields, TokenQuery
from apps.api.urlpaths import address_of
from apps.tokens import selectors, services
from apps.tokens.keys import has_number
from apps.tokens.spelling import same


class TokenList(Resource):
    read_permission = Permission.HELP_DRIVER
    write_permission = Permission.EDIT_TOKENS
    pagination_class = CursorPages

    @extend_schema(parameters=[TokenQuery], responses=TokenOut(many=True))
    def get(self, request: Request) -> Response:
        """Tokens in the order in which they were registered."""
        wanted = self.query(TokenQuery)
        uid = wanted.pop("uid", None)
        tokens = selectors.list_tokens(self.actor, **wanted)
        own = tokens.filter(has_number("uid", uid)) if uid else tokens
        return self.page(own, TokenOut)

    @extend_schema(request=TokenFields, responses={201: TokenOut})
    def post(self, request: Request) -> Response:
        """Registers a token. Its uid is unique, regardless of type, case and how it is printed."""
        fields = self.body(TokenFields)
        _check_free(self.actor, fields["uid"])
        token = services.add_token(
            organisation_id=self.actor.organisation_id, actor=self.actor, **fields
        )
        address = address_of(request, "token", token_id=token.pk)
        return Response(TokenOut(token).data, 201, headers={"Location": address})


class TokenDetail(Resource):
    read_permission = Permission.HELP_DRIVER
    write_permission = Permission.EDIT_TOKENS

    @extend_schema(responses=TokenOut)
    def get(self, request: Request, token_id: int) -> Response:
        """One token."""
        return Response(TokenOut(selectors.get_token(self.actor, token_id)).data)

    @extend_schema(request=TokenFields(partial=True), responses=TokenOut)
    def patch(self, request: Request, token_id: int) -> Response:
        """Changes what is given."""
        token = selectors.get_token(self.actor, token_id)
        fields: dict[str, Any] = self.body(TokenFields, partial=True)
        uid, type_ = fields.get("uid", token.uid), fields.get("type", token.type)
        if not same(uid, token.uid) or type_ != token.type:
            _check_free(self.actor, uid, but=token.pk)
        services.change_token(token, actor=self.actor, **fields)
        return Response(TokenOut(token).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Removes a token; sessions keep its uid."""
        token = selectors.get_token(self.actor, token_id)
        services.remove_token(token, actor=self.actor)
        return Response(status=204)


def _check_free(actor: Actor, uid: str, but: int = 0) -> None:
    known = selectors.find_twin(actor.organisation_id, uid, but=but)
    if known is not None:
        reason = f"{selectors.taken(known)[:-1]}: token {known.pk}."
        raise Conflict("exists", "There is already such a token.", {"uid": [reason]})


class TokenPolicyDetail(Resource):
    read_permission = Permission.HELP_DRIVER
    write_permission = Permission.EDIT_TOKENS

    @extend_schema(responses=TokenPolicyFields)
    def get(self, request: Request) -> Response:
        """What holds for all tokens of the organisation."""
        return Response(TokenPolicyFields(selectors.get_policy(self.actor)).data)

    @extend_schema(request=TokenPolicyFields, responses=TokenPolicyFields)
    def patch(self, request: Request) -> Response:
        """Changes what is given."""
        fields = self.body(TokenPolicyFields, partial=True)
        actor = self.actor
        policy = services.set_policy(actor.organisation_id, actor=actor, **fields)
        return Response(TokenPolicyFields(policy).data)
