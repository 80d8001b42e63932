"""Parts of a report in any order, and what was asked for and did not come."""

from hypothesis import given
from hypothesis import strategies as st

from apps.display.assembly import Assumed, unseen
from apps.domain.display import PRIORITIES, STATES, GetDisplayMessages

ASSUMED = st.builds(
    Assumed,
    key=st.integers(1, 50),
    number=st.integers(1, 5),
    priority=st.sampled_from(PRIORITIES),
    state=st.sampled_from(("", *STATES)),
    report_id=st.sampled_from((None, 7, 8)),
)


def one(key: int, number: int, state: str = "", report_id: int | None = None) -> Assumed:
    return Assumed(key, number, "NormalCycle", state, report_id)


def test_all_was_asked_for_so_all_that_did_not_come_is_gone() -> None:
    assumed = [one(1, 1), one(2, 2, report_id=8), one(3, 3, report_id=6)]
    assert unseen(GetDisplayMessages(), assumed, 8) == [1, 3]


def test_what_was_not_asked_for_stays() -> None:
    assumed = [one(1, 1, "Idle"), one(2, 2, "Charging"), one(3, 3)]
    assert unseen(GetDisplayMessages(state="Idle"), assumed, 8) == [1]
    assert unseen(GetDisplayMessages(ids=(2, 9)), assumed, 8) == [2]
    assert unseen(GetDisplayMessages(ids=(2,), state="Idle"), assumed, 8) == []
    assert unseen(GetDisplayMessages(priority="InFront"), assumed, 8) == []


def test_a_station_that_knows_none_has_none() -> None:
    assert unseen(GetDisplayMessages(), [one(1, 1), one(2, 2, report_id=8)], None) == [1, 2]


@given(st.lists(ASSUMED), st.sampled_from(("", *STATES)))
def test_what_came_is_never_gone(assumed: list[Assumed], state: str) -> None:
    gone = unseen(GetDisplayMessages(state=state), assumed, 7)
    assert not set(gone) - {b.key for b in assumed if b.report_id != 7}
