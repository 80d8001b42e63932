"""Other ways of a command: each limits no less, and none is another command."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.charging import StartSession
from apps.domain.command import Command
from apps.domain.operation import TriggerMessage
from apps.domain.power import SetChargingProfile
from apps.domain.profiles import ChargingProfile, Reader, read_profile
from apps.domain.way_axis import Place
from apps.domain.way_limits import in_steps
from apps.domain.ways import AXES, others, shifted, way_of, ways_of, words_of
from apps.power.composite import Held, Question, Running, composite

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE, TWO = Place(NOW, evses=1), Place(NOW, evses=2)
TX, DEFAULT, MOST = "TxProfile", "TxDefaultProfile", "ChargingStationMaxProfile"


def limit(evse_id: int = 1, *, schedule: dict[str, Any] | None = None, **more: Any) -> Any:
    """16 A from now on, as a default of the EVSE."""
    plan = {
        "unit": "A", "start_at": NOW.isoformat(), "periods": [{"start_s": 0, "limit": 16.0}],
    } | (schedule or {})  # fmt: skip
    plan = {name: value for name, value in plan.items() if value is not None}
    profile = {
        "id": 1, "stack_level": 0, "purpose": DEFAULT, "kind": "Absolute", "schedules": [plan],
    } | more  # fmt: skip
    return SetChargingProfile(evse_id, profile)


def moved(command: Command, axis: str, place: Place = ONE) -> Any:
    """The command at the other end of an axis; None where it has none."""
    found = dict(others(command, place))
    return next((other for way, other in found.items() if way.startswith(f"{axis}:")), None)


START = StartSession("AB12", charging_profile=limit().profile | {"purpose": TX})


def only(command: SetChargingProfile) -> Any:
    return command.profile["schedules"][0]


def test_amperes_become_watts_of_all_phases_rounded_down_and_back() -> None:
    in_watts = moved(limit(), "unit")
    assert (only(in_watts)["unit"], only(in_watts)["periods"][0]["limit"]) == ("W", 11_040.0)
    one_phase = limit(schedule={"periods": [{"start_s": 0, "limit": 16.0, "phases": 1}]})
    assert only(moved(one_phase, "unit"))["periods"][0]["limit"] == 3_680.0
    assert only(moved(limit(), "unit", Place(NOW, 1, phases=1)))["periods"][0]["limit"] == 3_680.0
    watts = limit(schedule={"unit": "W", "periods": [{"start_s": 0, "limit": 11_000.0}]})
    assert only(moved(watts, "unit"))["periods"][0]["limit"] == 15.9


def test_a_limit_that_holds_from_now_on_is_told_relative_to_the_session() -> None:
    told = moved(limit(), "kind")
    assert (told.profile["kind"], "start_at" in only(told)) == ("Relative", False)
    back = moved(told, "kind")
    assert (back.profile["kind"], only(back)["start_at"]) == ("Absolute", NOW.isoformat())
    assert moved(START, "kind").charging_profile["kind"] == "Relative"


@pytest.mark.parametrize(
    "other",
    [
        limit(kind="Recurring", recurrency="Daily"),
        limit(0, purpose=MOST),
        limit(schedule={"start_at": (NOW + timedelta(seconds=1)).isoformat()}),
        limit(schedule={"duration_s": 60}),
        limit(schedule={"periods": [{"start_s": 0, "limit": 16}, {"start_s": 60, "limit": 6}]}),
    ],
)
def test_what_would_be_another_limit_has_no_other_kind(other: SetChargingProfile) -> None:
    assert moved(other, "kind") is None


def test_a_level_above_0_may_be_the_lowest() -> None:
    assert moved(limit(stack_level=3), "level").profile["stack_level"] == 0
    assert moved(limit(), "level") is None


def test_a_limit_of_one_session_may_be_one_of_any_session_there() -> None:
    told = moved(limit(purpose=TX, transaction_id="7"), "purpose", TWO)
    assert told.profile["purpose"] == DEFAULT
    assert "transaction_id" not in told.profile


def test_the_station_is_its_only_evse_and_never_one_of_two() -> None:
    assert moved(limit(), "scope").evse_id == 0
    assert moved(limit(0, purpose=MOST), "purpose").profile["purpose"] == DEFAULT
    assert moved(limit(), "scope", TWO) is None
    assert moved(limit(0, purpose=MOST), "purpose", TWO) is None


def test_many_periods_may_be_one_at_the_lowest_of_them() -> None:
    steps = [{"start_s": 0, "limit": 16}, {"start_s": 60, "limit": 6}, {"start_s": 90, "limit": 9}]
    assert only(moved(limit(schedule={"periods": steps}), "periods"))["periods"] == [
        {"start_s": 0, "limit": 6}
    ]
    steps[1]["limit"] = 0
    assert moved(limit(schedule={"periods": steps}), "periods") is None, "nobody would charge"


def test_what_begins_now_may_have_begun_a_minute_ago() -> None:
    told = moved(limit(), "begin")
    assert only(told)["start_at"] == (NOW - timedelta(minutes=1)).isoformat()
    assert moved(told, "begin") is None
    assert moved(limit(schedule={"duration_s": 60}), "begin") is None, "it would end earlier"


def test_a_start_may_leave_its_limit_for_later() -> None:
    assert moved(START, "start").charging_profile is None
    assert moved(StartSession("AB12"), "start") is None


def test_a_question_to_one_may_be_one_to_all_and_to_all_one_where_there_is_one() -> None:
    to_one = TriggerMessage("MeterValues", 2)
    assert moved(to_one, "trigger", TWO) == TriggerMessage("MeterValues")
    assert moved(TriggerMessage("MeterValues"), "trigger") == TriggerMessage("MeterValues", 1)
    assert moved(TriggerMessage("MeterValues"), "trigger", TWO) is None
    assert moved(TriggerMessage("Heartbeat"), "trigger") is None
    status = TriggerMessage("StatusNotification", 2)
    assert moved(status, "trigger", TWO) is None, "2.0.1 always names one"


def test_a_command_leaves_in_the_forms_that_are_taken() -> None:
    given = limit(stack_level=2)
    told = shifted(given, ONE, {"unit:A": False, "level:above 0": False, "kind:Absolute": True})
    assert set(ways_of(told, ONE)) >= {"unit:W", "level:0", "kind:Absolute"}
    assert shifted(given, ONE, {"unit:A": False, "unit:W": False}) == given, "neither is taken"
    assert shifted(given, ONE, {}) is given


def test_limits_go_in_the_steps_of_a_make_rounded_down() -> None:
    steps_a = (6, 8, 10, 13, 16)
    assert only(in_steps(limit(schedule={"periods": [{"start_s": 0, "limit": 12.5}]}), steps_a, ONE)
                )["periods"][0]["limit"] == 10  # fmt: skip
    below = limit(schedule={"periods": [{"start_s": 0, "limit": 4}]})
    assert only(in_steps(below, steps_a, ONE))["periods"][0]["limit"] == 4
    watts = limit(schedule={"unit": "W", "periods": [{"start_s": 0, "limit": 8_000}]})
    assert only(in_steps(watts, steps_a, ONE))["periods"][0]["limit"] == 6_900
    assert in_steps(limit(), (), ONE) == limit()


def test_every_form_has_words() -> None:
    for axis in AXES:
        assert all(words_of(f"{axis.name}:{value}") == said for value, said in axis.words.items())


PERIODS = st.lists(st.floats(1, 80).map(lambda n: round(n, 1)), min_size=1, max_size=4)


@given(PERIODS, st.sampled_from("AW"), st.sampled_from([TX, DEFAULT]), st.integers(0, 2))
def test_in_any_other_form_the_station_draws_no_more(
    limits: list[float], unit: str, purpose: str, level: int
) -> None:
    """What the given profile allows from now on, the other allows at most, at each instant."""
    scale = 1 if unit == "A" else 690
    periods = [{"start_s": n * 600, "limit": lim * scale} for n, lim in enumerate(limits)]
    periods = [p | {"limit": round(p["limit"], 1)} for p in periods]
    tx = {"transaction_id": "7"} if purpose == TX else {}
    command = limit(
        purpose=purpose, stack_level=level, schedule={"unit": unit, "periods": periods}, **tx
    )
    asked = Question(
        1, NOW, 3_600, "A", running={1: Running("7", NOW - timedelta(hours=1))}, evses=(1,)
    )
    allowed = at_each_minute(command, asked)
    for way, other in others(command, ONE):
        assert way_of(next(a for a in AXES if way.startswith(a.name)), other, ONE) == way
        drawn = at_each_minute(other, asked)
        assert all(less <= most + 0.11 for less, most in zip(drawn, allowed, strict=True)), way


def at_each_minute(command: SetChargingProfile, asked: Question) -> list[float]:
    profile: ChargingProfile = read_profile(command.profile, Reader())
    pieces = composite([Held(command.evse_id, profile)], asked)
    return [
        next(p.limit for p in reversed(pieces) if p.start_s <= second) or 0
        for second in range(0, 3_600, 60)
    ]
