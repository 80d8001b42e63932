"""Every address, as every role and as a stranger, from one table."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from apps.accounts.keys import create_api_key
from apps.accounts.roles import MATRIX, Permission, Role
from apps.commands.models import CommandRow
from apps.dashboard.commands import SCREENS
from apps.dashboard.urls import urlpatterns
from apps.journal.models import Message
from apps.onboarding.recipe import add_step
from apps.tariffs.models import Tariff
from apps.tokens.models import Token
from apps.uploads.models import Upload
from tests.dashboard.conftest import LogIn
from tests.factories import OFFICE, Cast, planned_limit

ALL = {role.value for role in Role}


def holding(permission: Permission) -> set[str]:
    return {role.value for role in Role if permission in MATRIX[role]}


FIELD = holding(Permission.SEE_STATIONS)
DESK = holding(Permission.SEE_MESSAGES)
HELPERS = holding(Permission.HELP_DRIVER)
OPERATORS = {"admin", "engineer", "operator"}
AUDITORS = holding(Permission.SEE_AUDIT)
MONEY = ALL - {"viewer"}

# name → who may open it; what a stranger of another organisation gets.
PAGES: dict[str, tuple[set[str], int]] = {
    "overview": (ALL, 200),
    "search": (ALL, 200),
    "profile": (ALL, 200),
    "second-factor": (ALL, 200),
    "keys": ({"admin"}, 200),
    "key-add": ({"admin"}, 200),
    "key": ({"admin"}, 404),
    "people": ({"admin"}, 200),
    "invite": ({"admin"}, 200),
    "person": ({"admin"}, 404),
    "stations": (FIELD, 200),
    "station-add": (OPERATORS, 200),
    "station": (FIELD, 404),
    "push-plan": (OPERATORS, 404),
    "push-cancel": (OPERATORS, 404),
    "sessions": (ALL, 200),
    "sessions-export": (MONEY, 200),
    "sessions-new": (ALL, 200),
    "session": (ALL, 404),
    "session-energy": ({"admin", "finance"}, 404),
    "session-amend": ({"admin", "finance"}, 404),
    "attempts": (ALL, 200),
    "audit": (AUDITORS, 200),
    "audit-export": (AUDITORS, 200),
    "incidents": (FIELD, 200),
    "incident": (FIELD, 404),
    "rules": ({"admin"}, 200),
    "runbooks": (ALL, 200),
    "runbook": (ALL, 200),
    "maintenance-plan": (OPERATORS, 200),
    "cases": (ALL, 200),
    "case": (ALL, 404),
    "messages": (DESK, 200),
    "messages-tail": (DESK, 200),
    "message": (DESK, 404),
    "commands": (DESK, 200),
    "command": (DESK, 404),
    "upload": (DESK, 404),
    "jobs": (FIELD, 200),
    "groups": (FIELD, 200),
    "job": (FIELD, 404),
    "job-order": (OPERATORS, 404),
    "job-results": (FIELD & holding(Permission.EXPORT), 404),
    "certificates": (FIELD, 200),
    "root-add": ({"admin", "engineer"}, 200),
    "station-password": (OPERATORS, 404),
    "station-aliases": (OPERATORS, 404),
    "onboarding": (OPERATORS, 200),
    "onboarding-add": (OPERATORS, 200),
    "onboarding-step": (OPERATORS, 404),
    "onboarding-decide": (OPERATORS, 404),
    "tokens": (HELPERS, 200),
    "token-add": (OPERATORS, 200),
    "outside": (OPERATORS, 200),
    "token-rules": (OPERATORS, 200),
    "token-stations": (OPERATORS, 404),
    "tariffs": (MONEY, 200),
    "station-tags": (OPERATORS, 404),
    "tariff-add": ({"admin", "finance"}, 200),
    "version-add": ({"admin", "finance"}, 404),
}
NOT_PAGES = {
    "job-new", "group-new", "group-remove", "job-start", "job-act",
    "login-code", "factor-change", "key-rotate", "key-revoke", "invitation", "invitation-call-off",
    "password-link", "person-act",
    "profile-password", "profile-log-in", "profile-log-ins", "incident-act", "rule-act",
    "maintenance-call-off",
    "login", "logout", "theme", "action", "token-status", "certificate-revoke",
    "root-forget", "refusal-dismiss", "refusal-take-for", "refusal-block", "refusal-adopt",
    "unblock", "station-reading", "station-protocol",
    "habit-forget", "our-root",
    "onboarding-arrange",
}  # fmt: skip
FORMS = {
    screen.name: holding(screen.command.declared.permission)
    for screen in SCREENS.values()
    if screen.form
}


def address(name: str, scene: Cast) -> str:
    """Of what the scene has, or of what is made for it here."""
    if name in MADE:
        return reverse(f"dashboard:{name}", args=[MADE[name](scene)])
    of = scene.organisation.pk
    arguments = {
        "station": [scene.extras["busy"].identity],
        "push-plan": [scene.extras["busy"].identity],
        "station-password": [scene.extras["busy"].identity],
        "job": [scene.extras["job"].pk],
        "job-order": [scene.extras["draft"].pk],
        "job-results": [scene.extras["job"].pk],
        "station-tags": [scene.extras["busy"].identity],
        "station-aliases": [scene.extras["busy"].identity],
        "onboarding-add": ["setting"],
        "onboarding-decide": [scene.extras["busy"].identity, "restart"],
        "person": [scene.support.pk],
        "session": [scene.extras["ended"].pk],
        "session-energy": [scene.extras["ended"].pk],
        "session-amend": [scene.extras["ended"].pk],
        "incident": [scene.extras["incident"].pk],
        "case": [scene.extras["case"].pk],
        "runbook": ["two-boxes"],
        "message": [Message.objects.filter(organisation_id=of).first().pk],
        "command": [CommandRow.objects.filter(organisation_id=of).first().pk],
        "upload": [Upload.objects.get(organisation_id=of).pk],
        "token-stations": [Token.objects.filter(organisation_id=of).first().pk],
        "version-add": [Tariff.objects.get(organisation_id=of).pk],
    }
    return reverse(f"dashboard:{name}", args=arguments.get(name, []))


def _push(scene: Cast) -> int:
    return int(planned_limit(scene.organisation, scene.now, name="Peak at Blaak").pk)


def _key(scene: Cast) -> int:
    made, _ = create_api_key(organisation=scene.organisation, name="Billing", actor=OFFICE)
    return int(made.pk)


def _step(scene: Cast) -> int:
    return int(add_step(scene.admin, name="get_variables", parameters={}).pk)


MADE: dict[str, Callable[[Cast], int]] = {
    "push-cancel": _push,
    "onboarding-step": _step,
    "key": _key,
}


def outcome(client: Client, url: str) -> int:
    """The status; a redirect counts as success, but not one to the log-in page."""
    response = client.get(url)
    if response.streaming:
        response.getvalue()  # read to its end, it closes what it opened
    if response.status_code == 302:
        return 401 if response.url.startswith("/login/") else 200
    return response.status_code


def test_every_address_is_in_the_table() -> None:
    named = {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)}
    assert named == PAGES.keys() | NOT_PAGES, "each address has a line in PAGES or NOT_PAGES"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_for_its_roles_and_for_nobody_else(
    name: str, scene: Cast, log_in: LogIn
) -> None:
    allowed, _ = PAGES[name]
    url = address(name, scene)
    found = {role: outcome(log_in(role), url) for role in sorted(ALL)}
    assert found == {role: 200 if role in allowed else 403 for role in sorted(ALL)}


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_sees_nothing_of_ours(name: str, scene: Cast, log_in: LogIn) -> None:
    url = address(name, scene)
    response = log_in("stranger").get(url, follow=True)
    assert response.status_code == PAGES[name][1]
    body = b"".join(response.streaming_content) if response.streaming else response.content
    body = body.replace(url.encode(), b"")
    ours = ("NL-RTM", "NL-AMS", "04A2C9E1", "Public fast", "Blaak", "Harbour Power")
    assert [word for word in ours if word.encode() in body] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_opens_without_a_log_in(name: str, scene: Cast) -> None:
    assert outcome(Client(), address(name, scene)) == 401


@pytest.mark.parametrize("name", FORMS)
def test_a_command_is_given_by_its_roles_only(name: str, scene: Cast, log_in: LogIn) -> None:
    url = reverse("dashboard:action", args=[scene.extras["busy"].identity, name])
    before = CommandRow.objects.count()
    for role in sorted(ALL - FORMS[name]):
        assert log_in(role).get(url).status_code == 403
        assert log_in(role).post(url, {}).status_code == 403
    assert log_in("stranger").post(url, {}).status_code == 404
    assert CommandRow.objects.count() == before
    for role in sorted(FORMS[name]):
        assert log_in(role).get(url).status_code == 200


def test_support_is_not_even_offered_what_it_may_not_do(scene: Cast, log_in: LogIn) -> None:
    url = reverse("dashboard:station", args=[scene.extras["busy"].identity])
    support = log_in("support").get(url).content.decode()
    operator = log_in("operator").get(url).content.decode()
    engineer = log_in("engineer").get(url).content.decode()
    assert "/actions/reset/" in operator
    assert "/actions/raw_call/" not in operator
    assert "/actions/raw_call/" in engineer
    assert "/actions/reset/" not in support
    assert "/actions/raw_call/" not in support
    assert "/actions/stop_session/" in support


def test_finance_finds_no_way_to_stations_or_messages(scene: Cast, log_in: LogIn) -> None:
    page = log_in("finance").get(address("session", scene)).content.decode()
    assert "/stations/" not in page
    assert "/messages/" not in page
    assert "/actions/" not in page
    assert "Price explained" in page


def test_a_token_of_somebody_else_cannot_be_blocked(scene: Cast, log_in: LogIn) -> None:
    token = Token.objects.get(uid="04A2C9E1")
    url = reverse("dashboard:token-status", args=[token.pk])
    assert log_in("stranger").post(url, {"status": "blocked"}).status_code == 404
    assert log_in("support").post(url, {"status": "blocked"}).status_code == 403
    token.refresh_from_db()
    assert token.status == "accepted"
    assert log_in("operator").post(url, {"status": "blocked"}).status_code == 302
    token.refresh_from_db()
    assert token.status == "blocked"
