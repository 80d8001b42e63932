"""Whose rows an actor may see: his organisation's, by whatever way they belong to it."""

from types import SimpleNamespace

import pytest

from apps.accounts.models import FailedLogIn
from apps.journal.models import LinkEvent
from apps.sessions.models import Sample
from apps.stations.models import Connector, Station
from ocpp_platform.scope import scoped
from tests import factories
from tests.factories import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    made = factories.cast()
    charger = factories.station(made.location, "NL-001", now=made.now, statuses=("Available",))
    factories.link(charger, "connected", at=made.now)
    FailedLogIn.objects.create(
        user=made.person("admin"), ip="192.0.2.1", first_at=made.now, last_at=made.now
    )
    return made


@pytest.mark.parametrize("model", [Station, Connector, LinkEvent, FailedLogIn])
def test_a_row_is_seen_by_its_organisation_and_by_nobody_else(cast: Cast, model: type) -> None:
    assert scoped(model, cast.person("admin")).count() == 1
    assert scoped(model, cast.person("stranger")).count() == 0


def test_a_row_that_belongs_to_nobody_cannot_be_asked_for() -> None:
    with pytest.raises(LookupError):
        scoped(Sample, SimpleNamespace(organisation_id=1, site_ids=None))
