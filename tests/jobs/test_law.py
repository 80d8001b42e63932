"""Whatever people do in whatever order: only stations of a reviewed list are ever told anything."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.campaigns.models import Target
from apps.commands.models import CommandRow, State
from apps.domain.command import BadParameters
from apps.jobs.models import Job
from apps.jobs.selectors import get_job, may_order
from apps.jobs.services import NotNow, Plan, freeze, go_on, prepare, retry, start, stop
from apps.stations.filters import StationFilter
from apps.stations.models import Location, Station
from apps.stations.selectors import list_stations
from apps.stations.tags import set_tags
from tests import factories
from tests.factories import OFFICE
from tests.jobs.conftest import NOW, RESET

ROLES = ("admin", "operator", "support", "finance", "stranger")
WHO, WHICH = st.sampled_from(ROLES), st.integers(0, 7)
DEEDS = st.one_of(
    st.tuples(st.just("freeze"), WHO, st.sampled_from(["", "a", "b"]), st.sets(WHICH)),
    st.tuples(st.sampled_from(["prepare", "start", "stop", "retry"]), WHO, WHICH),
    st.tuples(st.sampled_from(["tag", "leave", "come", "charge", "new"]), WHICH),
    st.tuples(st.sampled_from(["clock", "confirm", "reject"])),
)


@dataclass
class World:
    """Two networks; ``listed``: what each job was frozen with, ``fit``: what its review left."""

    people: dict[str, User]
    places: list[Location]
    stations: list[Station]
    listed: dict[int, set[int]] = field(default_factory=dict)
    fit: dict[int, set[int]] = field(default_factory=dict)
    started_by: dict[int, User] = field(default_factory=dict)

    def freeze(self, who: str, tag: str, injected: set[int]) -> None:
        """The list as the actor sees it, narrowed to numbers that may be anybody's."""
        actor = self.people[who]
        wanted = [self.stations[n % len(self.stations)].pk for n in injected]
        seen = list_stations(actor, StationFilter(tag=tag))
        job = freeze(actor, seen.filter(pk__in=wanted) if wanted else seen, "reset", now=NOW)
        mine = {s.pk for s in self.stations if s.organisation_id == actor.organisation_id}
        self.listed[job.pk] = set(job.campaign.targets.values_list("station_id", flat=True))
        assert self.listed[job.pk] <= (mine & set(wanted) if wanted else mine)

    def step(self, deed: str, who: str, which: int) -> None:
        """As a face does it: what one may not see is not there, what one may not do is refused."""
        actor, keys = self.people[who], sorted(self.listed)
        if not keys:
            return
        job = get_job(actor, keys[which % len(keys)])
        if not may_order(actor, job):
            return
        if deed == "prepare":
            prepare(job, Plan(RESET, at_once=2), actor=actor, now=NOW)
            left = Target.objects.filter(campaign=job.pk, state="waiting")
            self.fit[job.pk] = set(left.values_list("station_id", flat=True))
        else:
            {"start": start, "stop": stop, "retry": retry}[deed](job, actor=actor, now=NOW)
            self.started_by.setdefault(job.pk, actor)

    def happen(self, deed: str, which: int) -> None:
        one = self.stations[which % len(self.stations)]
        if deed == "tag":
            set_tags(one, ["b"], actor=OFFICE)
        elif deed == "new":
            place = self.places[which % 2]
            name = f"NEW{len(self.stations)}"
            self.stations.append(factories.station(place, name, now=NOW))
            set_tags(self.stations[-1], ["a"], actor=OFFICE)
        elif deed == "charge":
            factories.session(one, started_at=NOW, ended_at=None, state="charging")
        else:
            Station.objects.filter(pk=one.pk).update(is_connected=deed == "come")

    def clock(self, deed: str) -> None:
        go_on(now=NOW)
        state = {"confirm": State.CONFIRMED, "reject": State.REJECTED}.get(deed)
        if state:
            CommandRow.objects.filter(state=State.QUEUED).update(state=state)

    def check(self) -> None:
        for row in CommandRow.objects.all():
            key = int(row.reason.removeprefix("Job "))
            assert row.station_id in self.fit[key] <= self.listed[key]
            assert row.organisation_id == Job.objects.get(pk=key).organisation_id
            assert self.started_by[key].role in ("admin", "operator")
        for key, listed in self.listed.items():
            now = Target.objects.filter(campaign=key).values_list("station_id", flat=True)
            assert set(now) == listed, "a list never changes"


def world() -> World:
    cast = factories.cast(NOW)
    theirs = Location.objects.create(organisation=cast.stranger.organisation, name="Theirs")
    made = [factories.station(cast.location, f"M{n}", now=NOW) for n in range(4)]
    made += [factories.station(theirs, f"T{n}", now=NOW) for n in range(2)]
    for one in made[::2]:
        set_tags(one, ["a"], actor=OFFICE)
    return World({role: cast.person(role) for role in ROLES}, [cast.location, theirs], made)


def play(here: World, deed: tuple[Any, ...]) -> None:
    try:
        with transaction.atomic():
            if deed[0] == "freeze":
                here.freeze(*deed[1:])
            elif len(deed) == 3:
                here.step(*deed)
            elif len(deed) == 2:
                here.happen(*deed)
            else:
                here.clock(deed[0])
    except (NotNow, BadParameters, Job.DoesNotExist):
        pass


@pytest.mark.django_db
@given(st.lists(DEEDS, max_size=25))
def test_only_what_was_reviewed_is_told(deeds: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        here = world()
        for deed in deeds:
            play(here, deed)
        here.check()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_law_sees_commands() -> None:
    """A story in which everything goes well does send some."""
    here = world()
    story = [("freeze", "admin", "a", {0, 1, 4}), ("prepare", "admin", 0), ("new", 0), ("tag", 2),
             ("start", "operator", 0), ("reject",), ("clock",), ("retry", "admin", 0),
             ("confirm",), ("clock",)]  # fmt: skip
    for deed in story:
        play(here, deed)
    here.check()
    assert {row.identity for row in CommandRow.objects.all()} == {"M0"}
    assert CommandRow.objects.count() == 2
