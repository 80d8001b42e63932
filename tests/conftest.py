"""What every test may count on: plain static files, clean caches, and a small cast."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from apps.accounts.models import Organisation
from apps.stations.models import Station
from apps.tariffs.models import Tariff
from apps.tariffs.rates import rates_of
from apps.tariffs.services import add_tariff, add_version
from apps.tokens.models import Token
from apps.tokens.services import add_token
from tests import quick
from tests.factories import OFFICE
from tests.workers import BESIDE_POSTGRES, is_among

pytest_plugins = ["tests.servers", "tests.gateway.secure"]

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("steady")

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def pytest_configure() -> None:
    quick.empty_after_tests()
    settings.PASSWORD_HASHERS = ["tests.quick.QuickHasher"]
    # Threads of many event loops come and go here and give no connection back to a pool.
    settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
    # Nor is a connection made anew for each look: that takes longer than the look.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = None
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs PostgreSQL and Redis is left out where there are none, and counted so."""
    for item in items:
        if is_among(BESIDE_POSTGRES, item.nodeid):
            item.add_marker(pytest.mark.once)
    if connection.vendor == "postgresql" and settings.REDIS_URL:
        return
    left_out = [item for item in items if item.get_closest_marker("postgres")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _clean_caches() -> Iterator[None]:
    """Versions never change in production; in tests their ids are used again."""
    yield
    rates_of.cache_clear()


@pytest.fixture
def network(db: None) -> Organisation:
    return Organisation.objects.create(name="Test network")


@pytest.fixture
def tariff(network: Organisation) -> Tariff:
    """The default one: 0.40 EUR/kWh, 1.20 EUR/h, 0.50 EUR a start, 19 % VAT."""
    made = add_tariff(
        organisation_id=network.pk, name="Street", currency="EUR", is_default=True, actor=OFFICE
    )
    add_version(
        made,
        valid_from=LONG_AGO,
        energy_per_kwh=Decimal("0.40"),
        time_per_hour=Decimal("1.20"),
        flat=Decimal("0.50"),
        vat_pct=Decimal(19),
        actor=OFFICE,
    )
    return made


@pytest.fixture
def card(network: Organisation) -> Token:
    """An accepted card: AB12."""
    return add_token(organisation_id=network.pk, uid="AB12", actor=OFFICE)


@pytest.fixture
def station(network: Organisation) -> Station:
    """A registered station without a password: CP1."""
    from apps.stations.services import add_station

    return add_station(organisation=network, identity="CP1", now=datetime.now(UTC), actor=OFFICE)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many of the tests that need a real server or browser really ran."""
    passed = terminalreporter.stats.get("passed", [])
    for mark in ("postgres", "browser"):
        count = sum(mark in report.keywords for report in passed)
        terminalreporter.write_line(f"{mark} tests that ran and passed: {count}")
