"""What programs put right of sessions: readings, and what is one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.sessions.models import Sample, Session
from apps.stations.models import Station
from tests import factories as make
from tests.api.conftest import Program

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
POINT = {"at": (NOW + timedelta(minutes=24)).isoformat(), "context": "Sample.Periodic"}


@pytest.fixture
def session(charger: Station) -> Session:
    found = make.session(charger, started_at=NOW, minutes=48, energy_wh=4_800.0)
    for minute in (0, 24, 48):
        Sample.objects.create(
            session_id=found.pk, at=NOW + timedelta(minutes=minute), context="Sample.Periodic",
            register_wh=1_000.0 + 100 * minute,
        )  # fmt: skip
    return found


def amend(program: Program, session: Session, **wish: Any) -> Any:
    return program.post(f"sessions/{session.pk}/amend/", {"reason": "Seen on site", **wish})


def test_a_reading_is_set_aside_and_taken_back(admin: Program, session: Session) -> None:
    told = amend(admin, session, change="set_aside", reading=POINT)
    assert told.status_code == 200
    assert "set_aside" in told.json()["flags"]
    assert told.json()["disbelieved"][0]["why"].endswith("set it aside: Seen on site")
    again = amend(admin, session, change="set_aside", reading=POINT)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "cannot_amend")
    back = amend(admin, session, change="take_back", reading=POINT)
    assert (back.status_code, back.json()["disbelieved"]) == (200, [])


def test_a_session_is_split_and_both_are_there(admin: Program, session: Session) -> None:
    assert amend(admin, session, change="split", reading=POINT).status_code == 200
    ends = Session.objects.order_by("started_at").values_list("started_at", "ended_at")
    middle = NOW + timedelta(minutes=24)
    assert list(ends) == [(NOW, middle), (middle, session.ended_at)]


def test_two_sessions_are_joined_from_either(
    admin: Program, session: Session, charger: Station
) -> None:
    began_at = NOW + timedelta(minutes=50)
    later = make.session(charger, started_at=began_at, minutes=10, energy_wh=0.0)
    told = amend(admin, later, change="join", other=session.pk)
    assert (told.status_code, told.json()["flags"]) == (200, ["joined_into"])
    assert told.json()["energy_wh"] == 0
    assert "joined" in Session.objects.get(pk=session.pk).flags.split()


def test_a_session_of_somebody_else_is_not_there_to_be_joined(
    admin: Program, session: Session
) -> None:
    stranger = make.station(make.cast().location, "X1", now=NOW)
    theirs = make.session(stranger, started_at=NOW)
    assert amend(admin, session, change="join", other=theirs.pk).status_code == 404


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"change": "burn"}, 400), ({}, 400), ({"change": "split"}, 409), ({"change": "join"}, 409),
        ({"change": "split", "reading": {"at": "yesterday"}}, 400),
        ({"change": "set_aside", "reading": {"at": "2026-11-20T08:01:00Z"}}, 409),
        ({"change": "set_aside", "reading": POINT, "other": 1}, 400),
        ({"change": "join", "other": 1, "reading": POINT}, 400),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_done_says_why(
    admin: Program, session: Session, wish: dict[str, Any], status: int
) -> None:
    answer = amend(admin, session, **wish)
    assert (answer.status_code, "error" in answer.json()) == (status, True)


def test_a_case_is_resolved_by_setting_a_reading_aside(admin: Program, session: Session) -> None:
    case = make.case(session.station, "doubted_readings", at=NOW, session=session)
    wish = {"resolution": "set_aside", "reason": "Wrong unit", "reading": POINT}
    done = admin.post(f"cases/{case.pk}/resolve/", wish)
    assert (done.status_code, done.json()["resolution"]) == (200, "set_aside")
    assert "set_aside" in Session.objects.get(pk=session.pk).flags.split()


@pytest.mark.parametrize(
    ("resolution", "member"),
    [
        ("accept", {"energy_wh": 5}), ("accept", {"reading": POINT}), ("accept", {"other": 1}),
        ("set_aside", {"reading": POINT, "energy_wh": 0}), ("energy", {"energy_wh": 5, "other": 1}),
    ],
)  # fmt: skip
def test_what_belongs_to_another_resolution_is_refused_and_nothing_done(
    admin: Program, session: Session, resolution: str, member: dict[str, Any]
) -> None:
    case = make.case(session.station, "doubted_readings", at=NOW, session=session)
    wish = {"resolution": resolution, "reason": "Looked at", **member}
    refused = admin.post(f"cases/{case.pk}/resolve/", wish)
    assert refused.status_code == 400
    (name,) = refused.json()["error"]["details"]
    assert name in member
    case.refresh_from_db()
    session.refresh_from_db()
    assert (case.closed_at, session.flags, session.energy_wh) == (None, "", 4_800)
