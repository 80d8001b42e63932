"""A filter that cannot be read is an error, and never the same as none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.domain.filters import NotUnderstood, check_names, one_of
from apps.sessions.filters import from_query

ZONE = ZoneInfo("Europe/Amsterdam")


def test_days_are_those_of_the_reader_the_last_included() -> None:
    found = from_query({"from": "2026-03-28", "to": "2026-03-29"}, ZONE)
    assert found.started_after == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert found.started_before == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_nothing_given_narrows_nothing() -> None:
    found = from_query({"from": "", "to": " ", "state": "", "started_after": ""}, ZONE)
    assert found == from_query({}, ZONE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("from", "2026-13-01"), ("from", "9999-12-31"), ("from", "0001-01-01"), ("from", "gestern"),
        ("to", "2020-13-45"), ("to", "9999-12-31"), ("to", "2026-03-01T12:00:00Z"),
        ("started_after", "yesterday"), ("started_after", "9999-12-31T00:00:00Z"),
        ("started_before", "2026-02-30"), ("state", "x"), ("view", "zzz"),
    ],
)  # fmt: skip
def test_what_is_no_filter_is_named_with_how_to_write_it(name: str, text: str) -> None:
    with pytest.raises(NotUnderstood, match=f"\u201c{name}\u201d is not understood: it is ."):
        from_query({"q": "CP1", name: text}, ZONE)


def test_a_word_is_one_of_those_there_are() -> None:
    assert one_of({"hide": " both "}, "hide", ("both", "meters")) == "both"
    assert one_of({}, "hide", ("both",)) == ""
    with pytest.raises(NotUnderstood, match="one of both, meters"):
        one_of({"hide": "all"}, "hide", ("meters", "both"))


def test_a_name_is_one_of_those_there_are() -> None:
    check_names({"from": "2026-03-01"}, {"from", "to"})
    with pytest.raises(NotUnderstood, match="fron"):
        check_names({"fron": "2026-03-01"}, {"from", "to"})
