"""A person of finance decides what a session took, on its page."""

from apps.sessions.models import Session
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


def test_finance_decides_and_the_page_says_so(log_in: LogIn, scene: Cast) -> None:
    client, session = log_in("finance"), scene.extras["ended"]
    url = f"/sessions/{session.pk}/energy/"
    assert url in client.get(f"/sessions/{session.pk}/").content.decode()
    assert client.post(url, {"kwh": "9.5"}).status_code == 422
    assert client.post(url, {"kwh": "-1", "reason": "so"}).status_code == 422
    assert client.post(url, {"kwh": "9.5", "reason": "The meter was broken"}).status_code == 302
    assert Session.objects.get(pk=session.pk).energy_wh == 9_500
    page = client.get(f"/sessions/{session.pk}/").content.decode()
    assert "A person decided that it took 9.500 kWh" in page
    assert "decided by a person" in page


def test_a_session_that_runs_is_not_decided(log_in: LogIn, scene: Cast) -> None:
    url = f"/sessions/{scene.extras['running'].pk}/energy/"
    refused = log_in("admin").post(url, {"kwh": "1", "reason": "so"})
    assert refused.status_code == 422
    assert "wait for its end" in refused.content.decode()
