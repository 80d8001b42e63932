"""The plan of a list: whatever the limits, a station that accepts comes to hold all."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.authorization import SendLocalList
from apps.domain.vocabulary import Protocol
from apps.lists import plan
from apps.lists.plan import Entry, Limits, Update
from apps.protocol import codec


def entries(*uids: str, **told: Any) -> dict[str, Entry]:
    found = {}
    for uid in uids:
        found[plan.key(uid, "ISO14443")] = {"uid": uid, "type": "ISO14443", **told}
    return found


def held(wanted: dict[str, Entry]) -> dict[str, str]:
    return {name: plan.digest(entry) for name, entry in wanted.items()}


ONE_TWO = entries("ONE", "TWO", status="Accepted")


def test_what_is_not_known_is_sent_in_full() -> None:
    assert plan.next_update(None, ONE_TWO, 0) == Update("full", 1, tuple(ONE_TWO.values()))
    assert plan.next_update(None, {}, 4) == Update("full", 5, ())


def test_what_differs_is_sent_as_a_difference() -> None:
    wanted = ONE_TWO | entries("THREE", status="Accepted")
    update = plan.next_update(held(ONE_TWO), wanted, 7)
    assert update == Update("differential", 8, (wanted["ISO14443|THREE"],))
    blocked = ONE_TWO | entries("TWO", status="Blocked")
    assert plan.next_update(held(ONE_TWO), blocked, 7).entries == (blocked["ISO14443|TWO"],)


def test_what_is_too_much_is_removed_first() -> None:
    wanted = entries("AAA", status="Accepted")
    update = plan.next_update(held(ONE_TWO), wanted, 1, Limits(entries_per_message=2))
    assert [entry["uid"] for entry in update.entries] == ["ONE", "TWO"]
    assert all(entry["remove"] for entry in update.entries)


def test_an_empty_list_is_one_full_message_without_entries() -> None:
    assert plan.next_update(held(ONE_TWO), {}, 3) == Update("full", 4, ())
    assert plan.next_update({}, {}, 3) is None
    assert plan.next_update(held(ONE_TWO), ONE_TWO, 3) is None


def test_tokens_are_told_apart_by_type_and_not_by_case() -> None:
    assert plan.key("ab", "eMAID") == plan.key("AB", "eMAID") != plan.key("AB", "Central")
    held_now = plan.applied(held(ONE_TWO), "differential", [
        {"uid": "one", "type": "ISO14443", "remove": True},
    ])  # fmt: skip
    assert list(held_now) == ["ISO14443|TWO"]


def test_one_station_gets_no_more_than_it_can_hold_and_not_what_it_forgot() -> None:
    wanted = entries("A", "B", "C", "D")
    mine = plan.within(wanted, Limits(entries=2), ["ISO14443|A"])
    assert list(mine) == ["ISO14443|B", "ISO14443|C"]


TEXT = st.text(max_size=40)
ENTRY = st.fixed_dictionaries(
    {"uid": st.text(alphabet="ABC|é", min_size=1, max_size=20), "type": st.just("eMAID")},
    optional={
        "status": st.sampled_from(["Accepted", "Blocked"]),
        "group": TEXT.filter(lambda text: len(text) <= 20),
        "personal_message": TEXT,
        "language": st.sampled_from(["de", "en-GB"]),
        "charging_priority": st.integers(-9, 9),
        "expires_at": st.just(datetime(2030, 1, 1, tzinfo=UTC).isoformat()),
    },
)
WANTED = st.lists(ENTRY, max_size=12).map(
    lambda found: {plan.key(entry["uid"], entry["type"]): entry for entry in found}
)
LIMITS = st.builds(
    Limits,
    st.none() | st.integers(1, 4),
    st.none() | st.integers(300, 2000),
)


@given(WANTED, WANTED, LIMITS)
def test_any_list_is_reached_in_messages_that_fit(before: Any, after: Any, limits: Limits) -> None:
    known: dict[str, str] | None = None
    version, steps = 0, []
    for wanted in (before, after):
        while (update := plan.next_update(known, wanted, version, limits)) is not None:
            assert update.version == version + 1
            assert len(update.entries) <= (limits.entries_per_message or 99)
            known, version = plan.applied(known, update.mode, update.entries), update.version
            steps.append(update)
            assert len(steps) < 60
        assert known == held(wanted)
    assert steps[0].mode == "full"


@pytest.mark.parametrize("protocol", list(Protocol))
@given(WANTED, st.integers(300, 1500))
def test_a_message_weighs_no_more_than_the_station_takes(
    protocol: Protocol, wanted: Any, most_bytes: int
) -> None:
    update = plan.next_update(None, wanted, 0, Limits(bytes_per_message=most_bytes))
    command = SendLocalList(update.mode, update.version, tuple(dict(e) for e in update.entries))
    _, payload = codec(protocol).encode(command)
    assert len(update.entries) <= 1 or len(json.dumps(payload)) <= most_bytes
