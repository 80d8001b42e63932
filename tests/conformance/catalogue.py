"""The ids of the CSMS test cases: OCPP 2.0.1 Part 6 (Edition 4) and the 1.6 test-case document.

A test names its case in its name: ``test_tc_b_30_csms`` for B_30, ``test_tc_044_1_csms`` for
044_1. One test may play several: ``test_tc_c_37_38_csms`` is C_37 and C_38.
"""

import re

V201 = {
    "A": "01 02 03 04 06 07 08 09 10 11 12 13 14 19",
    "B": "01 02 06 07 08 09 10 12 13 14 18 20 21 22 25 26 27 30 31 42 44 58",
    "C": "02 06 07 08 20 37 38 39 40 43 47 48 49 50 51 52",
    "D": "01 02 03 04 08 09",
    "E": "01 02 03 04 07 08 09 10 11 12 14 15 16 17 19 20 21 22 26 29 30 31 33 34 38 39 53",
    "F": "01 02 03 04 06 11 12 13 14 15 18 20 23 24 27",
    "G": "03 04 05 06 07 08 11 14 17 20",
    "H": "01 07 08 14 15 17 19 20 22",
    "I": "01 02",
    "J": "01 02 03 04 07 08 09 10 11",
    "K": "01 02 03 04 05 06 08 10 15 19 29 30 31 32 33 34 35 36 37 43 44 48 50 51 52 53 55 57 58"
    " 59 60 70",
    "L": "01 02 03 04 05 06 07 08 09 10 11 13 17 19 20 21 22 23 24",
    "M": "01 02 03 04 05 12 13 14 15 16 17 18 19 20 21 24 26 28",
    "N": "01 02 03 05 08 09 16 17 18 21 24 25 27 28 29 30 31 32 34 35 36 44 46 47 48 49 50 60 62"
    " 63",
    "O": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 17 18 19 25 26 27 28",
    "P": "02 03",
}
V16 = (
    "001 003 004_1 004_2 005_1 007 010 011_1 011_2 012 013 014 017_1 017_2 018_1 019_1 019_2 021"
    " 023_1 023_2 023_3 024 026 028 030 031 032_1 037_1 037_3 039 040_1 040_2 042_1 042_2 043_1"
    " 043_3 043_4 043_5 044_1 044_2 044_3 045_1 045_2 046 047 048_1 048_2 048_3 048_4 049 051 052"
    " 053 054 055 056 057 059 061 064 066 067 073 074 075_1 075_2 076 077 078 079 080 081 083 085"
    " 086 087 088"
)
CASES: dict[str, frozenset[str]] = {
    **{
        f"2.0.1 {block}": frozenset(f"{block}_{number}" for number in numbers.split())
        for block, numbers in V201.items()
    },
    "1.6": frozenset(V16.split()),
}
_NAME = re.compile(r"test_tc_(?:([a-p])_)?((?:\d{1,3}_)+)csms")


def cases_of(name: str) -> set[str]:
    """The ids that a test of this name plays; 1.6 ids have three digits and may have a part."""
    found = _NAME.match(name)
    if found is None:
        return set()
    block, numbers = found[1], found[2].strip("_")
    if block:
        return {f"{block.upper()}_{number}" for number in numbers.split("_")}
    return set(re.findall(r"\d{3}(?:_\d(?!\d))?", numbers))
