"""The machine knows no order of arrival, forgets nothing and re-opens nothing."""

from dataclasses import replace
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.events import SessionEnded, SessionEvent, SessionStarted, SessionUpdated, Token
from apps.domain.vocabulary import ChargingState, SessionState
from apps.sessions import machine
from apps.sessions.machine import Facts
from tests.sessions.strategies import arrivals, at, stories_201

Step = SessionEvent | tuple[ChargingState, int]


HEARD_AT = at(86_400)


def facts_of(steps: list[Any]) -> Facts | None:
    """A 1.6 status is (state, second); it means something once the session is known."""

    def merged(facts: Facts | None, step: Any) -> Facts | None:
        if isinstance(step, SessionEvent):
            return machine.merge(facts, step, HEARD_AT)
        assert facts is not None
        return machine.merge_state(facts, step[0], at(step[1]))

    return reduce(merged, steps, None)


def started(second: float = 0, **more: Any) -> SessionStarted:
    return SessionStarted(at=at(second), transaction_id="tx-1", **more)


def updated(second: float, **more: Any) -> SessionUpdated:
    return SessionUpdated(at=at(second), transaction_id="tx-1", **more)


def ended(second: float, **more: Any) -> SessionEnded:
    return SessionEnded(at=at(second), transaction_id="tx-1", **more)


def merged(*events: SessionEvent) -> Facts:
    facts = facts_of(list(events))
    assert facts is not None
    return facts


@given(st.data())
def test_any_order_and_any_repetition_make_the_same_session(data: st.DataObject) -> None:
    story = data.draw(stories_201())
    assert facts_of(data.draw(arrivals(story))) == facts_of(story)


@given(st.data())
def test_any_order_of_a_1_6_session_after_its_start_makes_the_same_session(
    data: st.DataObject,
) -> None:
    states = st.tuples(st.sampled_from(list(ChargingState)), st.integers(0, 500))
    rest: list[Step] = [*data.draw(st.lists(states, max_size=5)), started(token=Token("AB12"))]
    if data.draw(st.booleans()):
        rest.append(ended(600, stop_reason="Remote"))
    first = started(token=Token("AB12"))
    assert facts_of([first, *data.draw(arrivals(rest))]) == facts_of([first, *rest])


@given(st.data())
def test_a_true_end_replaces_an_estimate_whenever_that_was_made(data: st.DataObject) -> None:
    story = [event for event in data.draw(stories_201()) if not isinstance(event, SessionEnded)]
    story.append(ended(9_000, seq=99, stop_reason="Remote"))
    facts = None
    guess_after = data.draw(st.integers(1, len(story)))
    for count, event in enumerate(data.draw(st.permutations(story)), start=1):
        facts = machine.merge(facts, event, HEARD_AT)
        if count == guess_after:
            facts = machine.estimate_end(facts, facts.last_event_at, "Silent")
    assert facts == facts_of(story)


def test_the_start_event_says_when_the_session_began() -> None:
    assert merged(updated(-30), started(0)).started_at == at(0)
    assert merged(started(0), updated(-30)).started_at == at(0)


def test_without_a_start_the_earliest_sign_is_the_beginning() -> None:
    facts = merged(updated(60), updated(30), updated(90))
    assert facts.started_at == at(30)
    assert not facts.has_start


def test_no_sign_of_life_is_later_than_it_was_heard() -> None:
    assert merged(started(-60), updated(30)).last_event_at == at(30)
    assert merged(started(90_000), updated(30)).last_event_at == HEARD_AT


def test_the_token_that_was_presented_first_owns_the_session() -> None:
    late, early = Token("LATE", "Central"), Token("EARLY", "Central")
    facts = merged(started(0), ended(90, token=late), updated(10, token=early))
    assert facts.token_uid == "EARLY"


def test_nothing_reopens_an_ended_session() -> None:
    facts = merged(started(0), ended(60), updated(90, charging_state=ChargingState.CHARGING))
    assert facts.ended_at == at(60)
    assert machine.state_of(facts, has_flowed=True) is SessionState.ENDED


def test_an_estimate_never_replaces_an_end() -> None:
    facts = merged(started(0), ended(60))
    assert machine.estimate_end(facts, at(30), "Silent") == facts


def test_of_two_true_ends_the_earlier_counts() -> None:
    both = [ended(60, stop_reason="Local", seq=3), ended(30, stop_reason="Remote", seq=2)]
    for order in (both, both[::-1]):
        facts = merged(started(0), *order)
        assert (facts.ended_at, facts.stop_reason, facts.end_seq) == (at(30), "Remote", 2)


def test_the_state_with_the_highest_sequence_number_is_shown_whatever_its_clock_says() -> None:
    facts = merged(
        started(0, seq=0),
        updated(20, seq=2, charging_state=ChargingState.SUSPENDED_EV),
        updated(50, seq=1, charging_state=ChargingState.CHARGING),
    )
    assert facts.charging_state == ChargingState.SUSPENDED_EV
    assert facts.has_charged


@pytest.mark.parametrize(
    ("state", "has_charged", "has_flowed", "shown"),
    [
        ("", False, False, SessionState.PENDING),
        ("", False, True, SessionState.CHARGING),
        ("Charging", True, False, SessionState.CHARGING),
        ("SuspendedEV", True, True, SessionState.SUSPENDED_EV),
        ("SuspendedEVSE", False, False, SessionState.SUSPENDED_EVSE),
        ("Finishing", True, True, SessionState.FINISHING),
        ("EVConnected", False, False, SessionState.PENDING),
        ("EVConnected", True, True, SessionState.FINISHING),
        ("Idle", False, False, SessionState.PENDING),
        ("Idle", True, False, SessionState.FINISHING),
    ],
)
def test_what_an_operator_reads(
    state: str, has_charged: bool, has_flowed: bool, shown: SessionState
) -> None:
    facts = replace(merged(started(0)), charging_state=state, has_charged=has_charged)
    assert machine.state_of(facts, has_flowed=has_flowed) is shown


def test_a_session_is_complete_when_nothing_is_missing_between_start_and_end() -> None:
    whole = [started(0, seq=4), updated(10, seq=5), ended(20, seq=6)]
    assert machine.is_complete(merged(*whole))
    assert not machine.is_complete(merged(whole[0], whole[2]))
    assert not machine.is_complete(merged(whole[1], whole[2]))
    guessed = machine.estimate_end(merged(*whole[:2]), at(10), "Silent")
    assert not machine.is_complete(guessed)


@pytest.mark.parametrize("word", [None, *ChargingState])
def test_what_draws_power_charges_whatever_it_called_itself(word: ChargingState | None) -> None:
    facts = merged(started(0, charging_state=word))
    assert machine.state_of(facts, has_flowed=True, flowed_at=at(60)) is SessionState.CHARGING


def test_a_pause_that_is_newer_than_the_power_counts() -> None:
    facts = merged(started(0), updated(90, charging_state=ChargingState.SUSPENDED_EV))
    paused = machine.state_of(facts, has_flowed=True, flowed_at=at(60))
    assert paused is SessionState.SUSPENDED_EV
