"""What was sent and could not be understood is told with what was sent, and is not missing."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.api.serializers.telling import ToldSessionOut
from apps.telling.selectors import Telling
from tests import factories as make
from tests.factories import Cast
from tests.telling.box import MINUTE, Box16, Box201, at

ODD = [
    ("110 cars", "110 cars"), ("NaN", "NaN"), (-5, "-5"), (1e30, "1e+30"),
    ([110_000], "[110000]"), (True, "True"), ({"a": 1}, "{'a': 1}"),
]  # fmt: skip


@pytest.fixture
def cast(db: None) -> Cast:
    made = make.cast()
    make.token(made.organisation, "AB12")
    make.tariff(made.organisation, at(0))
    return made


def check(telling: Telling, what: str, sent: str) -> None:
    session = telling.evidence.session
    assert session.flags == "unread_reading"
    (finding,) = telling.findings
    assert finding.code == "readings_not_understood"
    assert f"{what} was sent as “{sent}”" in finding.text
    assert [ref.kind for ref in finding.evidence] == ["message"]
    assert f"{what} could not be understood" in [moment.text for moment in telling.moments]
    context = {"now": at(0), "telling": telling, "actor": User(role="admin")}
    (told,) = ToldSessionOut(session, context=context).data["disbelieved"]
    assert (told["what"], told["value"]) == (what, None)
    assert f"“{sent}”" in told["why"]


@pytest.mark.parametrize(("value", "sent"), ODD)
def test_a_stop_whose_register_is_none(cast: Cast, value: Any, sent: str) -> None:
    box = Box16(cast)
    transaction = box.charges()
    box.stops(transaction, at(30 * MINUTE), value, reason="Local")
    check(box.told(), "meterStop", sent)
    assert box.session.energy_wh == 30 * 183


@pytest.mark.parametrize(("value", "sent"), ODD)
def test_a_start_whose_register_is_none(cast: Cast, value: Any, sent: str) -> None:
    box = Box16(cast)
    transaction = box.starts(at(0), wh=value)
    for minute in range(31):
        box.measures(transaction, at(minute * MINUTE), 1000 + minute * 183, 11_000)
    box.ends(transaction)
    check(box.told(), "meterStart", sent)
    assert box.session.energy_wh == 30 * 183


@pytest.mark.parametrize(("value", "sent"), ODD)
def test_a_reading_of_2_0_1_that_is_none(cast: Cast, value: Any, sent: str) -> None:
    box = Box201(cast)
    box.event("Started", "Authorized", at(0), card="AB12", wh=1000, state="Charging")
    for minute in range(1, 31):
        odd = {"wh": value} if minute == 17 else {"wh": 1000 + minute * 183}
        box.event("Updated", "MeterValuePeriodic", at(minute * MINUTE), w=11_000, **odd)
    box.event("Ended", "StopAuthorized", at(30 * MINUTE), wh=1000 + 30 * 183)
    check(box.told(), "Energy.Active.Import.Register", sent)


def test_a_register_that_was_not_sent_is_missing(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.charges(minutes=29)
    box.stops(transaction, at(30 * MINUTE), None, reason="Local")
    assert box.session.flags == "missing_reading"
    assert box.told().evidence.unread == ()
