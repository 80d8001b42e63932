"""Tariffs: prices are versions, which are added and never changed."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.api.errors import Conflict, Invalid
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.tariffs import PRICES, TariffFields, TariffOut
from apps.api.urlpaths import address_of
from apps.stations.models import Location
from apps.stations.selectors import list_locations
from apps.tariffs import selectors, services
from apps.tariffs.models import Tariff


class TariffList(Resource):
    read_permission = Permission.SEE_MONEY
    write_permission = Permission.EDIT_TARIFFS
    pagination_class = CursorPages

    @extend_schema(responses=TariffOut(many=True))
    def get(self, request: Request) -> Response:
        """Tariffs in the order in which they were added."""
        return self.page(selectors.list_tariffs(self.actor), TariffOut, now=timezone.now())

    @extend_schema(request=TariffFields, responses={201: TariffOut})
    def post(self, request: Request) -> Response:
        """Adds a tariff and its first version."""
        fields, now = self.body(TariffFields), timezone.now()
        prices = _taken(fields, (*PRICES, "valid_from"))
        fields["locations"] = _locations(self.actor, fields.get("locations", ()))
        fields.setdefault("currency", self.actor.organisation.currency)
        with transaction.atomic():
            tariff = services.add_tariff(
                organisation_id=self.actor.organisation_id, actor=self.actor, **fields
            )
            services.add_version(tariff, actor=self.actor, **{"valid_from": now, **prices})
        address = address_of(request, "tariff", tariff_id=tariff.pk)
        return Response(_shown(self.actor, tariff.pk), 201, headers={"Location": address})


class TariffDetail(Resource):
    read_permission = Permission.SEE_MONEY
    write_permission = Permission.EDIT_TARIFFS

    @extend_schema(responses=TariffOut)
    def get(self, request: Request, tariff_id: int) -> Response:
        """One tariff."""
        return Response(_shown(self.actor, tariff_id))

    @extend_schema(request=TariffFields(partial=True), responses=TariffOut)
    def patch(self, request: Request, tariff_id: int) -> Response:
        """Changes what is given; other prices are a new version, from now or ``valid_from``."""
        tariff = selectors.get_tariff(self.actor, tariff_id)
        fields = self.body(TariffFields, partial=True)
        prices = _taken(fields, (*PRICES, "valid_from"))
        if fields.pop("currency", tariff.currency) != tariff.currency:
            raise Conflict("in_use", "A tariff keeps its currency; add another tariff.")
        if "locations" in fields:
            fields["locations"] = _locations(self.actor, fields["locations"])
        with transaction.atomic():
            services.change_tariff(tariff, actor=self.actor, **fields)
            _add_version(self.actor, tariff, prices, timezone.now())
        return Response(_shown(self.actor, tariff_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, tariff_id: int) -> Response:
        """Removes a tariff that no session was priced by."""
        tariff = selectors.get_tariff(self.actor, tariff_id)
        services.remove_tariff(tariff, actor=self.actor)
        return Response(status=204)


def _add_version(actor: Actor, tariff: Tariff, given: dict[str, Any], now: datetime) -> None:
    """What is not given stays as in the newest version; nothing new makes no version."""
    newest = tariff.versions.order_by("-valid_from").first()
    before = {name: getattr(newest, name, Decimal(0)) for name in PRICES}
    wanted = {**before, **given}
    if newest is None or "valid_from" in given or any(wanted[n] != before[n] for n in PRICES):
        services.add_version(tariff, actor=actor, **{"valid_from": now, **wanted})


def _locations(actor: Actor, names: Iterable[str]) -> list[Location]:
    wanted = set(names)
    found = list(list_locations(actor).filter(name__in=wanted))
    if missing := sorted(wanted - {location.name for location in found}):
        raise Invalid(
            "invalid",
            "The request does not fit; see details.",
            {"locations": [f"There is no location {name!r}." for name in missing]},
        )
    return found


def _taken(fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: fields.pop(name) for name in names if name in fields}


def _shown(actor: Actor, tariff_id: int) -> dict[str, Any]:
    tariff = selectors.get_tariff(actor, tariff_id)
    return TariffOut(tariff, context={"now": timezone.now()}).data
