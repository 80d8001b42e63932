"""One row for what happened, in the transaction of the change; secrets never enter it."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.history.batch import Facts
from apps.history.doers import CLOCK, command_line
from apps.history.kinds import KINDS, STATION_ADDED, _kind, title_of
from apps.history.models import Fact
from apps.history.selectors import list_by_actor, list_done, list_of_station, list_of_subject
from apps.history.services import record
from ocpp_platform import bulk
from tests import factories
from tests.factories import Cast

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return factories.cast()


def happen(organisation: Organisation, by: User, **given: object) -> Fact:
    whose = {"organisation_id": organisation.pk, "subject": (7, "CP7")}
    record(STATION_ADDED, actor=by, **whose | given)
    return Fact.objects.latest("id")


def test_a_fact_says_who_did_what_to_what(cast: Cast) -> None:
    fact = happen(cast.organisation, cast.admin, reason="new site", now=NOW)
    assert (fact.kind, fact.subject_kind, fact.subject_id) == ("station added", "station", 7)
    assert (fact.actor_kind, fact.actor_id, fact.actor_label) == (
        "person", cast.admin.pk, cast.admin.label,
    )  # fmt: skip
    assert (fact.station_id, fact.session_id, fact.reason, fact.at) == (7, None, "new site", NOW)
    assert title_of(fact.kind) == "Station added"


def test_without_an_instant_the_database_tells_it(cast: Cast) -> None:
    before = datetime.now(UTC)
    assert abs((happen(cast.organisation, cast.admin).at - before).total_seconds()) < 60


def test_secrets_are_masked(cast: Cast) -> None:
    given = {"details": {"password": "horse"}, "reason": "see ftp://me:horse@there"}
    fact = happen(cast.organisation, cast.admin, **given)
    assert "horse" not in f"{fact.details} {fact.reason}"


def test_what_is_undone_did_not_happen(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        happen(cast.organisation, cast.admin)
        raise RuntimeError
    assert not Fact.objects.exists()


def test_each_sees_the_facts_of_its_own_organisation(cast: Cast) -> None:
    mine = happen(cast.organisation, cast.admin)
    happen(cast.stranger.organisation, cast.stranger)
    theirs = happen(cast.organisation, command_line("manage.py station add"))
    assert list(list_done(cast.support)) == [theirs, mine]
    assert list(list_by_actor(cast.support, "person", cast.admin.pk)) == [mine]
    assert list(list_of_subject(cast.stranger, "station", 7)) == [list_done(cast.stranger).get()]
    assert set(list_of_station(cast.support, 7, since=NOW)) == {mine, theirs}


class Late(Part):
    """Something that happens while the batch is written."""

    def flush(self, writes: bulk.Writes) -> None:
        self.batch.part(Facts).note(STATION_ADDED, CLOCK, (1, 4), (4, "CP4"))


def test_a_batch_writes_what_happened_in_it_and_while_it_was_written() -> None:
    batch = Batch([], NOW)
    facts = batch.part(Facts)
    ref = StationRef(3, 1, 1, "CP3")
    facts.told(STATION_ADDED, ref, details={"password": "horse", "firmware": "1"})
    batch.part(Late)
    with bulk.writes() as writes:
        batch.flush(writes)
    told, late = Fact.objects.order_by("station_id")
    assert (told.actor_kind, told.actor_id, told.actor_label) == ("station", 3, "CP3")
    assert (told.details["firmware"], "horse" in str(told.details)) == ("1", False)
    assert (late.actor_kind, late.at, late.subject_label) == ("clock", NOW, "CP4")


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        _kind("station added", "station")
    assert all(name == kind.name and len(name) <= 40 for name, kind in KINDS.items())
