"""One number, however it is written; and what is another."""

import pytest

from apps.tokens.spelling import same, spellings


@pytest.mark.parametrize(
    "written",
    ["04a1b2c3", " 04A1B2C3  ", "04:A1:B2:C3", "04-a1-b2-c3", "04 A1 b2 C3", "04A1B2C3\u00a0",
     "04A1B2C3\x00\x00", "04A1B2C3\ufffd", "\t04A1B2C3\r\n", ":04A1B2C3:", "04A1:B2C3"],
)  # fmt: skip
@pytest.mark.parametrize("registered", ["04A1B2C3", "04:A1:B2:C3", "04-A1-B2-C3", "04 a1 b2 c3"])
def test_blanks_separators_case_and_padding_say_nothing(written: str, registered: str) -> None:
    assert registered.upper() in spellings(written)
    assert same(written, registered)


@pytest.mark.parametrize("other", ["0004A1B2C3", "04A1B2C300", "4A1B2C3", "04A1B2C4"])
def test_zeros_are_digits(other: str) -> None:
    assert "04A1B2C3" not in spellings(other)
    assert not same(other, "04A1B2C3")
