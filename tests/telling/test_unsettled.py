"""A session about which a case is not settled is none that needs no look."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.dashboard.presenters.references import References
from apps.domain.vocabulary import Protocol
from apps.telling.selectors import tell
from apps.tokens.models import Token
from tests import factories as make
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import text

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)


@pytest.mark.parametrize("state", ["open", "waiting", "closed"])
def test_a_session_with_a_case_is_not_said_to_be_normal(
    network: Organisation, card: Token, state: str
) -> None:
    charger, user = Teller(network, "CP1", Protocol.OCPP16), make.user(network, "s", Role.SUPPORT)
    charger.start(text(NOW - timedelta(hours=1)), 5_000, NOW - timedelta(hours=1))
    charger.read(text(NOW - timedelta(minutes=30)), 7_000, NOW - timedelta(minutes=30))
    charger.stop(text(NOW), 9_000, NOW)
    session = charger.session
    case = make.case(session.station, "more_than_power", at=NOW, session=session, state=state)
    found = {one.code: one for one in tell(user, session, now=NOW).findings}
    assert ("normal" in found) is (state == "closed")
    if state == "closed":
        return
    assert found["unsettled"].text.startswith("1 case about it is not settled: ")
    assert [ref.key for ref in found["unsettled"].evidence] == [case.pk]
    telling = tell(user, session, now=NOW)
    (shown,) = References(user, telling, ZoneInfo("UTC")).findings([found["unsettled"]])
    assert [link.url for link in shown.links] == [f"/cases/{case.pk}/"]
