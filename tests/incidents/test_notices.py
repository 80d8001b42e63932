"""Who is told of incidents: by e-mail and webhook, once, and again where it did not arrive."""

import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from apps.incidents import notices, rules, services
from apps.incidents.models import Incident, Notice, Rule
from apps.reconciliation.models import Case
from tests import factories as make
from tests.factories import Cast

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.EMAIL_HOST = "mail.example"
    settings.OCPP_PUBLIC_URL = "https://csms.example"
    settings.OCPP_WEBHOOK_HOSTS = ("127.0.0.1",)
    return make.cast()


def rule(cast: Cast, **fields: Any) -> Rule:
    given: dict[str, Any] = {
        "name": "Night", "channel": "email", "to": "a@example.com, b@example.com",
        "least": "major", "location": None, "tells_end": True,
    }  # fmt: skip
    given |= {"organisation_id": cast.organisation.pk} | fields
    return rules.add_rule(actor=cast.admin, now=cast.now, **given)


def happen(cast: Cast, kind: str = "offline", after: timedelta = timedelta()) -> Incident:
    station = make.station(cast.location, f"CP-{kind}", now=cast.now)
    make.case(station, kind, at=cast.now)
    services.keep_incidents(now=cast.now + after)
    return Incident.objects.latest("pk")


def tell(cast: Cast, after: timedelta = timedelta()) -> int:
    notices.write_notices(now=cast.now + after)
    return notices.send_notices(now=cast.now + after)


class Listener(HTTPServer):
    """Somebody who is told; ``answers``: the status of each time, the last of them for ever."""

    def __init__(self, *answers: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.heard = list(answers), []  # type: ignore[var-annotated]
        self.may_answer = Event()
        self.may_answer.set()
        self.after: Callable[[], object] = bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), content))
        self.server.after()
        self.server.may_answer.wait(60)
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_given: Any) -> None:
        pass


@contextmanager
def listening(*answers: int) -> Iterator[Listener]:
    server = Listener(*answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_incident_is_told_once_with_its_next_action_and_address(cast: Cast) -> None:
    rule(cast)
    incident = happen(cast)
    assert [tell(cast), tell(cast, HOUR)] == [1, 0]
    (letter,) = mail.outbox
    assert letter.to == ["a@example.com", "b@example.com"]
    assert letter.subject == "[major] New: A station is offline: CP-offline (Blaak)"
    assert f"https://csms.example/incidents/{incident.pk}/" in letter.body
    assert incident.action in letter.body


def test_its_end_is_told_where_the_rule_wants_it(cast: Cast) -> None:
    rule(cast)
    rule(cast, name="Day", to="c@example.com", tells_end=False)
    happen(cast)
    tell(cast)
    Case.objects.update(state="closed", is_current=False)
    services.keep_incidents(now=cast.now + HOUR)
    assert tell(cast, HOUR) == 1
    assert mail.outbox[-1].subject.startswith("[major] Over:")


def test_what_is_less_severe_or_elsewhere_is_not_told(cast: Cast) -> None:
    from apps.stations.models import Location

    elsewhere = Location.objects.create(organisation=cast.organisation, name="Centraal")
    rule(cast, name="Critical", least="critical")
    rule(cast, name="Elsewhere", location=elsewhere)
    happen(cast)
    assert tell(cast) == 0
    rule(cast, name="All", least="minor")
    happen(cast, "plugged_idle")
    assert tell(cast) == 1


def test_nobody_hears_of_another_organisation(cast: Cast) -> None:
    rules.add_rule(
        actor=cast.stranger, now=cast.now, name="Theirs", channel="email", to="x@example.com",
        least="minor", location=None, tells_end=True,
        organisation_id=cast.stranger.organisation_id,
    )  # fmt: skip
    happen(cast)
    assert tell(cast) == 0


def test_a_webhook_is_signed_and_says_all(cast: Cast) -> None:
    with listening(204) as listener:
        made = rule(cast, channel="webhook", to=listener.url)
        incident = happen(cast)
        assert tell(cast) == 1
    ((headers, content),) = listener.heard
    assert json.loads(content)["incident"] == incident.pk
    stamp, given = (part.split("=")[1] for part in headers["X-Signature"].split(","))
    signed = hmac.new(made.secret.encode(), f"{stamp}.".encode() + content, "sha256")
    assert signed.hexdigest() == given


def test_what_does_not_arrive_is_tried_again_later_and_later(cast: Cast) -> None:
    with listening(500, 500, 200) as listener:
        rule(cast, channel="webhook", to=listener.url)
        happen(cast)
        assert tell(cast) == 0
        notice = Notice.objects.get()
        assert (notice.state, notice.error) == ("waiting", "HTTPException: HTTP 500")
        assert tell(cast, timedelta(seconds=29)) == 0
        assert len(listener.heard) == 1
        assert tell(cast, timedelta(seconds=30)) == 0
        assert tell(cast, timedelta(seconds=90)) == 1


def test_after_many_tries_it_is_given_up_and_says_why(cast: Cast) -> None:
    rule(cast, channel="webhook", to="http://127.0.0.1:9/")
    happen(cast)
    for number in range(notices.TRIES):
        tell(cast, number * 3 * HOUR)
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("failed", notices.TRIES)
    assert "refused" in notice.error.lower()


def test_a_dead_address_holds_up_nobody_else(cast: Cast) -> None:
    dead = rule(cast, name="Dead", channel="webhook", to="http://127.0.0.1:9/")
    incident = happen(cast)
    for number in range(200):
        Notice.objects.create(
            rule=dead, incident=incident, what="incident opened", fact_id=-number - 1,
            made_at=cast.now, due_at=cast.now - HOUR,
        )  # fmt: skip
    rule(cast, name="Alive")
    assert tell(cast) == 1
    assert Notice.objects.filter(rule=dead, attempts=1).count() == 1


def test_an_address_inside_is_not_called_unless_it_is_listed(cast: Cast, settings: Any) -> None:
    settings.OCPP_WEBHOOK_HOSTS = ("*",)
    made = rule(cast, channel="webhook", to="http://127.0.0.1:9/")
    assert "OCPP_WEBHOOK_HOSTS" in notices.send_test(made, now=cast.now)


def test_a_line_break_in_a_name_breaks_no_letter(cast: Cast) -> None:
    cast.location.name = "L\r\nBcc: x@example.com"
    cast.location.save(update_fields=["name"])
    rule(cast)
    happen(cast)
    assert tell(cast) == 1
    assert "\n" not in mail.outbox[0].subject


def test_without_a_mail_server_a_rule_says_what_is_missing(cast: Cast, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert "EMAIL_HOST" in notices.send_test(rule(cast), now=cast.now)


def test_a_test_arrives(cast: Cast) -> None:
    assert notices.send_test(rule(cast), now=cast.now) == ""
    assert mail.outbox[0].subject.startswith("[minor] Test:")


@pytest.mark.parametrize(
    ("channel", "to"),
    [("email", "nobody"), ("email", ","), ("email", "a@example.com, b"),
     ("webhook", "ftp://example.com"), ("webhook", "a@example.com")],
)  # fmt: skip
def test_what_is_no_address_is_refused(cast: Cast, channel: str, to: str) -> None:
    with pytest.raises(ValidationError):
        rule(cast, channel=channel, to=to)


def test_a_name_is_one_line(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="one line"):
        rule(cast, name="Night\r\nBcc: x@example.com")


def test_a_name_stands_for_one_rule(cast: Cast) -> None:
    rule(cast)
    with pytest.raises(ValidationError, match="already"):
        rule(cast)


def test_an_address_that_hangs_holds_up_no_other(cast: Cast) -> None:
    """The first answers only when the second has been told of all."""
    with listening(204) as first, listening(204) as second:
        first.may_answer.clear()
        rule(cast, name="First", channel="webhook", to=first.url)
        rule(cast, name="Second", channel="webhook", to=second.url)
        happen(cast)
        happen(cast, "faulted")
        second.after = lambda: len(second.heard) == 2 and first.may_answer.set()
        assert tell(cast) == 4
        assert (len(first.heard), len(second.heard)) == (2, 2)
    assert not Notice.objects.exclude(state="sent").exists()
