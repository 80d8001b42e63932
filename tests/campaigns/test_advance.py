"""Campaigns go on: in waves, with patience, step by step, and stop where too many fail."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import pytest

from apps.accounts.models import Organisation
from apps.campaigns import services
from apps.campaigns.advance import advance, advance_stations
from apps.campaigns.audience import Audience
from apps.campaigns.kinds import Kind, Over, Send
from apps.campaigns.life import Patience
from apps.campaigns.models import Campaign, Running, Target
from apps.campaigns.services import Pace, Time
from apps.campaigns.standing import campaign_of, release, want
from apps.commands.models import CommandRow, State
from apps.domain.commands import ResetStation
from apps.stations.services import add_station
from tests.factories import OFFICE

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Restarts(Kind):
    """Restarts each station ``parameters["times"]`` times, but not those called DEAF or AWAY."""

    name = "restarts"
    patience = Patience(attempts=2, first_pause_s=60)
    has_steps = True
    over: ClassVar[list[str]] = []

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Send | Over]:
        return {
            target.pk: self._next(target) for target in targets if target.station.identity != "AWAY"
        }

    def _next(self, target: Target) -> Send | Over:
        if target.station.identity == "DEAF":
            return Over("It is deaf")
        done = CommandRow.objects.filter(station_id=target.station_id, state=State.CONFIRMED)
        is_there = done.count() >= target.campaign.parameters["times"]
        return Over() if is_there else Send(ResetStation())

    def follow(self, over: Sequence[Target], now: datetime) -> None:
        self.over.extend(f"{t.station.identity} {t.state}" for t in over)


@pytest.fixture
def kind() -> Restarts:
    made = Restarts()
    made.over.clear()
    return made


def campaign(network: Organisation, *names: str, times: int = 1, **pace: Any) -> Campaign:
    for name in names:
        add_station(organisation=network, identity=name, now=NOW, actor=OFFICE)
    return services.plan_campaign(
        organisation_id=network.pk, kind=Restarts(), name="Night", parameters={"times": times},
        audience=Audience(), time=Time(NOW), actor="olga", now=NOW, pace=Pace(**pace),
    )  # fmt: skip


def queued() -> list[str]:
    waiting = CommandRow.objects.filter(state=State.QUEUED).order_by("identity")
    return list(waiting.values_list("identity", flat=True))


def end(state: str = State.CONFIRMED, **of: Any) -> None:
    CommandRow.objects.filter(state=State.QUEUED, **of).update(state=state)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def standing(of: Campaign) -> dict[str, str]:
    return dict(of.targets.values_list("station__identity", "state"))


def test_each_station_becomes_a_target_once_and_goes_its_steps(
    network: Organisation, kind: Restarts
) -> None:
    one = campaign(network, "A", "DEAF", "AWAY", times=2)
    assert [advance(kind, now=NOW), advance(kind, now=NOW)] == [1, 0]
    assert standing(one) == {"A": "sent", "DEAF": "failed", "AWAY": "waiting"}
    row = CommandRow.objects.get()
    assert (row.actor, row.reason) == ("olga", "Night")
    end()
    assert advance(kind, now=NOW) == 1
    end()
    assert advance(kind, now=NOW) == 0
    assert standing(one)["A"] == "reached"
    assert kind.over == ["DEAF failed", "A reached"]
    assert one.targets.get(station__identity="DEAF").problem == "It is deaf"


def test_a_new_station_is_in_the_next_turn_only(network: Organisation, kind: Restarts) -> None:
    one = campaign(network, "A")
    advance(kind, now=NOW)
    add_station(organisation=network, identity="LATE", now=NOW, actor=OFFICE)
    advance(kind, now=NOW)
    assert standing(one) == {"A": "sent"}


def test_what_was_lost_is_tried_again_after_a_pause_and_then_given_up(
    network: Organisation, kind: Restarts
) -> None:
    one = campaign(network, "A")
    advance(kind, now=NOW)
    end(State.TIMED_OUT)
    assert [advance(kind, now=after(0)), advance(kind, now=after(0.9))] == [0, 0]
    assert advance(kind, now=after(1)) == 1
    end(State.EXPIRED)
    assert advance(kind, now=after(2)) == 0
    lost = one.targets.get()
    assert (lost.state, lost.outcome, lost.attempts) == ("failed", "expired", 2)


@pytest.mark.parametrize(("tries", "before"), [(1, "waiting"), (2, "failed")])
def test_what_was_given_up_and_comes_true_counts(
    network: Organisation, kind: Restarts, tries: int, before: str
) -> None:
    one = campaign(network, "A", times=2)
    for minute in range(tries):
        advance(kind, now=after(minute))
        end(State.TIMED_OUT)
        advance(kind, now=after(minute))
    assert standing(one) == {"A": before}
    mine = one.targets.get()
    heard = partial(advance_stations, kind, {mine.station_id}, now=after(tries - 1))
    assert heard() == 0
    CommandRow.objects.filter(pk__in=[mine.command_id]).update(state=State.CONFIRMED)
    assert [heard(), heard()] == [1, 0]
    end()
    assert heard() == 0
    assert standing(one) == {"A": "reached"}


def test_what_was_refused_is_not_asked_again(network: Organisation, kind: Restarts) -> None:
    one = campaign(network, "A")
    advance(kind, now=NOW)
    end(State.REJECTED)
    assert advance(kind, now=after(60)) == 0
    assert standing(one) == {"A": "failed"}


def test_only_so_many_are_under_way_at_once(network: Organisation, kind: Restarts) -> None:
    campaign(network, "A", "B", "C", at_once=2)
    assert [advance(kind, now=NOW), advance(kind, now=NOW)] == [2, 0]
    assert queued() == ["A", "B"]
    end(identity="A")
    assert [advance(kind, now=NOW), advance(kind, now=NOW)] == [0, 1]  # who has begun goes first
    assert queued() == ["B", "C"]


def test_it_stops_where_too_many_fail_and_goes_on_when_it_is_resumed(
    network: Organisation, kind: Restarts
) -> None:
    one = campaign(network, "A", "B", "C", "D", at_once=2, stop_pct=20)
    advance(kind, now=NOW)
    end(State.REJECTED, identity="A")
    end(identity="B")
    advance(kind, now=NOW)
    advance(kind, now=NOW)
    one.refresh_from_db()
    assert one.state == Running.STOPPED
    assert standing(one)["D"] == "waiting"
    services.resume(one)
    end()
    advance(kind, now=NOW)
    assert "D" in queued()


def test_a_pause_holds_back_what_was_not_sent(network: Organisation, kind: Restarts) -> None:
    one = campaign(network, "A", "B", at_once=1)
    advance(kind, now=NOW)
    services.pause(one)
    end()
    assert advance(kind, now=NOW) == 0
    assert standing(one) == {"A": "waiting", "B": "waiting"}
    services.resume(one)
    assert [advance(kind, now=NOW), advance(kind, now=NOW)] == [0, 1]
    assert standing(one) == {"A": "reached", "B": "sent"}


def test_what_is_called_off_leaves_nobody_waiting(network: Organisation, kind: Restarts) -> None:
    one = campaign(network, "A", "AWAY")
    advance(kind, now=NOW)
    services.call_off(one)
    assert standing(one) == {"A": "sent"}
    one.refresh_from_db()
    assert one.due_at is None


def test_the_door_moves_only_those_it_heard_of(network: Organisation, kind: Restarts) -> None:
    one = campaign(network, "A", "B", times=2)
    advance(kind, now=NOW)
    end()
    mine = one.targets.get(station__identity="A").station_id
    assert advance_stations(kind, {mine}, now=NOW) == 1
    assert queued() == ["A"]


def test_a_kind_leaves_the_campaigns_of_others_alone(network: Organisation, kind: Restarts) -> None:
    one = campaign(network, "A")
    Campaign.objects.update(kind="firmware")
    assert advance(kind, now=NOW) == 0
    assert standing(one) == {}
    Target.objects.create(campaign=one, station_id=network_station(network), turn_at=NOW)
    assert advance(kind, now=NOW) == 0


def network_station(network: Organisation) -> int:
    return add_station(organisation=network, identity="B", now=NOW, actor=OFFICE).pk


def test_who_is_wanted_anew_begins_again_and_who_is_released_is_left_alone(
    network: Organisation, kind: Restarts
) -> None:
    station_id = network_station(network)
    one = campaign_of(network.pk, kind, name="upkeep", now=NOW, expires_s=600)
    Campaign.objects.update(parameters={"times": 1})
    want(one, [station_id])
    assert advance(kind, now=NOW) == 1
    assert CommandRow.objects.get().expires_at == NOW + timedelta(minutes=10)
    want(one, [station_id])
    assert advance(kind, now=NOW) == 0
    want(one, [station_id], anew=True)
    assert advance(kind, now=NOW) == 1
    release(kind, [station_id])
    end(State.REJECTED)
    assert advance(kind, now=NOW) == 0
    assert kind.over == []
