from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from apps.accounts.models import Organisation
from apps.stations.models import Location

_NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class Tariff(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, default="EUR")
    is_default = models.BooleanField(default=False)
    locations = models.ManyToManyField(Location, blank=True, related_name="tariffs")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="tariff_name_once"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_default=True),
                name="one_default_tariff",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TariffVersion(models.Model):
    """Prices before VAT, in the tariff's currency. Never edited once it is in force."""

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateTimeField()
    energy_per_kwh = models.DecimalField(
        max_digits=10, decimal_places=4, default=0, validators=_NOT_NEGATIVE
    )
    time_per_hour = models.DecimalField(
        max_digits=10, decimal_places=4, default=0, validators=_NOT_NEGATIVE
    )
    flat = models.DecimalField(max_digits=10, decimal_places=4, default=0, validators=_NOT_NEGATIVE)
    vat_pct = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, validators=_NOT_NEGATIVE
    )

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["tariff", "valid_from"], name="tariff_version_once"),
        ]
