"""What a change changed: before and after, in what JSON can hold."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from apps.history.changes import changes_of, differing
from apps.history.models import Fact
from apps.stations import sites
from apps.stations.services import change_station
from apps.tariffs import services as tariffs
from apps.tokens import services as tokens
from tests import factories
from tests.factories import Cast


def test_only_what_differs_is_told() -> None:
    before = SimpleNamespace(name="A", price=Decimal("1.10"), until=None, tags={"x"})
    after = SimpleNamespace(
        name="A", price=Decimal("1.20"), until=datetime(2026, 3, 1, tzinfo=UTC), tags={"x"}
    )
    assert changes_of(before, after, ["name", "price", "until", "tags"]) == {
        "price": ["1.10", "1.20"], "until": [None, "2026-03-01T00:00:00+00:00"],
    }  # fmt: skip
    assert differing({"a": 1}, {"b": True}) == {"a": [1, None], "b": [None, True]}


@pytest.fixture
def people(db: None) -> Cast:
    return factories.cast()


def last_change() -> object:
    return Fact.objects.latest("id").details["changes"]


def test_each_change_leaves_what_was_and_what_is(people: Cast) -> None:
    by, station = people.admin, factories.station(people.location, "CP1", now=people.now)
    elsewhere = sites.add_location(organisation=people.organisation, name="Kade", actor=by)
    change_station(station, actor=by, location=elsewhere)
    assert last_change() == {"location": ["Blaak", "Kade"]}
    change_station(station, actor=by, password="correct-horse-battery")
    assert "horse" not in str(last_change())
    sites.change_location(elsewhere, actor=by, city="Delft", name="Kade")
    assert last_change() == {"city": ["", "Delft"]}
    token = tokens.add_token(organisation_id=people.organisation.pk, uid="AB12", actor=by)
    tokens.change_token(token, actor=by, status="blocked")
    assert last_change() == {"status": ["accepted", "blocked"]}
    tariff = tariffs.add_tariff(
        organisation_id=people.organisation.pk, name="T", currency="EUR", actor=by
    )
    tariffs.change_tariff(tariff, actor=by, locations=[elsewhere], name="U")
    assert last_change() == {"locations": [[], ["Kade"]], "name": ["T", "U"]}


def test_what_changes_nothing_leaves_nothing(people: Cast) -> None:
    by, station = people.admin, factories.station(people.location, "CP1", now=people.now)
    token = tokens.add_token(organisation_id=people.organisation.pk, uid="AB12", actor=by)
    before = Fact.objects.count()
    change_station(station, actor=by, location=people.location, security_profile=0)
    sites.change_location(people.location, actor=by, name="Blaak")
    tokens.change_token(token, actor=by, status="accepted")
    assert Fact.objects.count() == before
