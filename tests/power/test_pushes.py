"""Planned pushes: each station once a turn, kept for the offline, reported when lost."""

from datetime import timedelta
from typing import Any

import pytest

from apps.commands import expiry
from apps.commands.models import CommandRow, State
from apps.domain.command import BadParameters
from apps.power import pushes, turns
from apps.power.models import Push, PushDelivery
from apps.power.pushes import Whither
from apps.power.selectors import list_pushes
from apps.power.tasks import push_due
from apps.stations.models import StationNotice
from tests.factories import OFFICE, Cast, cast, station

EVENING = {
    "purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute",
    "schedules": [{"unit": "A", "duration_s": 10_800, "periods": [{"start_s": 0, "limit": 6}]}],
}  # fmt: skip


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def planned(people: Cast, **more: Any) -> Push:
    given: dict[str, Any] = {
        "organisation_id": people.organisation.pk, "name": "Evening", "profile": EVENING,
        "evse_id": 0, "whither": Whither(), "due_at": people.now, "every": "daily",
        "timezone": "Europe/Amsterdam", "expires_s": 3600, "actor": OFFICE, "now": people.now,
    }  # fmt: skip
    return pushes.plan_push(**given | more)


def test_each_station_gets_it_once_a_turn(people: Cast) -> None:
    for identity in ("A", "B"):
        station(people.location, identity, now=people.now)
    push = planned(people)
    later = people.now + timedelta(minutes=1)
    assert turns.push_due(now=later) == 2
    Push.objects.filter(pk=push.pk).update(due_at=people.now)  # the same turn by another worker
    assert turns.push_due(now=later) == 0
    row = CommandRow.objects.get(identity="A")
    sent = row.parameters["profile"]["schedules"][0]
    assert sent["start_at"] == people.now.isoformat()
    assert row.expires_at == later + timedelta(hours=1)
    assert PushDelivery.objects.count() == 2
    push.refresh_from_db()
    assert push.due_at == people.now + timedelta(days=1)
    assert turns.push_due(now=people.now + timedelta(days=1)) == 2


def test_a_group_is_reached_and_nobody_else(people: Cast) -> None:
    made = [station(people.location, name, now=people.now) for name in ("A", "B", "C")]
    group = pushes.group_of(people.operator, ["A", "C", "A"])
    push = planned(people, whither=Whither(group=group))
    assert turns.push_due(now=people.now) == 2
    reached = CommandRow.objects.order_by("identity").values_list("identity", flat=True)
    assert list(reached) == ["A", "C"]
    assert [list_pushes(people.operator, one) for one in made] == [[push], [], [push]]
    for one in (made[0], made[2]):
        one.delete()
    assert turns.push_due(now=people.now + timedelta(days=1)) == 0  # an empty group is not all
    with pytest.raises(BadParameters, match="no station 'X'"):
        pushes.group_of(people.operator, ["B", "X"])


def test_it_goes_no_further_than_planned(people: Cast) -> None:
    mine = station(people.location, "A", now=people.now)
    station(people.location, "B", now=people.now)
    push = planned(people, whither=Whither(station=mine), every="")
    assert turns.push_due(now=people.now) == 1
    push.refresh_from_db()
    assert push.due_at is None
    assert CommandRow.objects.get().identity == "A"


def test_an_expired_push_is_reported_once(people: Cast) -> None:
    away = station(people.location, "A", now=people.now, connected=False)
    planned(people, every="")
    turns.push_due(now=people.now)
    assert turns.report_outcomes(now=people.now) == 0
    lost = people.now + timedelta(hours=2)
    expiry.expire(now=lost)
    assert turns.report_outcomes(now=lost) == 1
    assert turns.report_outcomes(now=lost) == 0
    notice = StationNotice.objects.get(station=away)
    assert (notice.kind, notice.title) == ("power", "Power push not taken: Evening")
    assert "expired" in notice.detail
    assert PushDelivery.objects.get().outcome == State.EXPIRED


def test_what_a_station_cannot_take_is_reported_at_once(people: Cast) -> None:
    station(people.location, "A", now=people.now)
    planned(people, evse_id=7)
    assert turns.push_due(now=people.now) == 0
    assert "no EVSE 7" in StationNotice.objects.get().detail
    assert PushDelivery.objects.get().outcome == turns.REFUSED


def test_a_bad_plan_is_refused_with_every_reason(people: Cast) -> None:
    wrong = EVENING | {"purpose": "ChargingStationMaxProfile"}
    with pytest.raises(BadParameters) as refused:
        planned(people, profile=wrong, evse_id=1, timezone="Mars/Olympus", every="hourly",
                due_at=people.now - timedelta(hours=1))  # fmt: skip
    said = " ".join(refused.value.problems)
    for part in ("daily, weekly", "Mars/Olympus", "has passed", "choose EVSE 0"):
        assert part in said


def test_the_task_does_both(people: Cast) -> None:
    station(people.location, "A", now=people.now)
    planned(people)
    push_due()
    push_due()
    assert CommandRow.objects.count() == 1
