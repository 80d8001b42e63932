"""The list of the cases, and how tests name them."""

from tests.conformance.catalogue import CASES, V201, cases_of


def test_the_catalogue_is_whole() -> None:
    assert sum(len(numbers.split()) for numbers in V201.values()) == 252
    assert len(CASES["1.6"]) == 77


def test_names_say_their_cases() -> None:
    assert cases_of("test_tc_b_30_csms") == {"B_30"}
    assert cases_of("test_tc_c_37_38_csms[x]") == {"C_37", "C_38"}
    assert cases_of("test_tc_044_1_csms") == {"044_1"}
    assert cases_of("test_tc_023_1_023_2_csms") == {"023_1", "023_2"}
    assert cases_of("test_anything") == set()
