"""The list of the cases, how tests name them, and that each has one."""

import re
from pathlib import Path

from tests.conformance.catalogue import CASES, V201, cases_of
from tests.conformance.table import by_block

HERE = Path(__file__).parent


def test_the_catalogue_is_whole() -> None:
    assert sum(len(numbers.split()) for numbers in V201.values()) == 252
    assert len(CASES["1.6"]) == 77


def test_names_say_their_cases() -> None:
    assert cases_of("test_tc_b_30_csms") == {"B_30"}
    assert cases_of("test_tc_c_37_38_csms[x]") == {"C_37", "C_38"}
    assert cases_of("test_tc_044_1_csms") == {"044_1"}
    assert cases_of("test_tc_023_1_023_2_csms") == {"023_1", "023_2"}
    assert cases_of("test_anything") == set()


def test_every_case_is_played() -> None:
    """By the names of the tests; the table at the end says which of them passed."""
    names = [
        found[1]
        for path in sorted(HERE.rglob("test_*.py"))
        for found in re.finditer(r"^async def (test_tc_\w+)", path.read_text(), re.MULTILINE)
    ]
    played = by_block(names)
    assert {block: sorted(ids - played[block]) for block, ids in CASES.items()} == {
        block: [] for block in CASES
    }
