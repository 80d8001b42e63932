"""Which cases belong together, and what is said of them. Pure."""

from collections import Counter
from pathlib import Path

import pytest

from apps.incidents import causes
from apps.incidents.causes import BY_KIND, BY_NAME, CAUSES, Cause, Extent
from apps.reconciliation import kinds
from apps.reconciliation.kind import Severity
from apps.reconciliation.kinds import KINDS

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
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
    extent = Extent(2, 1, 9)
    unheard = {kinds.PARKED, kinds.REFUSALS, kinds.REFUSED}
    worst = causes.severity_of(BY_NAME["unheard"], unheard, extent)
    assert worst is min((KINDS[kind].severity for kind in unheard), key=causes.SEVERITIES.index)
    assert causes.severity_of(FAULTED, {kinds.FAULTED}, extent) is Severity.MAJOR


def test_two_boxes_are_a_cause_of_their_own() -> None:
    assert BY_KIND[kinds.TWO_BOXES].kinds == (kinds.TWO_BOXES,)
    assert "serial numbers" in BY_KIND[kinds.TWO_BOXES].action
    assert "charger" not in BY_KIND[kinds.OVERLAP].action


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_every_cause_has_a_runbook_that_is_there_and_names_its_kinds(cause: Cause) -> None:
    for kind in cause.kinds:
        name = causes.runbook_of(cause, {kind})
        text = " ".join((RUNBOOKS / f"{name}.md").read_text().split())
        assert KINDS[kind].title in text, (name, kind)


def test_the_runbook_is_that_of_its_only_kind_else_of_its_cause() -> None:
    restless = BY_NAME["restless"]
    assert causes.runbook_of(restless, {kinds.REBOOTS}) == "bad-firmware"
    assert causes.runbook_of(restless, {kinds.REBOOTS, kinds.SILENT}) == "restless-station"
    assert causes.runbook_of(FAULTED, {kinds.FAULTED}) == "faulted-connector"
