"""Who or what ended a session, in the column of a list: no more than is known without its page."""

import pytest

from apps.dashboard.presenters.sessions import session_rows
from apps.domain.commands import StopSession
from tests import factories as make
from tests.factories import Cast
from tests.telling.box import MINUTE, Box16, at


@pytest.fixture
def cast(db: None) -> Cast:
    made = make.cast()
    make.token(made.organisation, "AB12")
    return made


@pytest.mark.parametrize(
    ("asked_at", "reason", "word"),
    [
        (29.5, None, "Asked for remotely"),
        (29.5, "EVDisconnected", "Cable unplugged"),
        (10, None, "At the charger, or not said"),
        (None, None, "At the charger, or not said"),
    ],
)
def test_a_stop_without_a_reason_that_we_asked_for_says_so(
    cast: Cast, asked_at: float | None, reason: str | None, word: str
) -> None:
    box = Box16(cast)
    transaction = box.charges()
    assert session_rows([box.session])[0].stopped == ""
    if asked_at is not None:
        box.is_told(StopSession(str(transaction)), cast.operator, at(asked_at * MINUTE))
    box.ends(transaction, **({"reason": reason} if reason else {}))
    assert session_rows([box.session])[0].stopped == word
