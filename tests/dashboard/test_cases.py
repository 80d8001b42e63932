"""Cases on their pages: what is known, what may be done, and what became of it."""

from datetime import timedelta
from html import unescape

import pytest

from apps.commands.models import CommandRow
from apps.dashboard.presenters import overview
from apps.reconciliation import selectors
from apps.reconciliation.kind import Subject
from apps.reconciliation.kinds import KINDS
from apps.reconciliation.models import Case
from apps.reconciliation.resolving import AMENDS, LABELS
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


def test_the_list_shows_what_is_unsettled_and_what_comes_next(log_in: LogIn, scene: Cast) -> None:
    page = log_in("operator").get("/cases/").content.decode()
    assert "Readings of a session are not believed" in page
    assert "waits until" in page
    assert "A session told by a wrong clock" not in page.split("<tbody>")[1]


def test_cases_are_narrowed_by_state_kind_station_and_site(log_in: LogIn, scene: Cast) -> None:
    client, station = log_in("operator"), scene.extras["quiet"]
    for query, count in (
        ("state=closed", 1), ("state=waiting", 1), ("kind=plugged_idle", 1),
        (f"station={station.identity}", 3), ("location=Blaak", 5), ("station=nowhere", 0),
    ):  # fmt: skip
        page = client.get(f"/cases/?{query}").content.decode()
        assert page.count('<th scope="row"') == count, query


def test_a_decision_is_made_on_its_page_and_shown_with_its_author(
    log_in: LogIn, scene: Cast
) -> None:
    client, case = log_in("operator"), scene.extras["case"]
    url = f"/cases/{case.pk}/"
    assert "Leave it as it is" in client.get(url).content.decode()
    answer = client.post(url, {"resolution": "accept", "reason": "Looked at the meter"})
    assert answer.status_code == 302
    page = client.get(url).content.decode()
    assert "Looked at the meter" in page
    assert scene.operator.label in page
    assert "Do it" not in page


def test_finance_decides_the_energy_and_must_say_how_much(log_in: LogIn, scene: Cast) -> None:
    client, case = log_in("finance"), scene.extras["case"]
    url = f"/cases/{case.pk}/"
    refused = client.post(url, {"resolution": "energy", "reason": "Meter"})
    assert refused.status_code == 422
    assert "Say how much energy it took." in refused.content.decode()
    client.post(url, {"resolution": "energy", "reason": "Meter", "kwh": "7.5"})
    case.refresh_from_db()
    assert (case.state, case.session.energy_wh) == ("closed", 7_500.0)


def test_who_comes_too_late_is_shown_what_became_of_it(log_in: LogIn, scene: Cast) -> None:
    client, url = log_in("operator"), f"/cases/{scene.extras['case'].pk}/"
    wish = {"resolution": "accept", "reason": "Looked at"}
    assert client.post(url, wish).status_code == 302
    late = client.post(url, wish)
    assert late.status_code == 409
    assert "Looked at" in late.content.decode()


def test_support_sees_and_does_not_decide(log_in: LogIn, scene: Cast) -> None:
    client, case = log_in("support"), scene.extras["case"]
    assert "Do it" not in client.get(f"/cases/{case.pk}/").content.decode()
    answer = client.post(f"/cases/{case.pk}/", {"resolution": "accept", "reason": "x"})
    assert answer.status_code == 403


def test_what_cannot_be_done_any_more_says_so(log_in: LogIn, scene: Cast) -> None:
    session = scene.extras["ended"]
    case = make.case(session.station, "stuck_offline", at=scene.now, session=session)
    answer = log_in("operator").post(
        f"/cases/{case.pk}/", {"resolution": "close", "reason": "Gone"}
    )
    assert answer.status_code == 422
    assert "look again" in answer.content.decode()


def test_a_station_is_asked_from_the_page(log_in: LogIn, scene: Cast) -> None:
    case = Case.objects.get(kind="plugged_idle")
    before = CommandRow.objects.count()
    log_in("operator").post(f"/cases/{case.pk}/", {"resolution": "ask", "reason": "Driver waits"})
    case.refresh_from_db()
    assert CommandRow.objects.count() == before + 1
    assert case.deadline_at > scene.now + timedelta(hours=23)


def test_session_and_station_show_their_cases(log_in: LogIn, scene: Cast) -> None:
    client, case = log_in("operator"), scene.extras["case"]
    link = f'href="/cases/{case.pk}/"'
    assert link in client.get(f"/sessions/{case.session_id}/").content.decode()
    assert link in client.get(f"/stations/{case.station.identity}/").content.decode()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_kind_has_a_page_that_says_what_it_is_and_what_may_be_done(
    name: str, log_in: LogIn, scene: Cast
) -> None:
    kind, station = KINDS[name], scene.extras["quiet"]
    session = scene.extras["ended"] if kind.about is Subject.SESSION else None
    case = make.case(station, name, at=scene.now, session=session)
    page = unescape(log_in("admin").get(f"/cases/{case.pk}/").content.decode())
    always = [LABELS[way] for way in kind.resolutions if way not in AMENDS]
    for words in (kind.title, kind.meaning, kind.advice, *always):
        assert words in page


def test_a_number_that_is_counted_no_further_says_so(
    log_in: LogIn, scene: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, there = log_in("operator"), Case.objects.filter(state="open").count()
    for most, shown in ((there, str(there)), (there - 1, f"{there - 1}+")):
        monkeypatch.setattr(selectors, "COUNTED_AT_MOST", most)
        monkeypatch.setattr(overview, "COUNTED_AT_MOST", most)
        page = client.get("/cases/").content.decode()
        counted = page.partition('id="nav-count-cases"')[2].partition("</span>")[0]
        assert counted.endswith(f">{shown}")
