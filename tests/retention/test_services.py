"""What is past its time goes, a page at a time; what is needed stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from apps.campaigns.standing import want
from apps.commands.models import CommandRow, State
from apps.history.models import Fact
from apps.journal.models import Dismissal, Refusal
from apps.onboarding.setups import set_ups_of
from apps.retention import services, tasks
from apps.retention.table import RULES, Rule
from apps.sessions.models import Session
from apps.stations.models import Station, StatusChange
from apps.tariffs.models import Tariff
from tests.copies import copies, counted
from tests.retention.growth import made

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=3_000)
pytestmark = pytest.mark.django_db


def rule_of(model: str) -> Rule:
    return next(rule for rule in RULES if rule.model == model)


def columns_of(rule: Rule) -> dict[str, Any]:
    """What a row must say for the rule to be about it, and not to spare it."""
    return {
        "uploads.Upload": {"completed_at": None} if rule.is_renewed else {},
        "commands.CommandRow": {"state": State.CONFIRMED},
        "campaigns.Target": {"state": "reached"},
        "campaigns.Campaign": {"kind": "job", "state": "draft" if _is_short(rule) else "stopped"},
        "reconciliation.Case": {"state": "closed"},
        "incidents.Incident": {"state": "closed"},
        "device.Report": {"state": "complete"},
        "display.DisplayMessage": {"state": "gone"},
        "reservations.Reservation": {"state": "used"},
        "journal.Refusal": {"organisation_id": None},
        "history.Fact": {
            "actor_kind": "station" if rule.kept == "OCPP_EVENTS_RETENTION_D" else "key"
        },
    }.get(rule.model, {})


def _is_short(rule: Rule) -> bool:
    return isinstance(rule.kept, timedelta)


def test_what_a_station_came_to_in_a_campaign_that_never_ends_stays(station: Station) -> None:
    campaign = set_ups_of(station.organisation_id, LONG_AGO)
    want(campaign, [station.pk])
    campaign.targets.update(state="failed", outcome="not_confirmed")
    assert services.prune(rule_of("campaigns.Target"), now=NOW) == 0
    assert campaign.targets.get().state == "failed"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.model}-{rule.kept}")
def test_old_rows_go_and_young_ones_stay(rule: Rule) -> None:
    horizon = rule.horizon(NOW)
    made(rule.model, horizon - timedelta(minutes=1), 3, **columns_of(rule))
    young = made(rule.model, horizon + timedelta(minutes=1), 2, **columns_of(rule))
    assert [services.prune(rule, now=NOW, size=2) for _ in range(2)] == [3, 0]
    left = apps.get_model(rule.model)._default_manager.order_by("pk")
    assert list(left) == sorted(young, key=lambda row: row.pk)


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        ("commands.CommandRow", {"state": State.QUEUED}),
        ("commands.CommandRow", {"state": State.ACCEPTED}),
        ("campaigns.Target", {"state": "sent"}),
        ("device.Report", {"state": "receiving"}),
        ("display.DisplayMessage", {"state": "accepted"}),
        ("reservations.Reservation", {"state": "accepted"}),
        ("history.Fact", {"actor_kind": "person", "kind": "tariff changed"}),
        ("history.Fact", {"actor_kind": "key", "kind": "sessions exported"}),
    ],
)
def test_what_is_open_or_about_money_stays(model: str, columns: dict[str, Any]) -> None:
    made(model, LONG_AGO, 2, **columns)
    rules = [rule for rule in RULES if rule.model == model]
    assert [services.prune(rule, now=NOW) for rule in rules] == [0] * len(rules)


@pytest.mark.parametrize(
    ("by", "columns"),
    [
        ("onboarding.SetupStep", {}),
        ("power.HeldProfile", {}),
        ("campaigns.Target", {"state": "sent"}),
        ("display.DisplayMessage", {"state": "accepted"}),
    ],
)
def test_a_command_stays_while_something_names_it(by: str, columns: dict[str, Any]) -> None:
    named, forgotten = made("commands.CommandRow", LONG_AGO, 2, state=State.CONFIRMED)
    made(by, LONG_AGO, command_id=named.pk, **columns)
    assert services.prune(rule_of("commands.CommandRow"), now=NOW) == 1
    assert list(CommandRow.objects.all()) == [named]
    assert forgotten.pk != named.pk


@pytest.mark.parametrize(("is_running", "gone"), [(True, 1), (False, 3)])
def test_commands_of_a_running_session_stay(is_running: bool, gone: int) -> None:
    start, about, _ = made("commands.CommandRow", LONG_AGO, 3, state=State.CONFIRMED)
    ended_at = None if is_running else LONG_AGO
    session = made("charging_sessions.Session", LONG_AGO, remote_start_id=start.pk)[0]
    Session.objects.filter(pk=session.pk).update(ended_at=ended_at)
    CommandRow.objects.filter(pk=about.pk).update(session_id=session.pk)
    assert services.prune(rule_of("commands.CommandRow"), now=NOW) == gone


def test_a_value_that_a_command_set_keeps_it() -> None:
    command = made("commands.CommandRow", LONG_AGO, state=State.CONFIRMED)[0]
    made("stations.Variable", LONG_AGO, changed_command_id=command.pk)
    assert services.prune(rule_of("commands.CommandRow"), now=NOW) == 0


def test_strangers_go_sooner_than_stations_and_take_their_dismissals_along() -> None:
    month = NOW - timedelta(days=31)
    stranger = made("journal.Refusal", month)[0]
    ours = made("journal.Refusal", month, organisation_id=1, station_id=1)[0]
    made("journal.Dismissal", month, refusal=stranger)
    services.prune_all(now=NOW)
    assert list(Refusal.objects.all()) == [ours]
    assert not Dismissal.objects.exists()


def test_the_task_may_run_twice(tariff: Tariff) -> None:
    made("stations.StatusChange", LONG_AGO, 3)
    priced = made("history.Fact", LONG_AGO, actor_kind="key", kind="tariff added")
    tasks.prune()
    tasks.prune()
    assert not StatusChange.objects.exists()
    assert set(priced) <= set(Fact.objects.all())
    assert Tariff.objects.count() == 1


def test_a_run_ends_though_more_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_PAGES", 2)
    made("stations.StatusChange", LONG_AGO, 5)
    rule = rule_of("stations.StatusChange")
    assert [services.prune(rule, now=NOW, size=2) for _ in range(3)] == [4, 1, 0]


@pytest.mark.parametrize("model", ["stations.StatusChange", "commands.CommandRow"])
def test_the_queries_of_a_page_do_not_grow(model: str) -> None:
    rule, columns = rule_of(model), columns_of(rule_of(model))
    a_page = []
    for rows in (100, 1_000, 10_000):
        copies(made(model, LONG_AGO, **columns)[0], rows)
        with counted() as asked:
            assert services.prune(rule, now=NOW, size=rows // 10) == rows
        a_page.append(asked[0] / 10)
    assert len(set(a_page)) == 1
    assert a_page[0] < 20
