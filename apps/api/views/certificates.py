"""Certificates that were issued to stations: listed, read, revoked."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.errors import Conflict, Invalid
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.certificates import RootIn, RootOut
from apps.api.serializers.onboarding import CertificateOut, CertificateQuery, RevokeIn
from apps.certificates import roots, selectors, services


class CertificateList(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    order = ("-issued_at", "-id")

    @extend_schema(parameters=[CertificateQuery], responses=CertificateOut(many=True))
    def get(self, request: Request) -> Response:
        """Issued certificates, newest first."""
        wanted = self.query(CertificateQuery)
        found = selectors.list_issued(self.actor)
        if station := wanted.get("station"):
            found = found.filter(station__identity=station)
        if kind := wanted.get("kind"):
            found = found.filter(kind=kind)
        if wanted["revoked"] is not None:
            found = found.filter(revoked_at__isnull=not wanted["revoked"])
        if before := wanted.get("ends_before"):
            found = found.filter(not_after__lt=before)
        return self.page(found, CertificateOut)


class CertificateDetail(Resource):
    read_permission = Permission.SEE_STATIONS

    @extend_schema(responses=CertificateOut)
    def get(self, request: Request, issued_id: int) -> Response:
        """One certificate."""
        return Response(CertificateOut(selectors.get_issued(self.actor, issued_id)).data)


class CertificateRevocation(Resource):
    write_permission = Permission.OPERATE

    @extend_schema(request=RevokeIn, responses=CertificateOut)
    def post(self, request: Request, issued_id: int) -> Response:
        """From now on it opens no socket, and closes the one that it opened."""
        issued = selectors.get_issued(self.actor, issued_id)
        because = self.body(RevokeIn)["reason"]
        if not services.revoke(issued, because=because, actor=self.actor, now=timezone.now()):
            raise Conflict("revoked", "It was revoked before.")
        return Response(CertificateOut(selectors.get_issued(self.actor, issued_id)).data)


class RootList(Resource):
    read_permission = Permission.ENGINEER
    write_permission = (Permission.ENGINEER, Permission.EDIT_NETWORK)
    pagination_class = CursorPages
    order = ("subject", "id")

    @extend_schema(responses=RootOut(many=True))
    def get(self, request: Request) -> Response:
        """The roots of drivers' contracts that are trusted, beside those of the files."""
        return self.page(roots.list_roots(self.actor), RootOut)

    @extend_schema(request=RootIn, responses={201: RootOut})
    def post(self, request: Request) -> Response:
        """Trusts a root; one that is trusted already stays as it is."""
        text = self.body(RootIn)["certificate"]
        actor = self.actor
        try:
            root = roots.trust(actor.organisation_id, text, actor=actor, now=timezone.now())
        except roots.BadRoot as problem:
            raise Invalid("invalid_certificate", str(problem)) from problem
        return Response(RootOut(root).data, 201)


class RootDetail(Resource):
    read_permission = Permission.ENGINEER
    write_permission = (Permission.ENGINEER, Permission.EDIT_NETWORK)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, root_id: int) -> Response:
        """Contracts that end in it are no longer accepted."""
        root = get_object_or_404(roots.list_roots(self.actor), pk=root_id)
        roots.forget(root, actor=self.actor)
        return Response(status=204)
