"""The life of a job: frozen, reviewed, started, stopped, tried again, and given up in time."""

from datetime import timedelta

import pytest

from apps.campaigns.models import Target
from apps.commands.models import CommandRow, State
from apps.commands.services import claim
from apps.domain.command import BadParameters
from apps.history.models import Fact
from apps.jobs import services
from apps.jobs.models import Job
from apps.jobs.orders import permission_of
from apps.jobs.selectors import get_job, list_items, list_jobs, may_order, progress_of
from apps.jobs.services import NotNow, Plan, freeze, go_on, prepare, retry, start, stop
from apps.stations.models import Location, Station
from apps.stations.selectors import list_stations
from tests import factories
from tests.factories import Cast
from tests.jobs.conftest import NOW, RESET, draft, end, problems, reviewed, standing, stations, told

LATER = NOW + timedelta(minutes=1)


def begun(cast: Cast, **plan: object) -> Job:
    job = reviewed(cast, **plan)
    start(job, actor=cast.operator, now=NOW)
    return job


def test_nothing_goes_out_before_it_was_reviewed_and_started(cast: Cast) -> None:
    stations(cast, 2)
    job = draft(cast)
    go_on(now=NOW)
    with pytest.raises(NotNow, match="reviewed"):
        start(job, actor=cast.operator, now=NOW)
    prepare(job, Plan(RESET), actor=cast.operator, now=NOW)
    go_on(now=NOW)
    assert told() == []
    start(job, actor=cast.operator, now=NOW)
    go_on(now=NOW)
    assert told() == ["S0000", "S0001"]
    row = CommandRow.objects.first()
    assert (row.actor, row.reason, row.parameters["mode"]) == (
        cast.operator.label, f"Job {job.pk}", "on_idle",
    )  # fmt: skip


def test_who_cannot_is_left_out_with_the_reason(cast: Cast) -> None:
    old, here, busy = stations(cast, 3)
    Station.objects.filter(pk=old.pk).update(protocol="ocpp1.6")
    factories.session(busy, started_at=NOW, ended_at=None, state="charging")
    job = reviewed(cast, "set_monitoring_base", {"base": "all"})
    assert standing(job) == {"S0000": "skipped", "S0001": "waiting", "S0002": "waiting"}
    assert "S0000" in problems(job)
    job = reviewed(cast, given={"mode": "immediate"})
    assert problems(job) == {"S0002": "A car charges here, and would be interrupted"}
    job = reviewed(cast, given={"mode": "immediate"}, may_interrupt=True)
    assert problems(job) == {}
    assert here.identity in standing(job)


def test_a_car_that_came_since_the_review_is_not_interrupted(cast: Cast) -> None:
    one, other = stations(cast, 2)
    job = begun(cast, given={"mode": "immediate"})
    made = factories.session(one, started_at=NOW, ended_at=None, state="charging")
    go_on(now=NOW)
    assert told() == [other.identity]
    progress = progress_of(cast.operator, [job])[job.pk]
    assert (progress.by_state["spared"], progress.by_state["sent"]) == (1, 1)
    type(made).objects.update(ended_at=NOW)
    assert retry(job, actor=cast.operator, now=NOW) == 1
    go_on(now=NOW)
    assert told() == [other.identity, one.identity]


def test_who_is_away_is_waited_for_until_the_deadline_and_takes_nobodys_place(cast: Cast) -> None:
    stations(cast, 2, "AWAY", connected=False)
    stations(cast, 2)
    job = begun(cast, at_once=1, deadline_s=600)
    go_on(now=NOW)
    assert told() == ["S0000"]
    end()
    go_on(now=NOW)
    assert told() == ["S0000", "S0001"]
    end()
    Station.objects.filter(identity="AWAY0001").update(is_connected=True)
    go_on(now=LATER)
    assert told()[-1] == "AWAY0001"
    row = CommandRow.objects.latest("pk")
    assert row.expires_at == NOW + timedelta(seconds=600)
    end()
    go_on(now=NOW + timedelta(seconds=601))
    assert standing(job)["AWAY0000"] == "failed"
    assert problems(job) == {"AWAY0000": "It could not be told before the deadline"}
    job.refresh_from_db()
    assert (job.state, job.ended_at) == ("done", NOW + timedelta(seconds=601))


def test_it_goes_on_where_it_was_after_a_restart_between_any_two_steps(cast: Cast) -> None:
    """Nothing of a job is in a process: it is read anew for each step."""
    stations(cast, 3)
    key = draft(cast).pk
    prepare(Job.objects.get(pk=key), Plan(RESET, at_once=1), actor=cast.operator, now=NOW)
    start(Job.objects.get(pk=key), actor=cast.operator, now=NOW)
    for _ in range(4):
        go_on(now=NOW)
        go_on(now=NOW)
        end()
    assert told() == ["S0000", "S0001", "S0002"], "each once"
    assert Job.objects.get(pk=key).state == "done"


def test_a_stop_spares_who_waits_and_a_retry_is_for_what_went_wrong(cast: Cast) -> None:
    stations(cast, 4)
    Station.objects.filter(identity="S0003").update(is_connected=False)
    job = begun(cast, at_once=3)
    go_on(now=NOW)
    claim(CommandRow.objects.get(identity="S0000"), connection_id="c", now=NOW)
    CommandRow.objects.filter(identity="S0001").update(state=State.REJECTED, detail="No")
    assert stop(job, actor=cast.operator, now=NOW) == 2
    go_on(now=LATER)
    assert standing(job) == {
        "S0000": "sent", "S0001": "failed", "S0002": "skipped", "S0003": "skipped",
    }  # fmt: skip
    CommandRow.objects.filter(identity="S0000").update(state=State.CONFIRMED)
    go_on(now=LATER)
    job.refresh_from_db()
    assert (job.campaign.state, job.ended_at) == ("stopped", LATER)
    assert retry(job, actor=cast.admin, now=LATER) == 3
    go_on(now=LATER)
    assert told()[3:] == ["S0001", "S0002"]
    kinds = Fact.objects.filter(subject_kind="job").order_by("pk").values_list("kind", "actor_id")
    assert list(kinds) == [
        ("job started", cast.operator.pk),
        ("job stopped", cast.operator.pk),
        ("job tried again", cast.admin.pk),
    ]


def test_each_step_is_taken_once(cast: Cast) -> None:
    """Of two tabs one is first; the other is told so."""
    stations(cast, 1)
    job = reviewed(cast)
    tab = get_job(cast.operator, job.pk)
    start(job, actor=cast.operator, now=NOW)
    for late in (
        lambda: start(tab, actor=cast.operator, now=NOW),
        lambda: prepare(tab, Plan(RESET), actor=cast.operator, now=NOW),
        lambda: retry(tab, actor=cast.operator, now=NOW),
    ):
        with pytest.raises(NotNow):
            late()
    go_on(now=NOW)
    end()
    go_on(now=NOW)
    with pytest.raises(NotNow, match="over"):
        stop(tab, actor=cast.operator, now=NOW)
    assert told() == ["S0000"]


def test_an_old_list_is_not_started(cast: Cast) -> None:
    stations(cast, 1)
    job = reviewed(cast)
    with pytest.raises(NotNow, match="a day ago"):
        start(job, actor=cast.operator, now=NOW + timedelta(hours=25))


@pytest.mark.parametrize(
    ("action", "given", "said"),
    [
        ("stop_session", {"transaction_id": "1"}, "one station"),
        ("reset", {"mode": "loud"}, "mode"),
        ("nonsense", {}, "unknown command"),
        ("add_tag", {"tag": "a\nb"}, "one line"),
        ("add_tag", {}, "required"),
        ("move_to_site", {"location": "x"}, "required"),
        (
            "set_variables",
            {"variables": [{"variable": {"name": "AuthorizationKey"}, "attributeValue": "s" * 20}]},
            "station by station",
        ),
    ],
)
def test_what_cannot_be_done_at_many_is_refused(
    cast: Cast, action: str, given: dict[str, object], said: str
) -> None:
    stations(cast, 1)
    with pytest.raises(BadParameters, match=said):
        reviewed(cast, action, given)


@pytest.mark.parametrize("plan", [{"at_once": 0}, {"at_once": 1001}, {"deadline_s": 59}])
def test_how_it_is_done_has_bounds(cast: Cast, plan: dict[str, int]) -> None:
    stations(cast, 1)
    with pytest.raises(BadParameters):
        reviewed(cast, **plan)


def test_a_list_has_one_station_at_least_and_no_more_than_a_job_bears(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadParameters, match="No station"):
        draft(cast)
    stations(cast, 3)
    monkeypatch.setattr(services, "MOST", 2)
    with pytest.raises(BadParameters, match="2 stations at most"):
        draft(cast)
    assert not Target.objects.exists()


def test_tags_and_sites_are_changed_in_the_name_of_who_started_it(cast: Cast) -> None:
    one, _ = stations(cast, 2)
    factories.station(cast.location, "AWAY", now=NOW, connected=False)
    site = Location.objects.create(organisation=cast.organisation, name="Far")
    for action, given in (("add_tag", {"tag": "Depot"}), ("move_to_site", {"location": site.pk})):
        job = reviewed(cast, action, given)
        start(job, actor=cast.operator, now=NOW)
        go_on(now=NOW)
        assert set(standing(job).values()) == {"reached"}
    one.refresh_from_db()
    assert one.location == site
    assert [tag.word for tag in one.tags.all()] == ["Depot"]
    facts = Fact.objects.filter(station_id=one.pk).order_by("pk")
    assert [(fact.kind, fact.actor_id) for fact in facts] == [
        ("tags of a station changed", cast.operator.pk),
        ("station moved to another site", cast.operator.pk),
    ]
    job = reviewed(cast, "remove_tag", {"tag": "DEPOT"})
    start(job, actor=cast.operator, now=NOW)
    go_on(now=NOW)
    assert not one.tags.exists()


def test_somebody_elses_site_is_none(cast: Cast) -> None:
    stations(cast, 1)
    far = Location.objects.create(organisation=cast.stranger.organisation, name="Far")
    with pytest.raises(BadParameters):
        reviewed(cast, "move_to_site", {"location": far.pk})


def test_jobs_and_their_items_are_seen_by_their_own(cast: Cast) -> None:
    stations(cast, 1)
    job = draft(cast)
    assert list_items(cast.operator, job).count() == 1
    assert list_items(cast.stranger, job).count() == 0
    with pytest.raises(Job.DoesNotExist):
        get_job(cast.stranger, job.pk)
    with pytest.raises(BadParameters):
        freeze(cast.stranger, list_stations(cast.stranger), "reset", now=NOW)


def test_who_is_limited_to_sites_acts_and_sees_there_alone(cast: Cast) -> None:
    here, there = stations(cast, 2)
    far = Location.objects.create(organisation=cast.organisation, name="Far")
    Station.objects.filter(pk=there.pk).update(location=far)
    of_all = reviewed(cast)
    cast.support.site_ids, cast.support.role = [cast.location.pk], "operator"
    mine = draft(cast, by=cast.support)
    assert standing(mine) == {here.identity: "waiting"}
    assert may_order(cast.support, mine)
    assert not may_order(cast.support, of_all)
    assert progress_of(cast.support, [of_all])[of_all.pk].total == 1
    only_far = freeze(
        cast.operator, list_stations(cast.operator).filter(pk=there.pk), "reset", now=NOW
    )
    assert only_far not in list_jobs(cast.support)
    prepare(of_all, Plan(RESET), actor=cast.support, now=NOW)
    assert problems(of_all) == {there.identity: "You may not act on it"}
    moving = draft(cast, "move_to_site", by=cast.support)
    with pytest.raises(BadParameters, match="your sites"):
        prepare(moving, Plan({"location": far.pk}), actor=cast.support, now=NOW)


def test_what_it_needs_is_what_the_command_needs() -> None:
    assert permission_of("reset") == "operate"
    assert permission_of("stop_session") is None
    assert permission_of("nonsense") is None
