"""Certificates that were issued to stations: listed, read, revoked."""

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.errors import Conflict
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.onboarding import CertificateOut, CertificateQuery, RevokeIn
from apps.pki import selectors, services


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
        with transaction.atomic():
            if not services.revoke(issued, because=because, now=timezone.now()):
                raise Conflict("revoked", "It was revoked before.")
            self.audit("certificate revoked", issued.station.identity, reason=because)
        return Response(CertificateOut(selectors.get_issued(self.actor, issued_id)).data)
