"""Planned pushes: each station once a turn, kept for the offline, reported when lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.campaigns.advance import advance, advance_stations
from apps.campaigns.audience import Audience, group_of
from apps.campaigns.kinds import REFUSED
from apps.campaigns.models import Campaign, Target
from apps.campaigns.selectors import list_campaigns_for
from apps.campaigns.services import Time
from apps.commands import expiry
from apps.commands.answers import answer
from apps.commands.models import CommandRow, State
from apps.commands.services import claim
from apps.domain.command import BadParameters
from apps.domain.events import CommandAnswered
from apps.domain.profiles import ChargingProfile, ChargingSchedule, Period
from apps.power.planned import LIMITS, Limit, PlannedLimits, dated, plan_limit
from apps.power.tasks import push_due
from apps.stations.models import StationNotice
from tests.factories import OFFICE, Cast, cast, station

EVENING = {
    "purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute",
    "schedules": [{"unit": "A", "duration_s": 10_800, "periods": [{"start_s": 0, "limit": 6}]}],
}  # fmt: skip

EVERYBODY = Audience()


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def planned(
    people: Cast,
    audience: Audience = EVERYBODY,
    *,
    evse_id: int = 0,
    profile: Any = EVENING,
    **more: Any,
) -> Campaign:
    time: dict[str, Any] = {
        "due_at": people.now, "every": "daily", "timezone": "Europe/Amsterdam", "expires_s": 3600,
    }  # fmt: skip
    return plan_limit(
        organisation_id=people.organisation.pk, name="Evening",
        limit=Limit(evse_id, profile, Time(**time | more)), audience=audience, actor=OFFICE,
        now=people.now,
    )  # fmt: skip


def go_on(now: datetime) -> int:
    return advance(LIMITS, now=now)


def test_each_station_gets_it_once_a_turn(people: Cast) -> None:
    for identity in ("A", "B"):
        station(people.location, identity, now=people.now)
    push = planned(people)
    later = people.now + timedelta(minutes=1)
    assert go_on(later) == 2
    Campaign.objects.filter(pk=push.pk).update(due_at=people.now)  # the same turn by another worker
    assert go_on(later) == 0
    row = CommandRow.objects.get(identity="A")
    sent = row.parameters["profile"]["schedules"][0]
    assert sent["start_at"] == people.now.isoformat()
    assert row.expires_at == later + timedelta(hours=1)
    assert Target.objects.count() == 2
    push.refresh_from_db()
    assert push.due_at == people.now + timedelta(days=1)
    assert go_on(people.now + timedelta(days=1)) == 2


def test_a_group_is_reached_and_nobody_else(people: Cast) -> None:
    made = [station(people.location, name, now=people.now) for name in ("A", "B", "C")]
    group = group_of(people.operator, ["A", "C", "A"])
    push = planned(people, Audience(group=group))
    assert go_on(people.now) == 2
    reached = CommandRow.objects.order_by("identity").values_list("identity", flat=True)
    assert list(reached) == ["A", "C"]
    shown = [list_campaigns_for(people.operator, PlannedLimits, one) for one in made]
    assert shown == [[push], [], [push]]
    for one in (made[0], made[2]):
        one.delete()
    assert go_on(people.now + timedelta(days=1)) == 0  # an empty group is not all
    with pytest.raises(BadParameters, match="no station 'X'"):
        group_of(people.operator, ["B", "X"])


def test_it_goes_no_further_than_planned(people: Cast) -> None:
    mine = station(people.location, "A", now=people.now)
    station(people.location, "B", now=people.now)
    push = planned(people, Audience(station=mine), every="")
    assert go_on(people.now) == 1
    push.refresh_from_db()
    assert push.due_at is None
    assert CommandRow.objects.get().identity == "A"


def test_an_expired_push_is_reported_once(people: Cast) -> None:
    away = station(people.location, "A", now=people.now, connected=False)
    planned(people, every="")
    go_on(people.now)
    assert Target.objects.get().outcome == ""
    lost = people.now + timedelta(hours=2)
    expiry.expire(now=lost)
    assert [go_on(lost), go_on(lost)] == [0, 0]
    notice = StationNotice.objects.get(station=away)
    assert (notice.kind, notice.title) == ("power", "Power push not taken: Evening")
    assert "expired" in notice.detail
    assert Target.objects.get().outcome == State.EXPIRED


def test_an_answer_that_comes_after_all_counts(people: Cast) -> None:
    station(people.location, "A", now=people.now)
    planned(people, every="")
    go_on(people.now)
    row = CommandRow.objects.get()
    assert claim(row, connection_id="socket", now=people.now)
    late = people.now + timedelta(minutes=30)
    expiry.expire(now=late)
    go_on(late)
    assert (Target.objects.get().state, Target.objects.get().outcome) == ("failed", "timed_out")
    answer(CommandAnswered(row.pk, "accepted", "Accepted"), now=late)
    advance_stations(LIMITS, {row.station_id}, now=late)
    assert (Target.objects.get().state, Target.objects.get().outcome) == ("reached", "confirmed")
    assert Target.objects.get().problem == ""


def test_the_newest_limit_of_a_place_replaces_what_waits_for_an_offline_station(
    people: Cast,
) -> None:
    station(people.location, "A", now=people.now, connected=False)
    planned(people, expires_s=7 * 86_400)
    other = planned(people, profile=EVENING | {"stack_level": 1})
    assert go_on(people.now) == 2
    assert go_on(people.now + timedelta(days=1)) == 2
    states = CommandRow.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [*[State.SUPERSEDED] * 2, *[State.QUEUED] * 2]
    go_on(people.now + timedelta(days=1))
    assert [t.state for t in other.targets.order_by("turn_at")] == ["superseded", "sent"]
    assert not StationNotice.objects.exists()


def test_two_limits_of_one_turn_have_numbers_of_their_own(people: Cast) -> None:
    station(people.location, "A", now=people.now)
    planned(people)
    planned(people, profile=EVENING | {"stack_level": 1})
    go_on(people.now)
    given = CommandRow.objects.order_by("id").values_list("parameters", flat=True)
    assert [parameters["profile"]["id"] for parameters in given] == [1, 2]


def test_what_a_station_cannot_take_is_reported_at_once(people: Cast) -> None:
    station(people.location, "A", now=people.now)
    planned(people, evse_id=7)
    assert go_on(people.now) == 0
    assert "no EVSE 7" in StationNotice.objects.get().detail
    assert Target.objects.get().outcome == REFUSED


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


@pytest.mark.parametrize("kind", ["Absolute", "Relative"])
def test_a_schedule_begins_when_the_push_is_due(kind: str) -> None:
    due_at = datetime(2030, 1, 1, 16, tzinfo=UTC)
    profile = ChargingProfile(
        0, "TxDefaultProfile", kind, (ChargingSchedule("A", (Period(0, 6.0),)),)
    )
    expected = None if kind == "Relative" else due_at
    assert dated(profile, due_at).schedules[0].start_at == expected
