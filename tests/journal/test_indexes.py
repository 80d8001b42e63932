"""What is rare among many messages is found by an index of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import Organisation, User
from apps.journal.models import Message
from apps.journal.selectors import MessageFilter, list_messages

NOW = datetime.now(UTC)
pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"result": "errors"}, "trouble"),
        ({"result": "timed_out"}, "trouble"),
        ({"result": "waiting"}, "trouble"),
        ({"action": "FirmwareStatusNotification"}, "rare"),
        ({"action": "NotifyEvent"}, "rare"),
        ({"action": "LogStatusNotification", "result": "errors"}, "rare"),
        ({"action": "Heartbeat", "direction": "out"}, "sent"),
    ],
)
def test_it_is_found_by_its_index(
    network: Organisation, wanted: dict[str, Any], index: str
) -> None:
    anna = User.objects.create_user("anna", organisation=network, role="admin")
    Message.objects.bulk_create(
        Message(
            organisation_id=network.pk, station_id=1, at=NOW - timedelta(seconds=n),
            direction="in", action="Heartbeat", result="ok" if n % 500 else "error",
        )
        for n in range(5_000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE journal_message")
    plan = list_messages(anna, MessageFilter(**wanted))[:51].explain()
    assert any("Index Scan" in line and index in line for line in plan.splitlines()), plan
