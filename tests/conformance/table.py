"""The table that the suite prints."""

from collections.abc import Iterable

from tests.conformance.catalogue import CASES, cases_of


def by_block(names: Iterable[str]) -> dict[str, set[str]]:
    """The ids that tests of these names play, by block."""
    played = set().union(*(cases_of(name) for name in names))
    return {block: set(ids & played) for block, ids in CASES.items()}


def lines(passed: dict[str, set[str]]) -> list[str]:
    """One line a block: cases whose tests passed, of all; and those without."""
    found = []
    for block, ids in CASES.items():
        without = sorted(ids - passed[block])
        missing = f"   without: {' '.join(without)}" if without else ""
        found.append(f"{block:<8}{len(passed[block]):>4} / {len(ids)}{missing}")
    total = sum(map(len, passed.values())), sum(map(len, CASES.values()))
    return [*found, f"{'all':<8}{total[0]:>4} / {total[1]}"]
