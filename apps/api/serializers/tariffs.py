"""Tariffs with the prices that are in force, and the versions behind them."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import DecimalField, InstantField
from apps.tariffs.models import Tariff
from apps.tariffs.selectors import version_at

PRICES = ("energy_per_kwh", "time_per_hour", "flat", "vat_pct")


def _amount(**kwargs: Any) -> DecimalField:
    return DecimalField(
        max_digits=10, decimal_places=4, min_value=Decimal(0), required=False, **kwargs
    )


class VersionFields(serializers.Serializer):
    """Prices before VAT, in the tariff's currency."""

    valid_from = InstantField(required=False, help_text="Default: now.")
    energy_per_kwh = _amount()
    time_per_hour = _amount()
    flat = _amount(help_text="Per session.")
    vat_pct = DecimalField(max_digits=5, decimal_places=2, min_value=Decimal(0), required=False)


class TariffFields(VersionFields):
    """The body of POST; of PATCH, where new prices make a new version."""

    name = serializers.CharField(max_length=100)
    currency = serializers.RegexField(
        r"^[A-Z]{3}$", required=False, help_text="ISO 4217. Default: the organisation's."
    )
    is_default = serializers.BooleanField(
        required=False, help_text="Applies where no other tariff does."
    )
    locations = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False, max_length=1000,
        help_text="Names of locations that it applies at.",
    )  # fmt: skip


class TariffOut(serializers.Serializer):
    """Flat: the tariff and its prices in force. Context ``now``."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    currency = serializers.CharField()
    is_default = serializers.BooleanField()
    locations = serializers.SerializerMethodField()
    valid_from = serializers.DateTimeField(allow_null=True)
    energy_per_kwh = serializers.DecimalField(max_digits=10, decimal_places=4, allow_null=True)
    time_per_hour = serializers.DecimalField(max_digits=10, decimal_places=4, allow_null=True)
    flat = serializers.DecimalField(max_digits=10, decimal_places=4, allow_null=True)
    vat_pct = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    versions = serializers.SerializerMethodField()

    def get_locations(self, tariff: Tariff) -> list[str]:
        return sorted(location.name for location in tariff.locations.all())

    @extend_schema_field(VersionFields(many=True))
    def get_versions(self, tariff: Tariff) -> list[dict[str, Any]]:
        return list(VersionFields(tariff.versions.all(), many=True).data)

    def to_representation(self, instance: Tariff) -> dict[str, Any]:
        current = version_at(instance, self.context["now"])
        for name in ("valid_from", *PRICES):
            setattr(instance, name, getattr(current, name, None))
        return super().to_representation(instance)
