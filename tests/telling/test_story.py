"""What happened in a session, told once and in order."""

from datetime import timedelta

import pytest

from apps.dashboard.presenters.sessions import session_sheet
from apps.sessions.deciding import decide_energy, discard
from apps.sessions.services import close_silent
from tests import factories as make
from tests.factories import Cast
from tests.scene import scene as make_scene
from tests.telling.box import Box16, at


@pytest.fixture
def scene(db: None) -> Cast:
    return make_scene()


def test_a_session_is_told_from_card_to_cable(scene: Cast) -> None:
    sheet = session_sheet(scene.support, scene.extras["ended"])
    assert [m.moment.text for m in sheet.moments] == [
        "Card 04A2C9E1 accepted",
        "Car connected",
        "Session began at EVSE 1",
        "Charging began",
        "Connection to the charger lost",
        "Charger connected",
        "The car paused",
        "Session ended. Stopped remotely, by no command that is known here",
        "Cable unplugged",
    ]


def test_two_reports_of_one_thing_are_told_once_and_keep_their_message(scene: Cast) -> None:
    ended = scene.extras["ended"]
    at = ended.started_at + timedelta(minutes=1, seconds=2)
    make.status_change(ended.station, "Charging", at=at)
    moments = session_sheet(scene.support, ended).moments
    (began,) = [m.moment for m in moments if m.moment.text == "Charging began"]
    assert {ref.kind for ref in began.evidence} == {"message", "status"}


def test_a_command_is_a_part_of_the_story(scene: Cast) -> None:
    sheet = session_sheet(scene.support, scene.extras["running"])
    assert "Start asked by Anna Visser: confirmed, answered in 1.0 s" in [
        m.moment.text for m in sheet.moments
    ]


def test_what_cannot_be_read_does_not_break_the_story(scene: Cast) -> None:
    ended = scene.extras["ended"]
    for payload in ("{nonsense", "[]", '{"transactionInfo":7}', '{"timestamp":"soon"}', "null"):
        make.message(
            ended.station, "TransactionEvent", payload, at=ended.started_at, session_id=ended.pk,
            result="malformed",
        )  # fmt: skip
    texts = [m.moment.text for m in session_sheet(scene.support, ended).moments]
    assert texts.count("TransactionEvent could not be handled") == 5


def test_late_messages_are_counted(scene: Cast) -> None:
    ended = scene.extras["ended"]
    for minute in (21, 22, 23):
        made_at = ended.started_at + timedelta(minutes=minute)
        make.message(
            ended.station, "TransactionEvent",
            {"eventType": "Updated", "offline": True, "timestamp": made_at.isoformat()},
            at=ended.started_at + timedelta(minutes=26), session_id=ended.pk,
        )  # fmt: skip
    sheet = session_sheet(scene.support, ended)
    (told,) = [m.moment for m in sheet.moments if "came late" in m.moment.text]
    assert told.text.startswith("3 messages of ")
    assert [ref.kind for ref in told.evidence] == ["message"] * 3
    assert "late_values" in [f.code for f in sheet.telling.findings]


def test_what_people_decided_about_the_bill_is_told_with_who_and_why(scene: Cast) -> None:
    ended, by = scene.extras["ended"], scene.finance
    decide_energy(ended, 5_000.0, reason="The driver's meter", actor=by, now=scene.now)
    decide_energy(ended, None, reason="Misread", actor=by, now=scene.now)
    discard(ended, reason="Nobody was there", actor=by, now=scene.now)
    ended.refresh_from_db()
    told = [m.moment for m in session_sheet(scene.support, ended).moments][-3:]
    assert [m.detail for m in told] == ["The driver's meter", "Misread", "Nobody was there"]
    decided, left, discarded = (m.text for m in told)
    assert decided == f"{by.label} decided that it took 5.000 kWh"
    assert left.startswith(f"{by.label} left it to the meter: ")
    assert discarded == f"{by.label} discarded it: it is billed nothing"
    assert {ref.kind for m in told for ref in m.evidence} == {"fact"}


def test_a_session_without_a_stop_whose_connector_went_free_says_that_it_did(db: None) -> None:
    box = Box16(make.cast())
    box.charges(minutes=10)
    box.shows("Available", at(11 * 60))
    seen = box.session.last_received_at
    assert close_silent(box.session.pk, seen=seen, now=at(3 * 3600))
    told = box.told()
    (text,) = (one.text for one in told.findings if one.code == "estimated_end")
    assert "no stop of it came, although its connector was free at" in text
    assert "nothing" not in text
