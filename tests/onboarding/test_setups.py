"""What becomes of the steps of a set-up, and of stations whose set-up is broken off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation, User
from apps.campaigns.advance import advance, advance_stations
from apps.campaigns.life import End
from apps.campaigns.models import Target
from apps.commands.models import CommandRow, State
from apps.onboarding import services
from apps.onboarding.models import RecipeStep, Setup
from apps.onboarding.recipe import add_step
from apps.onboarding.setups import SET_UPS
from apps.stations.models import Station
from tests.factories import OFFICE
from tests.onboarding.scene import READ, SET

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LOST = "The connection was lost"
ONLY_OLD: tuple[str, dict[str, Any]] = ("set_setting", {"value": "1", "key": "Only16"})


@pytest.fixture
def new(station: Station, network: Organisation) -> Station:
    """A station that waits, of an organisation whose set-up has three steps."""
    admin = User(username="anna", organisation=network, role="admin")
    for name, parameters in (SET, ONLY_OLD, READ):
        add_step(admin, name=name, parameters=parameters)
    Station.objects.update(protocol="ocpp2.0.1", boot_status="Pending", is_connected=True)
    station.refresh_from_db()
    return station


def begin(station: Station) -> None:
    services.begin(station.pk, actor=OFFICE, now=NOW)


def ends(state: str, detail: str = "", **columns: Any) -> None:
    """The newest command comes to this, and the door hears of it."""
    row = CommandRow.objects.latest("id")
    CommandRow.objects.filter(pk=row.pk).update(state=state, detail=detail, **columns)
    advance_stations(SET_UPS, [row.station_id], now=NOW)


def told() -> list[tuple[str, str]]:
    return list(CommandRow.objects.order_by("id").values_list("name", "reason"))


def steps() -> list[tuple[str, str]]:
    return list(Setup.objects.get().steps.values_list("state", "detail"))


def test_steps_follow_each_other_and_what_a_version_lacks_is_skipped(new: Station) -> None:
    begin(new)
    assert told() == [("set_variables", "Step 1 of its set-up")]
    row = CommandRow.objects.get()
    assert (row.actor, row.expires_at) == ("set-up", NOW + timedelta(days=7))
    ends(State.CONFIRMED, observed="Read back as set")
    assert told()[1:] == [("get_variables", "Step 3 of its set-up")]
    lacks = "It has no name in the version that the station speaks."
    assert steps() == [("done", "Read back as set"), ("skipped", lacks), ("sent", "")]
    ends(State.CONFIRMED)
    assert Setup.objects.get().stage == "done"
    assert told()[2:] == [("trigger_message", "So that it hears what has been decided")]


def test_what_was_lost_is_given_again_at_once_but_not_for_ever(new: Station) -> None:
    begin(new)
    ends(State.ERROR, LOST)
    ends(State.TIMED_OUT)
    assert len(told()) == 3
    ends(State.EXPIRED)
    setup = Setup.objects.get()
    assert (setup.stage, len(told())) == ("failed", 3)
    assert setup.reason.startswith("Step 1, Set SampledDataCtrlr.TxUpdatedInterval")
    assert setup.reason.endswith(": Expired")
    assert (setup.steps.first().state, setup.steps.first().attempts) == ("failed", 3)


@pytest.mark.parametrize("state", [State.REJECTED, State.FAILED, State.NOT_CONFIRMED])
def test_a_step_that_need_not_succeed_is_passed_over(new: Station, state: str) -> None:
    RecipeStep.objects.filter(position=1).update(must_succeed=False)
    begin(new)
    ends(state, "Unknown")
    assert steps()[0] == ("failed", f"{State(state).label}: Unknown")
    assert told()[1:] == [("get_variables", "Step 3 of its set-up")]


def test_one_that_was_lost_too_often_is_passed_over_too(new: Station) -> None:
    RecipeStep.objects.filter(position=1).update(must_succeed=False)
    begin(new)
    for _ in range(3):
        ends(State.TIMED_OUT)
    assert steps()[0][0] == "failed"
    assert [name for name, _ in told()] == [*["set_variables"] * 3, "get_variables"]
    assert Target.objects.get().attempts == 1


@pytest.mark.parametrize(
    ("state", "detail", "end"),
    [
        (State.NOT_CONFIRMED, "", End.REFUSED),
        (State.NOT_CONFIRMED, "RebootRequired", End.WELL),
        (State.ACCEPTED, "RebootRequired", End.WELL),
        (State.ACCEPTED, "", End.OPEN),
        (State.CONFIRMED, "", End.WELL),
        (State.ERROR, "GenericError", End.REFUSED),
        (State.ERROR, LOST, End.LOST),
    ],
)
def test_what_a_station_shows_after_its_next_boot_is_believed(
    state: State, detail: str, end: End
) -> None:
    row = CommandRow(name="set_variables", state=state, detail=detail, confirm_by=NOW)
    assert SET_UPS.end_of(Target(), row) is end


def test_a_set_up_that_failed_goes_on_when_its_step_comes_true(new: Station) -> None:
    begin(new)
    ends(State.NOT_CONFIRMED)
    assert Setup.objects.get().stage == "failed"
    ends(State.CONFIRMED)
    assert Setup.objects.get().stage == "running"
    assert steps()[0][0] == "done"
    assert told()[1:] == [("get_variables", "Step 3 of its set-up")]


def test_what_a_rejection_broke_off_goes_on_with_the_command_on_its_way(new: Station) -> None:
    begin(new)
    services.reject(new, actor=OFFICE, now=NOW)
    ends(State.CONFIRMED)
    assert (Setup.objects.get().stage, len(told())) == ("failed", 2)  # it is called to boot
    first = CommandRow.objects.order_by("id").first()
    CommandRow.objects.filter(pk=first.pk).update(state=State.CONFIRMED)
    services.accept(new, actor=OFFICE, now=NOW)
    assert Setup.objects.get().stage == "running"
    assert [state for state, _ in steps()] == ["done", "skipped", "sent"]


def test_what_somebody_took_in_by_hand_is_set_up_no_more(new: Station) -> None:
    begin(new)
    step = CommandRow.objects.get()
    services.accept(new, actor=OFFICE, now=NOW)
    CommandRow.objects.filter(pk=step.pk).update(state=State.CONFIRMED)
    advance(SET_UPS, now=NOW)
    assert (Setup.objects.get().stage, Setup.objects.get().reason) == ("done", "Accepted by hand")
    assert [name for name, _ in told()] == ["set_variables", "trigger_message"]


def test_run_again_it_begins_with_the_first_step_as_it_is_now(new: Station) -> None:
    begin(new)
    ends(State.CONFIRMED)
    RecipeStep.objects.filter(position=1).delete()
    begin(new)
    assert [state for state, _ in steps()] == ["skipped", "sent"]
    assert told()[2:] == [("get_variables", "Step 2 of its set-up")]
    CommandRow.objects.filter(reason="Step 3 of its set-up").update(state=State.REJECTED)
    advance(SET_UPS, now=NOW)
    assert Setup.objects.get().stage == "running", "that was a step of the set-up before"


def test_run_again_it_takes_back_what_it_had_not_sent_yet(new: Station) -> None:
    begin(new)
    first = CommandRow.objects.get()
    RecipeStep.objects.exclude(name="get_variables").delete()
    begin(new)
    second = CommandRow.objects.latest("id")
    first.refresh_from_db()
    assert (first.state, first.superseded_by) == (State.SUPERSEDED, second.pk)
    assert Target.objects.get().command_id == second.pk
