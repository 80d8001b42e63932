"""The audit log of an installation that is there becomes facts, each entry once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from apps.history.models import Fact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOVE = ("accounts", "0004_audit_into_history")
ENTRIES: tuple[tuple[Any, ...], ...] = (
    ("Ada", "station added", "CP1", "", {}),
    ("key Billing", "start_session", "CP1", "helps", {"command": 7, "parameters": {"evse_id": 1}}),
    ("Ada", "token blocked", "AB12", "", {}),
    ("Ada", "token rules changed", "My network", "", {}),
    ("Ada", "set-up step: up", "Heartbeat", "", {}),
    ("Ada", "sessions exported", "state=ended", "", {}),
    ("Ada", "station: run set-up again", "CP1", "", {}),
)
FACTS = [
    ("station added", "station", None, "CP1", "person", {}),
    ("command given", "command", 7, "start_session", "key",
     {"parameters": {"evse_id": 1}, "station": "CP1"}),
    ("token changed", "token", None, "AB12", "person", {"was": "token blocked"}),
    ("token policy changed", "organisation", None, "My network", "person",
     {"was": "token rules changed"}),
    ("set-up step moved", "step", None, "Heartbeat", "person", {"was": "set-up step: up"}),
    ("sessions exported", "organisation", None, "state=ended", "person", {}),
    ("set-up begun", "station", None, "CP1", "person", {"was": "station: run set-up again"}),
]  # fmt: skip
COLUMNS = ("kind", "subject_kind", "subject_id", "subject_label", "actor_kind", "details")


@pytest.fixture
def before(transactional_db: None) -> Any:
    """The models before the move, the table of the audit log among them."""
    models = MigrationLoader(connection).project_state(MOVE).apps
    entry = models.get_model("accounts", "AuditEntry")
    with connection.schema_editor() as editor:
        editor.create_model(entry)
    yield models
    with connection.schema_editor() as editor:
        editor.delete_model(entry)


def test_each_entry_becomes_a_fact(before: Any) -> None:
    organisation = before.get_model("accounts", "Organisation").objects.create(name="Old")
    entry = before.get_model("accounts", "AuditEntry")
    for actor, action, target, reason, details in ENTRIES:
        entry.objects.create(
            organisation=organisation, at=NOW, actor=actor, action=action, target=target,
            reason=reason, details=details,
        )  # fmt: skip
    move = MigrationLoader(connection).get_migration(*MOVE).operations[0]
    for _ in range(2):
        move._move(before, connection.schema_editor())  # type: ignore[attr-defined]
    assert not entry.objects.exists()
    assert list(Fact.objects.order_by("id").values_list(*COLUMNS)) == FACTS
    told = Fact.objects.get(kind="command given")
    assert (told.organisation_id, told.at, told.reason) == (organisation.pk, NOW, "helps")
