"""How the cells of a file are written: as the contract has it, or for spreadsheets. Pure.

A spreadsheet takes card 00420815 for a number, MAR1 for a day, and 12345678901234 for
1.23457E+13. For it, text that it would change is written as a formula that is that text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLAIN, SPREADSHEET = "plain", "spreadsheet"
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
DECIMALS = {"point": ".", "comma": ","}
_CHOICES = {
    "profile": (PLAIN, SPREADSHEET),
    "separator": tuple(SEPARATORS),
    "decimal": tuple(DECIMALS),
}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 255  # what a text within a formula may have
_IS_LEFT_ALONE = re.compile(r"[^\W\d_].*", re.DOTALL)
_MAY_BE_A_DAY = re.compile(r"[^\W\d_]{3,10}[\s./-]*\d{1,4}")


class BadForm(ValueError):
    """``problems``: a sentence for each option that cannot be."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Form:
    """The contract's form is the one without arguments."""

    separator: str = ","
    decimal: str = "."
    is_for_spreadsheets: bool = False

    @property
    def head(self) -> str:
        """The mark by which a spreadsheet knows UTF-8."""
        return "\ufeff" if self.is_for_spreadsheets else ""

    def number(self, digits: str) -> str:
        return digits.replace(".", self.decimal) if self.decimal != "." else digits

    def text(self, value: str | None) -> str:
        """What people or stations wrote must not run as a formula, nor become another text."""
        if not value:
            return ""
        if not self.is_for_spreadsheets or len(value) > _LONGEST:
            return f"'{value}" if value[0] in _DANGEROUS else value
        return value if _is_safe(value) else '="{}"'.format(value.replace('"', '""'))


def form_of(query: Mapping[str, str]) -> Form:
    """The form that a query asks for by ``profile``, ``separator`` and ``decimal``; or BadForm.

    A semicolon and a decimal comma go together where only one of them is named.
    """
    given = {name: text for name in _CHOICES if (text := query.get(name, ""))}
    problems = {
        name: f"{name!r} must be one of {', '.join(_CHOICES[name])}."
        for name, text in given.items()
        if text not in _CHOICES[name]
    }
    if given.get("profile", PLAIN) == PLAIN:
        problems |= {
            name: f"{name!r} may be chosen with profile={SPREADSHEET} only."
            for name in given
            if name != "profile"
        }
    if problems:
        raise BadForm(problems)
    return _spreadsheet(given) if given.get("profile") == SPREADSHEET else Form()


def _spreadsheet(given: Mapping[str, str]) -> Form:
    separator, decimal = given.get("separator"), given.get("decimal")
    if separator is None:
        separator = "semicolon" if decimal == "comma" else "comma"
    if decimal is None:
        decimal = "comma" if separator == "semicolon" else "point"
    if separator == decimal:
        words = "A comma cannot separate the cells and the decimals: choose another 'separator'."
        raise BadForm({"separator": words})
    return Form(SEPARATORS[separator], DECIMALS[decimal], is_for_spreadsheets=True)


def _is_safe(value: str) -> bool:
    """Whether a spreadsheet shows it as it is: words, that are no day of some language."""
    is_word = _IS_LEFT_ALONE.fullmatch(value) is not None
    return is_word and value == value.rstrip() and not _MAY_BE_A_DAY.fullmatch(value)
