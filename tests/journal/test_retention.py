"""Months of messages are made ahead, and dropped when they are past."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from apps.journal.models import TABLE, Message
from apps.journal.tasks import keep
from apps.sessions.tasks import keep_samples
from ocpp_platform import partitions

NOW = datetime.now(UTC)
pytestmark = pytest.mark.django_db


def message(at: datetime) -> Message:
    return Message.objects.create(
        organisation_id=1, station_id=1, at=at, direction="in", result="ok"
    )


def test_months_follow_each_other_over_the_year() -> None:
    spans = partitions.months(datetime(2025, 11, 17, 5, tzinfo=UTC), 3)
    assert [(a.strftime("%y-%m-%d"), b.strftime("%y-%m-%d")) for a, b in spans] == [
        ("25-11-01", "25-12-01"), ("25-12-01", "26-01-01"), ("26-01-01", "26-02-01"),
    ]  # fmt: skip


@pytest.mark.postgres
def test_partitions_are_made_ahead_once_and_dropped_when_past() -> None:
    far = datetime(2031, 1, 15, tzinfo=UTC)
    made = partitions.make_ahead(TABLE, far, 2)
    assert made == ["journal_message_y2031m01", "journal_message_y2031m02"]
    assert partitions.make_ahead(TABLE, far, 2) == []
    message(far)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_message_y2031m01")
        assert cursor.fetchone() == (1,)
    ended = partitions.months_before(TABLE, datetime(2031, 2, 1, tzinfo=UTC))
    assert str(ended[-1]) == "2031-01"
    assert not partitions.drop(TABLE, ended[-1], lambda: False)
    assert Message.objects.filter(at=far).exists()
    assert partitions.drop(TABLE, ended[-1], lambda: True)
    assert not partitions.drop(TABLE, ended[-1], lambda: True)
    assert not Message.objects.filter(at=far).exists()


@pytest.mark.postgres
def test_a_month_that_has_begun_without_its_partition_stays_where_it_is() -> None:
    late = datetime(2033, 5, 5, tzinfo=UTC)
    message(late)
    assert partitions.make_ahead(TABLE, late, 1) == []
    assert Message.objects.filter(at=late).exists()


@pytest.fixture
def dump() -> Iterator[None]:
    """Somebody reads all messages for long."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE journal_message_rest IN ACCESS SHARE MODE")
        yield
        cursor.execute("ROLLBACK")
    other.close()


@pytest.mark.postgres
def test_nobody_waits_behind_a_new_month_while_all_messages_are_read(
    dump: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "_PATIENCE", "50ms")
    with pytest.raises(partitions.Held):
        partitions.make_ahead(TABLE, datetime(2031, 1, 15, tzinfo=UTC), 1)


@pytest.mark.parametrize("task", [keep, keep_samples])
def test_a_month_that_cannot_be_made_now_ends_no_task(
    task: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> list[str]:
        raise partitions.Held

    monkeypatch.setattr(partitions, "make_ahead", held)
    task()


@pytest.mark.postgres
def test_the_task_drops_what_is_past_retention_and_may_run_twice(settings: object) -> None:
    settings.OCPP_JOURNAL_RETENTION_D = 10  # type: ignore[attr-defined]
    assert partitions.make_ahead(TABLE, datetime(2021, 1, 15, tzinfo=UTC), 1)
    young = message(NOW)
    keep()
    keep()
    assert list(Message.objects.values_list("id", flat=True)) == [young.pk]
    assert partitions.make_ahead(TABLE, datetime(2021, 1, 15, tzinfo=UTC), 1)
