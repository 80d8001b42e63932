"""Tokens a minute, for each key by itself."""

from apps.gateway import budget
from apps.gateway.budget import Budget


def test_a_key_may_use_what_it_has_and_then_waits_for_more() -> None:
    used = Budget(per_minute=6)
    assert [used.take("a", 0) for _ in range(7)] == [True] * 6 + [False]
    assert not used.take("a", 9)
    assert used.take("a", 20)
    assert used.take("b", 20), "another key has its own"


def test_to_ask_uses_nothing() -> None:
    used = Budget(per_minute=1)
    assert all(used.has_any("a", 0) for _ in range(5))
    assert used.take("a", 0)
    assert not used.has_any("a", 0)


def test_it_never_fills_beyond_a_minute() -> None:
    used = Budget(per_minute=2)
    used.take("a", 0)
    assert [used.take("a", 10_000) for _ in range(3)] == [True, True, False]


def test_it_remembers_so_many_keys() -> None:
    used = Budget(per_minute=1)
    for number in range(budget.MOST_KEYS + 1):
        used.take(str(number), 0)
    assert used.has_any("0", 0), "the quietest was forgotten"
    assert not used.has_any("1", 0)
