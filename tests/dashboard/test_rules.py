"""Rules of who is told, on their page."""

from typing import Any

from django.core import mail

from apps.incidents.models import Rule
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

GIVEN = {"name": "Night", "channel": "email", "to": "a@example.com", "least": "major"}


def test_a_rule_is_made_tested_and_removed(log_in: LogIn, scene: Cast, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"
    client = log_in("admin")
    assert client.post("/incidents/rules/", GIVEN).status_code == 302
    made = Rule.objects.get()
    assert "a@example.com" in client.get("/incidents/rules/").content.decode()
    answer = client.post(f"/incidents/rules/{made.pk}/test/").content.decode()
    assert "was taken by the other side" in answer
    assert len(mail.outbox) == 1
    assert client.post(f"/incidents/rules/{made.pk}/remove/").status_code == 302
    assert not Rule.objects.exists()


def test_what_is_wrong_is_said_in_words(log_in: LogIn, scene: Cast) -> None:
    client = log_in("admin")
    answer = client.post("/incidents/rules/", GIVEN | {"to": "nobody"})
    assert answer.status_code == 422
    assert "Give addresses of e-mail" in answer.content.decode()
    client.post("/incidents/rules/", GIVEN)
    made = Rule.objects.get()
    page = client.post(f"/incidents/rules/{made.pk}/test/").content.decode()
    assert "EMAIL_HOST" in page


def test_a_rule_of_somebody_else_is_not_there(log_in: LogIn, scene: Cast) -> None:
    log_in("admin").post("/incidents/rules/", GIVEN)
    url = f"/incidents/rules/{Rule.objects.get().pk}/remove/"
    assert log_in("stranger").post(url).status_code == 404
    assert log_in("operator").post(url).status_code == 403
