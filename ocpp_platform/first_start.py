"""What a new installation needs: an administrator and, unless declined, a demo network."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.accounts.services import home_organisation
from apps.history.doers import command_line
from apps.onboarding.models import RecipeStep
from apps.onboarding.steps import SETTING
from apps.simulator.demo import DEMO_STATIONS, DEMO_TOKENS
from apps.stations.models import Location, Station
from apps.stations.services import add_station
from apps.tariffs.models import Tariff, TariffVersion
from apps.tokens.services import add_token

ADMIN = "admin"
DEMO_TIMEZONE = "Europe/Amsterdam"
_FIRST_START = command_line("first start")


@transaction.atomic
def make_administrator() -> str | None:
    """The password of the administrator just made; None where there was one already.

    It is ADMIN_PASSWORD where that is set.
    """
    if User.objects.exists():
        return None
    given = os.environ.get("ADMIN_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    User.objects.create_superuser(
        ADMIN, password=password, organisation=home_organisation(), role=Role.ADMIN,
        has_generated_password=not given,
    )  # fmt: skip
    return password


_DEMO_SETTING = {
    "value": "90", "key": "ConnectionTimeOut",
    "component": "TxCtrlr", "variable": "EVConnectionTimeOut",
}  # fmt: skip


def is_empty() -> bool:
    """Nobody has used this installation yet."""
    return not User.objects.exists() and not Station.objects.exists()


@transaction.atomic
def make_demo() -> None:
    """The demo organisation's locations, tariff, tokens, set-up step and eight stations."""
    organisation, now = home_organisation(), datetime.now(UTC)
    Organisation.objects.filter(pk=organisation.pk).update(
        name="Demo network", timezone=DEMO_TIMEZONE
    )
    _make_tariffs(organisation, now)
    RecipeStep.objects.create(
        organisation=organisation, position=1, name=SETTING, parameters=_DEMO_SETTING
    )
    for token in DEMO_TOKENS:
        add_token(
            organisation_id=organisation.pk,
            uid=token.uid,
            type=token.type,
            status=token.status,
            holder=token.driver,
            actor=_FIRST_START,
        )
    for station in DEMO_STATIONS:
        location, _ = Location.objects.get_or_create(
            organisation=organisation,
            name=station.location,
            defaults={"timezone": DEMO_TIMEZONE, "country": "NL"},
        )
        add_station(
            organisation=organisation,
            identity=station.identity,
            location=location,
            password=station.password,
            security_profile=1,
            now=now,
            actor=_FIRST_START,
        )


def _make_tariffs(organisation: Organisation, now: datetime) -> None:
    tariff = Tariff.objects.create(
        organisation=organisation, name="Public charging", currency="EUR", is_default=True
    )
    TariffVersion.objects.create(
        tariff=tariff,
        valid_from=now - timedelta(days=1),
        energy_per_kwh=Decimal("0.45"),
        time_per_hour=Decimal("0.60"),
        flat=Decimal("0.35"),
        vat_pct=Decimal(21),
    )


def has_demo_stations() -> bool:
    """Whether all of the demo's stations are still registered."""
    identities = [station.identity for station in DEMO_STATIONS]
    return Station.objects.filter(identity__in=identities).count() == len(identities)
