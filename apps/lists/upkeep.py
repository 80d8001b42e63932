"""Stations come to hold what they should, message by message: a campaign that never ends."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from apps.campaigns.advance import advance
from apps.campaigns.kinds import Kind, Over, Send
from apps.campaigns.life import End, Patience
from apps.campaigns.models import Campaign, Target
from apps.campaigns.standing import campaign_of, want
from apps.commands.models import CommandRow, State
from apps.domain.vocabulary import BootStatus
from apps.lists import plan, services
from apps.lists.models import ListPolicy, Push
from apps.lists.plan import Wanted
from apps.lists.selectors import (
    KIND,
    busy_stations,
    limits_of_all,
    list_automatic,
    list_online,
    list_stale,
    wanted_in,
)
from ocpp_platform.keyset import pages

_CHANGED = "What the station should hold has changed"
_FOR_EVER = 32_000
_UNSENT = (State.EXPIRED, State.SUPERSEDED)


class LocalLists(Kind):
    """One campaign an organisation, of all stations whose lists somebody fills."""

    name = KIND
    patience = Patience(_FOR_EVER, first_pause_s=60, longest_pause_s=3600)
    has_steps = True
    can_hear = Q(station__is_connected=True, station__boot_status=BootStatus.ACCEPTED)
    page_rows = 100  # each with as much of a list as one message takes

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Send | Over]:
        """The next message; where one is on its way already, not before its answer."""
        keys = [target.station_id for target in targets]
        busy = busy_stations(keys)
        free = [target for target in targets if target.station_id not in busy]
        by_us = list_automatic({target.campaign.organisation_id for target in free})
        going = [t for t in free if not t.attempts or t.campaign.organisation_id in by_us]
        chosen: dict[int, Send | Over] = {target.pk: Over(target.problem) for target in free}
        return chosen | _messages(going, now)

    def end_of(self, target: Target, row: CommandRow) -> End:
        """A difference that was refused is followed by a full list; a full one rests."""
        if row.state in _UNSENT:
            return End.AGAIN
        if services.is_unsupported(row):
            return End.REFUSED
        is_planned, mode = row.parameters.get("is_planned"), row.parameters.get("mode")
        if row.state == State.REJECTED and mode != "full":
            return End.REFUSED if row.verbatim else End.AGAIN
        end = super().end_of(target, row)
        if end is End.WELL:
            return End.WELL if is_planned else End.DONE
        return end if end is End.OPEN else End.LOST


LISTS = LocalLists()


def keep(*, now: datetime) -> int:
    """Send stations that are online what they lack, where that is our task. Safe to run twice.

    How many were sent something. One that refused has its rest; one that has no local lists
    is left alone until somebody sends it one.
    """
    for policy in ListPolicy.objects.filter(is_automatic=True):
        wanted = wanted_in(policy.organisation_id, now)
        campaign = upkeep_of(policy.organisation_id, now)
        for page in pages(list_online(policy.organisation_id), LISTS.page_rows):
            if stale := list_stale(page, wanted):
                want(campaign, [station.pk for station in stale])
    return advance(LISTS, now=now)


def upkeep_of(organisation_id: int, now: datetime) -> Campaign:
    return campaign_of(organisation_id, LISTS, name=services.BY_US, now=now)


def _messages(targets: Collection[Target], now: datetime) -> dict[int, Send | Over]:
    """For each the message that brings its station nearer to what it should hold."""
    keys = [target.station_id for target in targets]
    rows, limits = services.locked_all(keys), limits_of_all(keys)
    wanted: dict[int, Wanted] = {
        key: wanted_in(key, now) for key in {t.campaign.organisation_id for t in targets}
    }
    told: dict[int, Send | Over] = {}
    begun = []
    for target in targets:
        row, most = rows[target.station_id], limits[target.station_id]
        if row.push == Push.PUSHING:  # its answer was lost, so nobody knows what it did
            services.note_held(row, None)
        mine = plan.within(wanted[target.campaign.organisation_id], most, row.forgotten)
        update = plan.next_update(row.held, mine, row.version, most)
        if update is None:
            told[target.pk] = Over()
            continue
        command = services.order(row, update, is_planned=True)
        told[target.pk] = Send(command, _CHANGED, purpose=services.purpose_of(command))
        begun.append(row)
    services.save_begun(begun)
    return told
