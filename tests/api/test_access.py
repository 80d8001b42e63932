"""Who may call what: keys, roles from one table, and organisations apart."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import ApiKey
from apps.accounts.roles import MATRIX, Permission, Role
from apps.commands.models import CommandRow
from apps.stations.models import Station
from tests import factories
from tests.api.conftest import NOW, Program
from tests.factories import Cast

P = Permission
# What each call needs. 9 stands for an id, NL-001 for a station; both exist for nobody but "mine".
TABLE: list[tuple[str, str, P]] = [
    ("GET", "stations/", P.SEE_STATIONS),
    ("POST", "stations/", P.EDIT_STATIONS),
    ("GET", "stations/NL-001/", P.SEE_STATIONS),
    ("PATCH", "stations/NL-001/", P.EDIT_STATIONS),
    ("DELETE", "stations/NL-001/", P.EDIT_STATIONS),
    ("GET", "stations/NL-001/variables/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/excuses/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/monitors/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/reports/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/events/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/charging-profiles/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/composite-schedule/", P.SEE_STATIONS),
    ("GET", "jobs/", P.SEE_STATIONS),
    ("POST", "jobs/", P.HELP_DRIVER),
    ("GET", "jobs/9/", P.SEE_STATIONS),
    ("GET", "jobs/9/items/", P.SEE_STATIONS),
    ("POST", "jobs/9/stop/", P.HELP_DRIVER),
    ("POST", "jobs/9/retry/", P.HELP_DRIVER),
    ("GET", "pushes/", P.SEE_STATIONS),
    ("POST", "pushes/", P.OPERATE),
    ("GET", "pushes/9/", P.SEE_STATIONS),
    ("DELETE", "pushes/9/", P.OPERATE),
    ("POST", "stations/NL-001/commands/", P.HELP_DRIVER),
    ("POST", "stations/NL-001/calls/", P.ENGINEER),
    ("GET", "stations/NL-001/local-list/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/display-messages/", P.SEE_STATIONS),
    ("GET", "stations/NL-001/reservations/", P.HELP_DRIVER),
    ("POST", "stations/NL-001/reservations/", P.HELP_DRIVER),
    ("GET", "reservations/", P.HELP_DRIVER),
    ("GET", "reservations/9/", P.HELP_DRIVER),
    ("DELETE", "reservations/9/", P.HELP_DRIVER),
    ("GET", "token-policy/", P.HELP_DRIVER),
    ("PATCH", "token-policy/", P.EDIT_TOKENS),
    ("GET", "local-list-policy/", P.HELP_DRIVER),
    ("PATCH", "local-list-policy/", P.EDIT_TOKENS),
    ("GET", "onboarding/", P.SEE_STATIONS),
    ("PATCH", "onboarding/", P.EDIT_NETWORK),
    ("GET", "onboarding/waiting/", P.EDIT_STATIONS),
    ("GET", "stations/NL-001/setup/", P.SEE_STATIONS),
    ("POST", "stations/NL-001/setup/", P.EDIT_STATIONS),
    ("POST", "stations/NL-001/accept/", P.EDIT_STATIONS),
    ("POST", "stations/NL-001/reject/", P.EDIT_STATIONS),
    ("GET", "certificates/", P.SEE_STATIONS),
    ("GET", "certificates/9/", P.SEE_STATIONS),
    ("POST", "certificates/9/revoke/", P.OPERATE),
    ("GET", "certificates/roots/", P.ENGINEER),
    ("POST", "certificates/roots/", P.ENGINEER),
    ("DELETE", "certificates/roots/9/", P.ENGINEER),
    ("GET", "commands/", P.SEE_MESSAGES),
    ("GET", "commands/9/", P.SEE_MESSAGES),
    ("GET", "attempts/", P.SEE_SESSIONS),
    ("GET", "audit/", P.SEE_AUDIT),
    ("GET", "cases/", P.SEE_SESSIONS),
    ("GET", "cases/9/", P.SEE_SESSIONS),
    ("POST", "cases/9/resolve/", P.SEE_SESSIONS),
    ("GET", "incidents/", P.SEE_STATIONS),
    ("GET", "incidents/9/", P.SEE_STATIONS),
    ("POST", "incidents/9/acknowledge/", P.OPERATE),
    ("POST", "incidents/9/assign/", P.OPERATE),
    ("POST", "incidents/9/snooze/", P.OPERATE),
    ("POST", "incidents/9/note/", P.OPERATE),
    ("POST", "incidents/9/close/", P.OPERATE),
    ("GET", "maintenance/", P.SEE_STATIONS),
    ("POST", "maintenance/", P.OPERATE),
    ("DELETE", "maintenance/9/", P.OPERATE),
    ("GET", "sessions/", P.SEE_SESSIONS),
    ("GET", "sessions/9/", P.SEE_SESSIONS),
    ("POST", "sessions/9/energy/", P.EDIT_TARIFFS),
    ("POST", "sessions/9/amend/", P.EDIT_TARIFFS),
    ("GET", "sessions/9/messages/", P.SEE_MESSAGES),
    ("GET", "sessions/9/samples/", P.SEE_SESSIONS),
    ("GET", "sessions.csv", P.EXPORT),
    ("GET", "messages/", P.SEE_MESSAGES),
    ("GET", "tokens/", P.HELP_DRIVER),
    ("POST", "tokens/", P.EDIT_TOKENS),
    ("GET", "tokens/9/", P.HELP_DRIVER),
    ("PATCH", "tokens/9/", P.EDIT_TOKENS),
    ("DELETE", "tokens/9/", P.EDIT_TOKENS),
    ("GET", "tariffs/", P.SEE_MONEY),
    ("POST", "tariffs/", P.EDIT_TARIFFS),
    ("GET", "tariffs/9/", P.SEE_MONEY),
    ("PATCH", "tariffs/9/", P.EDIT_TARIFFS),
    ("DELETE", "tariffs/9/", P.EDIT_TARIFFS),
    ("GET", "locations/", P.SEE_STATIONS),
    ("POST", "locations/", P.EDIT_NETWORK),
    ("GET", "locations/9/", P.SEE_STATIONS),
    ("PATCH", "locations/9/", P.EDIT_STATIONS),
    ("DELETE", "locations/9/", P.EDIT_STATIONS),
    *(
        (method, path, P.ADMINISTER)
        for method, path in (
            ("GET", "users/"), ("POST", "users/"), ("GET", "users/9/"), ("PATCH", "users/9/"),
            ("POST", "users/9/log-out/"), ("POST", "users/9/password-link/"),
            ("DELETE", "users/9/second-factor/"), ("GET", "users/invitations/"),
            ("DELETE", "users/invitations/9/"),
            ("GET", "keys/"), ("POST", "keys/"), ("GET", "keys/9/"), ("PATCH", "keys/9/"),
            ("POST", "keys/9/rotate/"), ("POST", "keys/9/revoke/"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_call_what_the_table_gives_it(
    program_of: Callable[[str], Program], role: Role
) -> None:
    program = program_of(role.value)
    for method, path, needed in TABLE:
        status = program.send(method, path, b"{}").status_code
        assert (status != 403) == (needed in MATRIX[role]), (method, path, status)
        assert status < 500


def test_without_a_valid_key_every_call_is_unauthorised(
    admin: Program, cast: Cast, settings: object
) -> None:
    revoked = ApiKey.objects.get(name="admin")
    ApiKey.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    keys = [None, "", "x", "x.y", f"{revoked.prefix}.wrong", "é.é", "a b", "\x7f.x"]
    for program in [admin, *(Program(key) for key in keys)]:
        for method, path, _ in TABLE:
            refused = program.send(method, path, b"{}")
            assert refused.status_code == 401, (program.headers, method, path)
            assert refused["WWW-Authenticate"] == "Bearer"
            assert refused.json()["error"]["code"]


def test_the_use_of_a_key_is_noted(admin: Program) -> None:
    assert ApiKey.objects.get(name="admin").last_used_at is None
    admin.get("stations/")
    used_at = ApiKey.objects.get(name="admin").last_used_at
    assert used_at is not None
    assert timezone.now() - used_at < timedelta(minutes=1)


def test_what_is_somebody_elses_is_not_there(
    admin: Program, stranger: Program, charger: Station
) -> None:
    session = factories.session(charger, started_at=NOW)
    factories.samples(session, minutes=2)
    factories.message(charger, "Heartbeat", {}, at=NOW, session_id=session.pk)
    command = factories.command(charger, "reset", at=NOW)
    token = factories.token(charger.organisation, "AAAA")
    tariff = factories.tariff(charger.organisation, NOW).tariff
    factories.variable(charger, "A", "1", now=NOW)
    things = [
        "stations/NL-001/", "stations/NL-001/variables/", f"sessions/{session.pk}/",
        f"sessions/{session.pk}/messages/", f"sessions/{session.pk}/samples/",
        f"commands/{command.pk}/", f"tokens/{token.pk}/", f"tariffs/{tariff.pk}/",
        f"locations/{charger.location_id}/",
    ]  # fmt: skip
    for path in things:
        assert admin.get(path).status_code == 200, path
        assert stranger.get(path).status_code == 404, path
    for path in ("stations/NL-001/", *things[6:]):
        assert stranger.patch(path, {"name": "x"}).status_code == 404, path
        assert stranger.delete(path).status_code == 404, path
    for verb in ("commands", "calls"):
        body = {"command": "reset", "action": "Reset", "payload": {"type": "Immediate"}}
        assert stranger.post(f"stations/NL-001/{verb}/", body).status_code == 404
    assert CommandRow.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("stations/", {"q": "NL-001"}), ("sessions/", {"station": "NL-001"}),
        ("sessions/", {"token": "04A2C9E1"}), ("messages/", {"station": "NL-001"}),
        ("commands/", {"station": "NL-001"}), ("tokens/", {"uid": "AAAA"}), ("tariffs/", {}),
        ("locations/", {}),
    ],
)  # fmt: skip
def test_a_list_holds_nothing_of_somebody_else(
    stranger: Program, charger: Station, path: str, filters: dict[str, str]
) -> None:
    factories.session(charger, started_at=NOW)
    factories.message(charger, "Heartbeat", {}, at=NOW)
    factories.command(charger, "reset", at=NOW)
    factories.token(charger.organisation, "AAAA")
    factories.tariff(charger.organisation, NOW)
    assert stranger.all(path) == []
    assert stranger.all(path, **filters) == []


def test_a_csv_holds_nothing_of_somebody_else(stranger: Program, charger: Station) -> None:
    factories.session(charger, started_at=NOW)
    assert stranger.get("sessions.csv").getvalue().count(b"\r\n") == 1


def test_a_tariff_cannot_be_put_at_somebody_elses_location(
    stranger: Program, charger: Station
) -> None:
    body = {"name": "A", "locations": [charger.location.name]}
    assert stranger.post("tariffs/", body).status_code == 400
