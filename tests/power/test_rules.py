"""The rules of §K for a profile: each broken one is named, and a good profile breaks none."""

from typing import Any

import pytest

from apps.domain.commands import BadParameters, parse
from apps.domain.profiles import EXTERNAL, MAX, TX, TX_DEFAULT, Reader, profile_json, read_profile
from apps.power.composite import Held
from apps.power.rules import Facts, ProfileLimits, check, with_make
from apps.protocol.vendors import adapter_for

START = "2030-01-01T00:00:00+00:00"


def json(purpose: str = TX_DEFAULT, kind: str = "Absolute", **more: Any) -> dict[str, Any]:
    timed: dict[str, Any] = {"unit": "A", "periods": [{"start_s": 0, "limit": 6.0}]}
    if kind != "Relative":
        timed["start_at"] = START
    timed |= more.pop("schedule", {})
    given = {"stack_level": 0, "purpose": purpose, "kind": kind, "schedules": [timed]}
    return {name: value for name, value in (given | more).items() if value is not None}


def steps(*starts: int, **more: Any) -> dict[str, Any]:
    return {"periods": [{"start_s": s, "limit": 6.0} | more for s in starts]}


BROKEN = [
    (1, json(MAX), "choose EVSE 0"),
    (0, json(MAX, "Relative"), "cannot be Relative"),
    (0, json(TX, transaction_id="T"), "choose an EVSE above 0"),
    (1, json(TX), "needs the 'transaction_id'"),
    (1, json(TX_DEFAULT, transaction_id="T"), "Only a TxProfile names a transaction"),
    (0, json(EXTERNAL), "cannot be sent"),
    (1, json(kind="Relative", schedule={"start_at": START}), "leave 'start_at' out"),
    (1, json(schedule={"start_at": None}), "needs the 'start_at'"),
    (1, json(kind="Recurring"), "needs a 'recurrency'"),
    (1, json(recurrency="Daily"), "Only a Recurring profile"),
    (1, json(schedule=steps(10)), "must start at 0 s"),
    (1, json(schedule=steps(0, 60, 30)), "must be in order"),
    (1, json(schedule=steps(0, 60, 60)), "must be in order"),
    (1, json(schedule=steps(0, 600) | {"duration_s": 600}), "never applies"),
    (1, json(schedule={"duration_s": 0}), "must be more than 0"),
    (1, json(kind="Recurring", recurrency="Daily", schedule={"duration_s": 90_000}), "at most"),
    (1, json(schedule=steps(0, phase_to_use=1, phases=3)), "needs 'phases' 1"),
    (1, json(schedule=steps(0, phases=4)), "1 to 3 can be"),
    (1, json(schedule={"periods": [{"start_s": 0, "limit": 6.05}]}), "too many decimals"),
    (1, json(schedule={"min_rate": 7}), "above every limit"),
    (1, json(valid_from=START, valid_to=START), "later than 'valid_from'"),
    (1, json(schedule={"periods": []}), "at least one object"),
    (1, json(schedule={"unit": "kW"}), "one of A, W"),
    (1, json(valid_from="2030-01-01T00:00:00"), "with its zone"),
    (1, json(colour="red"), "unknown member"),
]


@pytest.mark.parametrize(("evse_id", "profile", "said"), BROKEN)
def test_a_broken_rule_is_named(evse_id: int, profile: Any, said: str) -> None:
    with pytest.raises(BadParameters) as refused:
        parse("set_charging_profile", {"evse_id": evse_id, "profile": profile})
    assert said in " ".join(refused.value.problems)


def test_all_problems_come_at_once() -> None:
    wrong = json(MAX, "Relative", schedule=steps(5) | {"start_at": START})
    with pytest.raises(BadParameters) as refused:
        parse("set_charging_profile", {"evse_id": 1, "profile": wrong})
    assert len(refused.value.problems) == 4


def test_a_start_takes_a_limit_for_its_session_only() -> None:
    start = {"token": "AB12", "evse_id": 1}
    parse("start_session", start | {"charging_profile": json(TX, "Relative")})
    for wrong in (json(), json(TX, transaction_id="T")):
        with pytest.raises(BadParameters):
            parse("start_session", start | {"charging_profile": wrong})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("clear_charging_profile", {"profile_id": 1, "evse_id": 1}),
        ("clear_charging_profile", {"purpose": "Anything"}),
        ("get_charging_profiles", {"profile_ids": [1], "purpose": MAX}),
        ("get_charging_profiles", {"sources": ["Moon"]}),
        ("get_composite_schedule", {"evse_id": 1, "duration_s": 0}),
        ("get_composite_schedule", {"evse_id": 1, "duration_s": 60, "unit": "kW"}),
    ],
)
def test_other_bad_wishes_are_refused(name: str, given: Any) -> None:
    with pytest.raises(BadParameters):
        parse(name, given)


def test_a_profile_survives_its_json() -> None:
    given = json(kind="Recurring", recurrency="Weekly", id=4, valid_from=START)
    assert profile_json(read_profile(given, Reader()))["valid_from"] == START
    again = read_profile(profile_json(read_profile(given, Reader())), Reader())
    assert again == read_profile(given, Reader())


LIMITS = ProfileLimits(stack_level=3, periods=2, entries=2, units=("A",), may_switch=False)


def at_station(given: Any, evse_id: int = 1, **facts: Any) -> str:
    profile = read_profile({"id": 9} | given, Reader())
    return " ".join(check(profile, evse_id, Facts(**{"limits": LIMITS} | facts)))


def lies(evse_id: int, **more: Any) -> Held:
    return Held(evse_id, read_profile(json(**{"id": 1} | more), Reader()))


@pytest.mark.parametrize(
    ("given", "facts", "said"),
    [
        (json(stack_level=4), {}, "stack levels up to 3"),
        (json(schedule=steps(0, 1, 2)), {}, "takes 2 periods"),
        (json(schedule={"unit": "W"}), {}, "limits in A only"),
        (json(schedule=steps(0, phases=1, phase_to_use=2)), {}, "has not told that it can switch"),
        (json(), {"held": [lies(1, id=1, stack_level=1), lies(1, id=2, stack_level=2)]}, "room"),
        (json(), {"held": [lies(1)]}, "same purpose and stack level"),
        (json(), {"held": [lies(0)]}, "for the whole station"),
        (json(), {"evses": (2, 3)}, "no EVSE 1; it has 2, 3"),
        (json(TX, transaction_id="T"), {}, "No session T runs"),
        (json(TX, transaction_id="T"), {"open_at": {"T": 2}}, "runs at EVSE 2"),
        (json(), {"held": [lies(0, id=9, purpose=EXTERNAL)]}, "belongs to an external limit"),
    ],
)
def test_a_station_has_its_own_limits(given: Any, facts: Any, said: str) -> None:
    assert said in at_station(given, **facts)


def test_what_fits_has_no_problem() -> None:
    valid = {"valid_from": START, "valid_to": "2030-02-01T00:00:00+00:00"}
    later = {"valid_from": "2030-02-01T00:00:00+00:00", "valid_to": "2030-03-01T00:00:00+00:00"}
    assert at_station(json(**valid), held=[lies(1, **later)]) == ""
    assert at_station(json(), held=[lies(1, id=9)]) == ""
    assert at_station(json(), held=[lies(1)], is_replacing=True) == ""
    assert at_station(json(stack_level=90), limits=ProfileLimits()) == ""


@pytest.mark.parametrize(
    ("vendor", "given", "evses", "said"),
    [
        ("EVBox", json(schedule={"periods": [{"start_s": 0, "limit": 0}]}), (1,), "below 6 A"),
        ("ABB", json(schedule={"unit": "W", "periods": [{"start_s": 0, "limit": 900}]}), (1,),
         "below 1380 W"),
        ("EVBox", json(), (1,), ""),
        ("Other", json(schedule={"periods": [{"start_s": 0, "limit": 0}]}), (1,), ""),
        ("KEBA", json(), (1, 2), "choose EVSE 0"),
        ("KEBA", json(), (1,), ""),
    ],
)  # fmt: skip
def test_what_a_make_does_not_take_is_said(
    vendor: str, given: Any, evses: tuple[int, ...], said: str
) -> None:
    limits = with_make(ProfileLimits(), adapter_for(vendor, "One", "1").manner)
    problems = at_station(given, limits=limits, evses=evses)
    assert said in problems
    assert bool(said) == bool(problems)
