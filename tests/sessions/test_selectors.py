"""Lists that name what is live, or where, are narrowed by what an index knows."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.domain.vocabulary import SessionState
from apps.sessions import selectors
from apps.sessions.selectors import SessionFilter, list_sessions
from tests import factories

NOW = datetime.now(UTC)
LIVE = [state for state in SessionState if state is not SessionState.ENDED]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", LIVE)
def test_a_live_state_is_looked_for_among_open_sessions(state: SessionState) -> None:
    cast = factories.cast(NOW)
    station = factories.station(cast.location, "NL-001", now=NOW)
    began_at = NOW - timedelta(hours=2)
    running = factories.session(station, started_at=began_at, ended_at=None, state=state.value)
    factories.session(station, started_at=began_at)
    found = list_sessions(cast.admin, SessionFilter(state=state.value))
    assert list(found) == [running]
    assert '"ended_at" IS NULL' in str(found.query)


@pytest.mark.parametrize("few", [0, 200])
def test_sessions_of_a_location_are_the_same_with_few_and_many_stations(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "_FEW_STATIONS", few)
    cast = factories.cast(NOW)
    station = factories.station(cast.location, "NL-001", now=NOW)
    session = factories.session(station, started_at=NOW - timedelta(hours=2))
    here, nowhere = SessionFilter(location=cast.location.name), SessionFilter(location="Nowhere")
    assert list(list_sessions(cast.admin, here)) == [session]
    assert list(list_sessions(cast.admin, nowhere)) == []
    assert list(list_sessions(cast.stranger, here)) == []
