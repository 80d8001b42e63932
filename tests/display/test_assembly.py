"""Parts of a report in any order, and what was asked for and did not come."""

from hypothesis import given
from hypothesis import strategies as st

from apps.display.assembly import Believed, unseen
from apps.domain.display import PRIORITIES, STATES, GetDisplayMessages

BELIEVED = st.builds(
    Believed,
    key=st.integers(1, 50),
    number=st.integers(1, 5),
    priority=st.sampled_from(PRIORITIES),
    state=st.sampled_from(("", *STATES)),
    report_id=st.sampled_from((None, 7, 8)),
)


def one(key: int, number: int, state: str = "", report_id: int | None = None) -> Believed:
    return Believed(key, number, "NormalCycle", state, report_id)


def test_all_was_asked_for_so_all_that_did_not_come_is_gone() -> None:
    believed = [one(1, 1), one(2, 2, report_id=8), one(3, 3, report_id=6)]
    assert unseen(GetDisplayMessages(), believed, 8) == [1, 3]


def test_what_was_not_asked_for_stays() -> None:
    believed = [one(1, 1, "Idle"), one(2, 2, "Charging"), one(3, 3)]
    assert unseen(GetDisplayMessages(state="Idle"), believed, 8) == [1]
    assert unseen(GetDisplayMessages(ids=(2, 9)), believed, 8) == [2]
    assert unseen(GetDisplayMessages(ids=(2,), state="Idle"), believed, 8) == []
    assert unseen(GetDisplayMessages(priority="InFront"), believed, 8) == []


def test_a_station_that_knows_none_has_none() -> None:
    assert unseen(GetDisplayMessages(), [one(1, 1), one(2, 2, report_id=8)], None) == [1, 2]


@given(st.lists(BELIEVED), st.sampled_from(("", *STATES)))
def test_what_came_is_never_gone(believed: list[Believed], state: str) -> None:
    gone = unseen(GetDisplayMessages(state=state), believed, 7)
    assert not set(gone) - {b.key for b in believed if b.report_id != 7}
