"""A person of finance puts a session right on its page, or with its case."""

from datetime import timedelta

import pytest

from apps.sessions.models import Sample, Session
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


@pytest.fixture
def session(scene: Cast) -> Session:
    """Ended, read three times."""
    station = make.station(scene.location, "AMEND", now=scene.now)
    found = make.session(station, started_at=scene.now - timedelta(hours=2), minutes=40,
                         energy_wh=4_000.0)  # fmt: skip
    for minute in (0, 20, 40):
        Sample.objects.create(
            session_id=found.pk, at=found.started_at + timedelta(minutes=minute),
            context="Sample.Periodic", register_wh=1_000.0 + 100 * minute,
        )  # fmt: skip
    return found


def reading(session: Session, minute: int) -> str:
    return f"{(session.started_at + timedelta(minutes=minute)).isoformat()} Sample.Periodic"


def test_a_reading_is_set_aside_and_taken_back(log_in: LogIn, session: Session) -> None:
    client, url = log_in("finance"), f"/sessions/{session.pk}/amend/"
    assert url in client.get(f"/sessions/{session.pk}/").content.decode()
    offered = client.get(url).content.decode()
    assert "Set a reading aside" in offered
    assert "Let a reading count again" not in offered
    wish = {"what": "set_aside", "reading": reading(session, 20), "reason": "Wrong unit"}
    assert client.post(url, wish).status_code == 302
    assert "set it aside: Wrong unit" in client.get(f"/sessions/{session.pk}/").content.decode()
    assert client.post(url, wish | {"what": "take_back"}).status_code == 302
    page = client.get(f"/sessions/{session.pk}/").content.decode()
    assert "took the reading of" in page
    assert "set it aside: Wrong unit" not in page


def test_two_are_joined_and_both_pages_say_so(log_in: LogIn, session: Session) -> None:
    later = make.session(session.station, started_at=session.ended_at, minutes=10, energy_wh=0.0)
    client, url = log_in("finance"), f"/sessions/{later.pk}/amend/"
    assert f"Session {session.pk}" in client.get(url).content.decode()
    wish = {"what": "join", "other": str(session.pk), "reason": "One car"}
    assert client.post(url, wish).status_code == 302
    first = client.get(f"/sessions/{session.pk}/").content.decode()
    second = client.get(f"/sessions/{later.pk}/").content.decode()
    assert f"joined session {later.pk} to it" in first
    assert f"joined it into session {session.pk}" in second
    assert "No energy was taken" not in second
    assert "Nothing of this session can be put right" in client.get(url).content.decode()


def test_a_split_needs_a_reading_in_the_middle(log_in: LogIn, session: Session) -> None:
    client, url = log_in("finance"), f"/sessions/{session.pk}/amend/"
    for at in ("", reading(session, 0)):
        refused = client.post(url, {"what": "split", "reading": at, "reason": "Two cars"})
        assert refused.status_code == 422
    wish = {"what": "split", "reading": reading(session, 20), "reason": "Two cars"}
    before = set(Session.objects.values_list("pk", flat=True))
    assert client.post(url, wish).status_code == 302
    other = Session.objects.exclude(pk__in=before).get()
    for one, text in ((session, f"counts in session {other.pk}"), (other, "split it from session")):
        assert text in client.get(f"/sessions/{one.pk}/").content.decode()


def test_a_case_offers_it_where_it_makes_sense(log_in: LogIn, session: Session) -> None:
    client = log_in("finance")
    doubted = make.case(session.station, "doubted_readings", at=session.started_at, session=session)
    page = client.get(f"/cases/{doubted.pk}/").content.decode()
    assert "Set a reading aside" in page
    lost = make.case(session.station, "lost_stop", at=session.started_at, session=session)
    assert "Join it with" not in client.get(f"/cases/{lost.pk}/").content.decode()
    wish = {"resolution": "set_aside", "reading": reading(session, 20), "reason": "Wrong unit"}
    assert client.post(f"/cases/{doubted.pk}/", wish | {"reading": ""}).status_code == 422
    assert client.post(f"/cases/{doubted.pk}/", wish).status_code == 302
    assert "set_aside" in Session.objects.get(pk=session.pk).flags.split()


def test_who_operates_is_not_offered_money(log_in: LogIn, session: Session) -> None:
    case = make.case(session.station, "doubted_readings", at=session.started_at, session=session)
    page = log_in("operator").get(f"/cases/{case.pk}/").content.decode()
    assert "Set a reading aside" not in page
    assert log_in("operator").get(f"/sessions/{session.pk}/amend/").status_code == 403
