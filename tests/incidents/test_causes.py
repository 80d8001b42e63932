"""Which cases belong together, and what is said of them. Pure."""

from collections import Counter

import pytest

from apps.incidents import causes
from apps.incidents.causes import BY_KIND, CAUSES, Extent
from apps.reconciliation import kinds
from apps.reconciliation.kind import Severity
from apps.reconciliation.kinds import KINDS

OFFLINE = causes.BY_NAME["offline"]
FAULTED = causes.BY_NAME["faulted"]


def test_every_kind_of_case_has_one_cause() -> None:
    named = Counter(kind for cause in CAUSES for kind in cause.kinds)
    assert set(named) == set(KINDS) == set(BY_KIND)
    assert set(named.values()) == {1}


@pytest.mark.parametrize(
    ("extent", "title"),
    [
        (Extent(1, 1, 12), "A station is offline"),
        (Extent(3, 2, 12), "2 stations are offline"),
        (Extent(12, 12, 12), "All 12 stations of the site are offline"),
        (Extent(2, 2, 2), "2 stations are offline"),
        (Extent(1, 1, 1), "A station is offline"),
    ],
)
def test_the_line_says_how_much_of_a_site_it_is(extent: Extent, title: str) -> None:
    assert causes.title_of(OFFLINE, extent) == title


def test_a_whole_site_is_critical_and_asks_for_its_power() -> None:
    whole = Extent(3, 3, 3)
    assert causes.severity_of(OFFLINE, {kinds.OFFLINE}, whole) is Severity.CRITICAL
    assert causes.action_of(OFFLINE, whole).startswith("Power or network")
    assert causes.action_of(OFFLINE, Extent(2, 2, 3)) == OFFLINE.action


def test_an_incident_is_as_severe_as_its_worst_case() -> None:
    found = {kinds.OVERLAP, kinds.TWO_BOXES}
    extent = Extent(2, 1, 9)
    assert causes.severity_of(causes.BY_NAME["identity"], found, extent) is Severity.CRITICAL
    assert causes.severity_of(FAULTED, {kinds.FAULTED}, extent) is Severity.MAJOR


def test_the_runbook_is_that_of_its_kinds() -> None:
    assert causes.runbook_of({kinds.WHOSE, kinds.TWO_BOXES}) == "two-boxes"
    assert causes.runbook_of({kinds.FAULTED}) == ""
