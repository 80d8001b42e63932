"""What came long after it was: told as late, at its own times, and of its own session alone."""

from typing import Any

import pytest

from tests import factories as make
from tests.factories import Cast
from tests.telling.box import MINUTE, Box16, Box201, at


@pytest.fixture
def cast(db: None) -> Cast:
    made = make.cast()
    make.token(made.organisation, "AB12")
    make.tariff(made.organisation, at(0))
    return made


def test_an_outage_after_the_end_is_none_of_a_session_that_was_told_late(cast: Cast) -> None:
    box = Box16(cast)
    hour = at(60 * MINUTE)
    transaction = box.starts(at(0), came=hour)
    for minute in (10, 20, 30, 40):
        box.measures(transaction, at(minute * MINUTE), 1000 + minute * 100, 6_000, came=hour)
    first = box.session
    box.starts(at(55 * MINUTE), wh=5_000, came=hour)
    box.is_cut(at(60 * MINUTE + 1))
    first.refresh_from_db()
    assert first.ended_at == at(40 * MINUTE)
    telling = box.told(first)
    assert "no_connection" not in {finding.code for finding in telling.findings}
    assert not [moment for moment in telling.moments if "onnection" in moment.text]


def event(kind: str, seq: int, minute: float, **more: Any) -> dict[str, Any]:
    when = at(minute * MINUTE).isoformat()
    sampled = {"value": 1_000 + 100 * minute, "measurand": "Energy.Active.Import.Register"}
    return {
        "eventType": kind, "timestamp": when, "seqNo": seq, "triggerReason": "Trigger",
        "transactionInfo": {"transactionId": "late-1"}, "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "AB12", "type": "ISO14443"},
        "meterValue": [{"timestamp": when, "sampledValue": [sampled]}], **more,
    }  # fmt: skip


def test_what_came_late_is_told_at_the_times_that_it_speaks_of(cast: Cast) -> None:
    box = Box201(cast)
    story = [event("Started", 0, 0), event("Updated", 1, 20), event("Ended", 2, 55)]
    for number, told in enumerate(story):
        came = at(60 * MINUTE + number)
        box.says("TransactionEvent", told, came)
        box.says("TransactionEvent", told | {"offline": True}, came)
    telling = box.told()
    clock = telling.evidence.clock
    (late,) = [finding for finding in telling.findings if finding.code == "late_values"]
    assert f"{clock(at(0))}–{clock(at(55 * MINUTE))} came late" in late.text


ODD = {"value": "many", "context": "Sample.Periodic", "measurand": "Energy.Active.Import.Register"}


def odd_values(transaction: int) -> dict[str, Any]:
    """A reading after ten minutes that nobody understands."""
    values = [{"timestamp": at(10 * MINUTE).isoformat(), "sampledValue": [ODD]}]
    return {"connectorId": 1, "transactionId": transaction, "meterValue": values}


def test_what_was_not_understood_is_told_at_its_own_time_and_is_not_missing(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.starts(at(0))
    box.says("MeterValues", odd_values(transaction), at(15 * MINUTE))
    box.stops(transaction, at(30 * MINUTE), 6_490, reason="Local")
    telling = box.told()
    assert box.session.energy_wh == 5_490
    (unread,) = telling.evidence.unread
    assert unread.at == at(10 * MINUTE)
    (finding,) = [f for f in telling.findings if f.code == "readings_not_understood"]
    assert "missing" not in finding.advice
    assert "gained between begin and end" in finding.advice


def test_where_an_end_was_not_understood_something_may_be_missing(cast: Cast) -> None:
    box = Box16(cast)
    transaction = box.starts(at(0))
    box.says("MeterValues", odd_values(transaction), at(10 * MINUTE))
    (finding,) = [f for f in box.told().findings if f.code == "readings_not_understood"]
    assert "may be missing" in finding.advice
