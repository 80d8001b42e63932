"""API keys: listed, created, changed, rotated, revoked. For administrators alone."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import keys, selectors
from apps.accounts.models import ApiKey
from apps.accounts.roles import Permission, Role
from apps.api.errors import Conflict
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.people import (
    KeyIn,
    KeyOut,
    NewSecretOut,
    RotateIn,
    Sites,
    taken_mandate,
)
from apps.api.urlpaths import address_of


class _OfAdministrators(Resource):
    read_permission = write_permission = Permission.ADMINISTER

    def context_of(self, key: ApiKey, **more: Any) -> dict[str, Any]:
        return {"sites": Sites(self.actor, [key]), **more}

    def working(self, key_id: int) -> ApiKey:
        """One that may be changed. Raises Conflict for one that is revoked."""
        key = selectors.get_key(self.actor, key_id)
        if key.revoked_at is not None:
            raise Conflict("revoked", "This key is revoked, for ever.")
        return key


class KeyList(_OfAdministrators):
    pagination_class = CursorPages

    @extend_schema(responses=KeyOut(many=True))
    def get(self, request: Request) -> Response:
        """All keys of the organisation, revoked ones as well."""
        found = selectors.list_keys(self.actor)
        return self.page(found, KeyOut, sites=lambda rows: Sites(self.actor, rows))

    @extend_schema(request=KeyIn, responses={201: NewSecretOut})
    def post(self, request: Request) -> Response:
        """Creates a key. Its secret is in this answer, and nowhere else."""
        given = taken_mandate(self.actor, self.body(KeyIn))
        keys.check_end(given.get("expires_at"), timezone.now())
        role = Role(given.pop("role"))
        key, secret = keys.create_api_key(
            organisation=self.actor.organisation, actor=self.actor, role=role, **given
        )
        shown = NewSecretOut(key, context=self.context_of(key, secret=secret)).data
        return Response(shown, 201, headers={"Location": address_of(request, "key", key_id=key.pk)})


class KeyDetail(_OfAdministrators):
    @extend_schema(responses=KeyOut)
    def get(self, request: Request, key_id: int) -> Response:
        """One key."""
        key = selectors.get_key(self.actor, key_id)
        return Response(KeyOut(key, context=self.context_of(key)).data)

    @extend_schema(request=KeyIn(partial=True), responses=KeyOut)
    def patch(self, request: Request, key_id: int) -> Response:
        """Changes what is given; it holds from the next call on."""
        key = self.working(key_id)
        fields = taken_mandate(self.actor, self.body(KeyIn, partial=True))
        keys.check_end(fields.get("expires_at"), timezone.now())
        key = keys.change_key(key, actor=self.actor, **fields)
        return Response(KeyOut(key, context=self.context_of(key)).data)


class KeyRotation(_OfAdministrators):
    @extend_schema(request=RotateIn, responses=NewSecretOut)
    def post(self, request: Request, key_id: int) -> Response:
        """A new secret; the one until now works for as long as is said."""
        key, now = self.working(key_id), timezone.now()
        until = self.body(RotateIn)["until"]
        secret = keys.rotate(key, actor=self.actor, now=now, until=until)
        key = selectors.get_key(self.actor, key_id)
        return Response(NewSecretOut(key, context=self.context_of(key, secret=secret)).data)


class KeyRevocation(_OfAdministrators):
    @extend_schema(request=None, responses=KeyOut)
    def post(self, request: Request, key_id: int) -> Response:
        """It proves nothing any more, for ever."""
        key = selectors.get_key(self.actor, key_id)
        keys.revoke(key, actor=self.actor, now=timezone.now())
        key = selectors.get_key(self.actor, key_id)
        return Response(KeyOut(key, context=self.context_of(key)).data)
