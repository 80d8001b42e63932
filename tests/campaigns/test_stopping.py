"""Campaigns that are drafted, stopped, and tried again; and what the door begins next."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from apps.accounts.models import Organisation
from apps.campaigns import services
from apps.campaigns.advance import advance, advance_stations
from apps.campaigns.kinds import Kind, Over, Send
from apps.campaigns.models import Campaign, Running, Target
from apps.commands.models import CommandRow, State
from apps.commands.services import claim
from apps.domain.commands import ResetStation
from tests.campaigns.test_advance import NOW, after, campaign, end, queued, standing


class Once(Kind):
    """Restarts each station once; of BUSY it does not want that."""

    name = "restarts"

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Send | Over]:
        return {target.pk: self._next(target) for target in targets}

    def _next(self, target: Target) -> Send | Over:
        if target.station.identity == "BUSY":
            return Over("A car charges", is_skipped=True)
        return Send(ResetStation(), expires_s=90)


ONCE = Once()


@pytest.fixture
def one(network: Organisation) -> Campaign:
    return campaign(network, "A", "B", "C", at_once=2)


def sent_to(name: str) -> CommandRow:
    return CommandRow.objects.filter(identity=name).latest("pk")


def test_a_draft_sends_nothing_until_it_runs(one: Campaign) -> None:
    advance(ONCE, now=NOW)
    Campaign.objects.update(state=Running.DRAFT)
    end()
    advance(ONCE, now=NOW)
    assert standing(one) == {"A": "reached", "B": "reached", "C": "waiting"}
    Campaign.objects.update(state=Running.RUNNING)
    assert advance(ONCE, now=NOW) == 1


def test_what_shall_not_be_told_is_skipped_and_is_no_failure(network: Organisation) -> None:
    one = campaign(network, "A", "BUSY", stop_pct=0)
    advance(ONCE, now=NOW)
    assert standing(one) == {"A": "sent", "BUSY": "skipped"}
    assert one.targets.get(station__identity="BUSY").problem == "A car charges"
    assert Campaign.objects.get().state == Running.RUNNING
    assert (sent_to("A").expires_at - NOW).total_seconds() == 90


def test_the_next_begins_when_the_door_hears_that_one_is_over(one: Campaign) -> None:
    advance(ONCE, now=NOW)
    assert queued() == ["A", "B"]
    mine = one.targets.get(station__identity="A").station_id
    assert advance_stations(ONCE, {mine}, now=NOW) == 0
    end(identity="A")
    assert advance_stations(ONCE, {mine}, now=NOW) == 1
    assert queued() == ["B", "C"]
    assert advance_stations(ONCE, {mine}, now=NOW) == 0


def test_a_stop_spares_who_was_not_told_and_follows_who_was(one: Campaign) -> None:
    advance(ONCE, now=NOW)
    assert claim(sent_to("A"), connection_id="c", now=NOW)
    assert services.stop(one, "Stopped by Olga", now=NOW) == 2
    assert standing(one) == {"A": "sent", "B": "skipped", "C": "skipped"}
    assert (sent_to("B").state, sent_to("B").detail) == (State.EXPIRED, "Stopped by Olga")
    assert not claim(sent_to("B"), connection_id="c", now=NOW)
    CommandRow.objects.filter(identity="A").update(state=State.CONFIRMED)
    assert advance(ONCE, now=after(1)) == 0
    assert standing(one)["A"] == "reached"
    assert services.stop(one, "Stopped by Olga", now=NOW) == 0


def test_trying_again_is_for_what_went_wrong_or_was_spared(one: Campaign) -> None:
    advance(ONCE, now=NOW)
    CommandRow.objects.filter(identity="A").update(state=State.REJECTED)
    CommandRow.objects.filter(identity="B").update(state=State.CONFIRMED)
    advance(ONCE, now=NOW)
    services.stop(one, "Stopped", now=NOW)
    one.refresh_from_db()
    assert services.try_again(one) == 2
    assert standing(one) == {"A": "waiting", "B": "reached", "C": "waiting"}
    assert advance(ONCE, now=NOW) == 2
    one.refresh_from_db()
    assert services.try_again(one) == 0
