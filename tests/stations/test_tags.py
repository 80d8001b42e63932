"""Tags: free words, one spelling a station, found in any case, and told of in the history."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.history.models import Fact
from apps.stations.filters import StationFilter
from apps.stations.models import Station
from apps.stations.selectors import list_stations
from apps.stations.tag_words import LONGEST, MOST, cleaned, key_of
from apps.stations.tags import FULL, add_tag, list_tags, remove_tag, set_tags
from tests import factories
from tests.factories import OFFICE, Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return factories.cast()


def stations(cast: Cast, count: int, word: str = "S") -> list[Station]:
    return [
        factories.station(cast.location, f"{word}{number}", now=cast.now) for number in range(count)
    ]


def words(station: Station) -> list[str]:
    return list(station.tags.values_list("word", flat=True))


def test_words_are_kept_as_written_and_once_whatever_their_case() -> None:
    assert cleaned(["Fast  DC", "fast dc", "", " ", "Ärger", "ÄRGER"]) == ["Fast DC", "Ärger"]
    assert key_of("ＤＣ") == key_of("dc"), "full-width letters are the same letters"


@pytest.mark.parametrize("odd", ["a\nb", "a\0b", "x" * (LONGEST + 1), "a,b"])
def test_what_is_no_tag_is_refused_and_nothing_is_set(cast: Cast, odd: str) -> None:
    [one] = stations(cast, 1)
    with pytest.raises(ValidationError) as refused:
        set_tags(one, ["good", odd], actor=OFFICE)
    assert "tags" in refused.value.message_dict
    assert words(one) == []


def test_a_station_has_twenty_at_most(cast: Cast) -> None:
    [one] = stations(cast, 1)
    twenty = [f"t{n}" for n in range(MOST)]
    set_tags(one, twenty, actor=OFFICE)
    with pytest.raises(ValidationError):
        set_tags(one, [*twenty, "more"], actor=OFFICE)
    assert add_tag([one], "more", actor=OFFICE) == {one.pk: FULL}
    assert add_tag([one], "T3", actor=OFFICE) == {}, "it has that one"
    assert len(words(one)) == MOST


def test_what_changed_is_a_fact_with_what_was_before(cast: Cast) -> None:
    [one] = stations(cast, 1)
    set_tags(one, ["Depot", "old"], actor=OFFICE)
    set_tags(one, ["depot", "new"], actor=OFFICE)
    set_tags(one, ["depot", "new"], actor=OFFICE)
    first, second = Fact.objects.filter(kind="tags of a station changed").order_by("pk")
    assert first.details == {"changes": {"tags": [[], ["Depot", "old"]]}}
    assert second.details == {"changes": {"tags": [["Depot", "old"], ["depot", "new"]]}}
    assert (second.station_id, second.subject_label) == (one.pk, one.identity)


def test_lists_are_narrowed_searched_and_counted(cast: Cast) -> None:
    a, b, c = stations(cast, 3)
    set_tags(a, ["Depot", "Depot North"], actor=OFFICE)
    set_tags(b, ["depot"], actor=OFFICE)

    def found(**by: str) -> set[Station]:
        rows = list(list_stations(cast.operator, StationFilter(**by)))
        assert len(rows) == len(set(rows)), "no station twice"
        return set(rows)

    assert found(tag="DEPOT") == {a, b}
    assert found(tag="nowhere") == set()
    assert found(q="depot") == {a, b}
    assert c not in found(q="north")
    assert [(tag.word, tag.count) for tag in list_tags(cast.operator)] == [
        ("Depot", 2), ("Depot North", 1),
    ]  # fmt: skip
    assert list_tags(cast.stranger) == []


def test_many_are_tagged_in_as_few_queries_as_some(cast: Cast) -> None:
    def queries(some: list[Station]) -> int:
        with CaptureQueriesContext(connection) as caught:
            add_tag(some, "Depot", actor=OFFICE)
            remove_tag(some, "depot", actor=OFFICE)
        return len(caught)

    assert queries(stations(cast, 3, "A")) == queries(stations(cast, 60, "B"))
    assert Fact.objects.filter(kind="tags of a station changed").count() == 2 * 63
