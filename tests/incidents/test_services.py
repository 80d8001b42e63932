"""Incidents open, grow, pop back and close; what people do about them is kept."""

from datetime import timedelta

import pytest

from apps.history.models import Fact
from apps.incidents import maintenance, selectors, services
from apps.incidents.models import Incident, State
from apps.reconciliation.models import Case
from apps.stations.models import Station
from tests import factories as make
from tests.copies import counted
from tests.factories import Cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def station(cast: Cast, identity: str = "CP1") -> Station:
    return make.station(cast.location, identity, now=cast.now)


def offline(cast: Cast, *identities: str) -> list[Case]:
    return [make.case(station(cast, name), "offline", at=cast.now) for name in identities]


def keep(cast: Cast, after: timedelta = timedelta()) -> Incident:
    services.keep_incidents(now=cast.now + after)
    return Incident.objects.latest("pk")


def needing(cast: Cast, after: timedelta = timedelta()) -> int:
    return selectors.count_needing(cast.operator, now=cast.now + after)


def test_a_power_cut_is_one_incident(cast: Cast) -> None:
    offline(cast, "CP1", "CP2", "CP3")
    incident = keep(cast)
    assert Incident.objects.count() == 1
    assert (incident.cases, incident.stations, incident.severity) == (3, 3, "critical")
    assert incident.title == "All 3 stations of the site are offline"


def test_other_causes_and_other_sites_are_other_incidents(cast: Cast) -> None:
    from apps.stations.models import Location

    other = Location.objects.create(organisation=cast.organisation, name="Centraal")
    offline(cast, "CP1")
    make.case(make.station(other, "CP2", now=cast.now), "offline", at=cast.now)
    make.case(station(cast, "CP3"), "faulted", at=cast.now)
    keep(cast)
    assert set(Incident.objects.values_list("location__name", "cause")) == {
        ("Blaak", "offline"), ("Centraal", "offline"), ("Blaak", "faulted"),
    }  # fmt: skip


def test_it_closes_by_itself_and_the_next_one_is_another(cast: Cast) -> None:
    (case,) = offline(cast, "CP1")
    incident = keep(cast)
    Case.objects.update(state="closed", closed_at=cast.now + HOUR, is_current=False)
    incident = keep(cast, HOUR)
    assert (incident.state, incident.closed_by, incident.cases) == (State.CLOSED, "the clock", 1)
    make.case(case.station, "offline", at=cast.now + 2 * HOUR)
    assert keep(cast, 2 * HOUR).pk != incident.pk
    assert needing(cast) == 1


def test_what_waits_asks_for_nobody(cast: Cast) -> None:
    make.case(station(cast), "lost_stop", at=cast.now, state="waiting")
    services.keep_incidents(now=cast.now)
    assert not Incident.objects.exists()


def test_taken_note_of_it_stays_and_is_open_again_when_it_gets_worse(cast: Cast) -> None:
    offline(cast, "CP1")
    incident = keep(cast)
    assert services.acknowledge(incident, actor=cast.operator, now=cast.now)
    keep(cast, HOUR)
    incident.refresh_from_db()
    assert (incident.state, needing(cast)) == (State.ACKNOWLEDGED, 1)
    offline(cast, "CP2")
    assert keep(cast, HOUR).state == State.OPEN
    assert Fact.objects.filter(kind="incident opened again").count() == 1


def test_put_off_it_is_out_of_sight_until_its_time_or_until_it_gets_worse(cast: Cast) -> None:
    offline(cast, "CP1")
    incident = keep(cast)
    services.snooze(incident, cast.now + 4 * HOUR, actor=cast.operator)
    keep(cast, HOUR)
    assert (needing(cast, HOUR), needing(cast, 4 * HOUR)) == (0, 1)
    offline(cast, "CP2")
    keep(cast, 2 * HOUR)
    assert needing(cast, 2 * HOUR) == 1


def test_closed_by_a_person_its_cases_are_dismissed_for_his_reason(cast: Cast) -> None:
    offline(cast, "CP1", "CP2")
    incident = keep(cast)
    assert services.close(incident, reason="Taken down", actor=cast.operator, now=cast.now + HOUR)
    assert set(Case.objects.values_list("state", "decided_by", "reason")) == {
        ("closed", cast.operator.label, "Taken down"),
    }  # fmt: skip
    keep(cast, 2 * HOUR)
    assert Incident.objects.count() == 1
    assert not services.close(incident, reason="x", actor=cast.operator, now=cast.now + 2 * HOUR)
    assert selectors.cases_of(incident).count() == 2


def test_every_step_is_kept_with_who_and_why(cast: Cast) -> None:
    offline(cast, "CP1")
    incident = keep(cast)
    services.acknowledge(incident, actor=cast.operator, now=cast.now)
    services.assign(incident, cast.support, actor=cast.operator)
    services.note(incident, "Called the site", actor=cast.support)
    services.close(incident, reason="Fuse", actor=cast.support, now=cast.now + HOUR)
    steps = Fact.objects.filter(subject_kind="incident").order_by("pk")
    assert [(step.kind, step.actor_label, step.reason) for step in steps] == [
        ("incident opened", "the clock", ""),
        ("incident acknowledged", cast.operator.label, ""),
        ("incident assigned", cast.operator.label, f"to {cast.support.label}"),
        ("incident noted", cast.support.label, "Called the site"),
        ("incident closed", cast.support.label, "Fuse"),
    ]


def plan(cast: Cast, of: Station | None, *, begins: timedelta = timedelta()) -> None:
    maintenance.plan_maintenance(
        location=cast.location, station=of, begins_at=cast.now + begins,
        ends_at=cast.now + begins + 2 * HOUR, reason="New contactor", actor=cast.operator,
    )  # fmt: skip


def test_while_there_is_maintenance_nobody_is_called(cast: Cast) -> None:
    (case,) = offline(cast, "CP1")
    plan(cast, case.station)
    services.keep_incidents(now=cast.now)
    assert not Incident.objects.exists()
    keep(cast, 3 * HOUR)
    assert Incident.objects.count() == 1


def test_maintenance_of_one_station_leaves_the_others(cast: Cast) -> None:
    (case, _) = offline(cast, "CP1", "CP2")
    plan(cast, case.station)
    assert keep(cast).stations == 1
    plan(cast, None)
    assert keep(cast).state == State.CLOSED


def test_maintenance_is_called_off_before_it_begins_or_ended(cast: Cast) -> None:
    plan(cast, None, begins=HOUR)
    (planned,) = selectors.list_maintenance(cast.operator, now=cast.now)
    maintenance.call_off_maintenance(planned, actor=cast.operator, now=cast.now)
    assert not selectors.list_maintenance(cast.operator, now=cast.now)
    plan(cast, None)
    (planned,) = selectors.list_maintenance(cast.operator, now=cast.now)
    maintenance.call_off_maintenance(planned, actor=cast.operator, now=cast.now + HOUR)
    planned.refresh_from_db()
    assert planned.ends_at == cast.now + HOUR


def test_the_worst_comes_first_and_of_those_the_oldest(cast: Cast) -> None:
    make.case(station(cast, "CP1"), "plugged_idle", at=cast.now - 3 * HOUR)
    make.case(station(cast, "CP2"), "offline", at=cast.now - HOUR)
    make.case(station(cast, "CP3"), "faulted", at=cast.now - 2 * HOUR)
    make.case(station(cast, "CP4"), "two_boxes", at=cast.now)
    keep(cast)
    found = selectors.list_needing(cast.operator, now=cast.now)
    assert [one.cause for one in found] == ["two_boxes", "faulted", "offline", "not_starting"]


def test_it_says_for_what_reason_it_closed(cast: Cast) -> None:
    (one, two, three) = offline(cast, "CP1", "CP2", "CP3")
    make.case(one.station, "faulted", at=cast.now)
    make.case(two.station, "two_boxes", at=cast.now)
    keep(cast)
    Case.objects.filter(kind="faulted").update(
        state="closed", outcome="decided", closed_at=cast.now + HOUR
    )
    Case.objects.filter(kind="two_boxes").update(
        state="closed", outcome="gone", closed_at=cast.now + HOUR, is_current=False
    )
    plan(cast, None)
    keep(cast, HOUR)
    assert dict(Incident.objects.values_list("cause", "reason")) == {
        "faulted": services.DECIDED, "two_boxes": services.OVER, "offline": services.MAINTENANCE,
    }  # fmt: skip
    assert three.state == "open"


def test_a_stranger_sees_none_of_it(cast: Cast) -> None:
    offline(cast, "CP1")
    keep(cast)
    assert selectors.count_needing(cast.stranger, now=cast.now) == 0


def test_bringing_cases_together_asks_as_often_for_many_as_for_one(cast: Cast) -> None:
    offline(cast, "CP1")
    with counted() as few:
        keep(cast)
    Incident.objects.all().delete()
    offline(cast, *(f"CP{number}" for number in range(2, 40)))
    with counted() as many:
        keep(cast)
    assert many[0] <= few[0]
