"""What becomes of cases when other things are found. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apps.reconciliation import between, ended, kinds, life
from apps.reconciliation.kind import Resolution
from apps.reconciliation.kinds import KINDS
from apps.reconciliation.life import Evidence, Finding, Held, Moment, State
from apps.reconciliation.patience import DEFAULTS_S
from apps.reconciliation.resolving import LABELS
from apps.reconciliation.watches import WATCHES

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"


def finding(subject: str = "station-1", tells: str = "") -> Finding:
    return Finding(kinds.OFFLINE, subject, 1, 1, NOW, tells=tells)


def held(state: State = State.OPEN, tells: str = "", subject: str = "station-1") -> Held:
    return Held(7, kinds.OFFLINE, subject, state, finding(tells=tells).signature, [])


def test_what_is_found_first_is_new() -> None:
    assert life.compare([], [finding()]).new == [finding()]


def test_what_is_found_again_changes_nothing() -> None:
    changes = life.compare([held()], [finding()])
    assert (changes.new, changes.gone, changes.renewed, changes.again) == ([], [], [], [])


def test_what_is_found_no_longer_is_gone() -> None:
    other = held(subject="station-2")
    assert life.compare([held(), other], [finding()]).gone == [other]


def test_what_tells_more_is_renewed() -> None:
    case, now = held(tells="E1"), finding(tells="E2")
    assert life.compare([case], [now]).renewed == [(case, now)]


def test_what_tells_other_figures_is_renewed_and_asks_nobody_again() -> None:
    now = replace(finding(), evidence=(Evidence("1.4 kWh"),))
    assert life.compare([held()], [now]).renewed == [(held(), now)]
    decided = life.compare([held(State.CLOSED)], [now])
    assert (decided.renewed, decided.again, decided.new) == ([], [], [])


def test_a_decision_holds_as_long_as_it_is_the_same() -> None:
    decided = held(State.CLOSED, tells="E1")
    assert life.compare([decided], [finding(tells="E1")]).new == []
    changes = life.compare([decided], [finding(tells="E2")])
    assert (changes.again, len(changes.new)) == ([decided], 1)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_can_be_found_waited_for_and_resolved(name: str) -> None:
    kind = KINDS[name]
    assert name in {*WATCHES, *ended.KINDS, *between.KINDS, kinds.PARKED}
    assert kind.is_state is (name in WATCHES)
    assert set(kind.resolutions) <= set(LABELS)
    state, deadline_at = life.begin(kind, Moment(NOW, DEFAULTS_S))
    assert (deadline_at is not None) is (state is State.WAITING)
    assert state is not State.CLOSED or kind.settles
    for sentence in (kind.meaning, kind.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert not kind.runbook or (RUNBOOKS / f"{kind.runbook}.md").exists()


def test_time_is_awaited_for_as_long_as_is_configured() -> None:
    moment = Moment(NOW, {"true_end": 60.0})
    assert life.begin(KINDS[kinds.LOST_STOP], moment) == (
        State.WAITING, NOW + timedelta(seconds=60),
    )  # fmt: skip


def test_every_resolution_has_words() -> None:
    assert set(LABELS) == set(Resolution)
