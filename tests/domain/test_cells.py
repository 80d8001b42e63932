"""A file for spreadsheets: what is an identifier stays one, what is a number is one."""

import csv
import io
from typing import Any

import pytest

from apps.domain.cells import BadForm, Form, form_of

SHEET = Form(";", ",", is_for_spreadsheets=True)


@pytest.mark.parametrize(
    "identifier",
    [
        "00420815", "12345678901234", "1E5", "04A1B2", "1-2", "3/4", "12:30", ".5", "MAR1",
        "OKT 2026", "Mai-26", "=1+1", "+1", "-1", "@SUM(A1)", "\tx", " x", 'a"b"1', "7;8", "AB12 ",
    ],
)  # fmt: skip
def test_an_identifier_that_would_be_changed_is_a_formula_of_its_text(identifier: str) -> None:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow([SHEET.text(identifier)])
    (cell,) = next(csv.reader(io.StringIO(line.getvalue()), delimiter=";"))
    if identifier == 'a"b"1':
        assert cell == identifier
        return
    assert cell.startswith('="')
    assert cell.endswith('"')
    assert cell[2:-1].replace('""', '"') == identifier


@pytest.mark.parametrize("word", ["CP1", "Blaak", "AB12CD34", "Garage 3a", "Ärzte 1-2", "x;y", ""])
def test_a_word_is_left_as_it_is(word: str) -> None:
    assert SHEET.text(word) == word


def test_a_text_that_no_formula_can_hold_is_neutralised_as_in_the_plain_file() -> None:
    assert SHEET.text("=" * 256) == "'" + "=" * 256
    assert SHEET.text("1" * 256) == "1" * 256


@pytest.mark.parametrize("value", ["=1+1", "00420815", "MAR1", "CP1", "12,5"])
def test_the_form_of_the_contract_neutralises_and_does_nothing_else(value: str) -> None:
    plain = Form()
    assert plain.text(value) == (f"'{value}" if value == "=1+1" else value)
    assert (plain.number("12.5"), plain.head) == ("12.5", "")


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("", Form()),
        ("profile=plain", Form()),
        ("profile=spreadsheet", Form(",", ".", is_for_spreadsheets=True)),
        ("profile=spreadsheet&separator=semicolon", SHEET),
        ("profile=spreadsheet&decimal=comma", SHEET),
        ("profile=spreadsheet&separator=semicolon&decimal=point",
         Form(";", ".", is_for_spreadsheets=True)),
        ("profile=spreadsheet&separator=tab&decimal=comma",
         Form("\t", ",", is_for_spreadsheets=True)),
        ("profile=excel", "'profile' must be one of plain, spreadsheet."),
        ("profile=spreadsheet&separator=pipe",
         "'separator' must be one of comma, semicolon, tab."),
        ("profile=spreadsheet&decimal=,", "'decimal' must be one of point, comma."),
        ("profile=spreadsheet&separator=comma&decimal=comma",
         "A comma cannot separate the cells and the decimals: choose another 'separator'."),
        ("separator=semicolon", "'separator' may be chosen with profile=spreadsheet only."),
        ("profile=plain&decimal=comma", "'decimal' may be chosen with profile=spreadsheet only."),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused_in_words(query: str, form: Any) -> None:
    given = dict(part.split("=") for part in query.split("&") if part)
    if isinstance(form, Form):
        assert form_of(given) == form
        return
    with pytest.raises(BadForm) as refused:
        form_of(given)
    assert str(refused.value) == form
