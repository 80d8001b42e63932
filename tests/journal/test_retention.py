"""What is past its time is forgotten, and only that."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apps.journal import partitions, services
from apps.journal.models import LinkEvent, Message, Refusal
from apps.journal.refusals import TurnedAway, record_refusals
from apps.journal.tasks import keep

NOW = datetime.now(UTC)
pytestmark = pytest.mark.django_db


def message(at: datetime) -> Message:
    return Message.objects.create(
        organisation_id=1, station_id=1, at=at, direction="in", result="ok"
    )


def test_old_messages_go_and_young_ones_stay() -> None:
    old, young = message(NOW - timedelta(days=11)), message(NOW - timedelta(days=9))
    horizon = services.horizon(NOW, 10)
    assert [services.forget_messages_before(horizon) for _ in range(2)] == [1, 0]
    assert list(Message.objects.values_list("id", flat=True)) == [young.pk]
    assert old.pk != young.pk


def test_comings_and_goings_and_refusals_are_forgotten_too() -> None:
    for days in (11, 9):
        at = NOW - timedelta(days=days)
        LinkEvent.objects.create(organisation_id=1, station_id=1, at=at, kind="connected")
        record_refusals([TurnedAway(f"X{days}", "r", 404, at)], 10)
    assert services.forget_before(services.horizon(NOW, 10)) == 2
    assert (LinkEvent.objects.count(), Refusal.objects.count()) == (1, 1)


def test_the_task_may_run_twice(settings: object) -> None:
    settings.OCPP_JOURNAL_RETENTION_D = 10  # type: ignore[attr-defined]
    message(NOW - timedelta(days=500))
    young = message(NOW)
    keep()
    keep()
    assert list(Message.objects.values_list("id", flat=True)) == [young.pk]


def test_months_follow_each_other_over_the_year() -> None:
    spans = partitions.months(datetime(2025, 11, 17, 5, tzinfo=UTC), 3)
    assert [(a.strftime("%y-%m-%d"), b.strftime("%y-%m-%d")) for a, b in spans] == [
        ("25-11-01", "25-12-01"), ("25-12-01", "26-01-01"), ("26-01-01", "26-02-01"),
    ]  # fmt: skip


@pytest.mark.postgres
def test_partitions_are_made_ahead_once_and_dropped_when_past() -> None:
    far = datetime(2031, 1, 15, tzinfo=UTC)
    made = partitions.make_ahead(far, 2)
    assert made == ["journal_message_y2031m01", "journal_message_y2031m02"]
    assert partitions.make_ahead(far, 2) == []
    message(far)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_message_y2031m01")
        assert cursor.fetchone() == (1,)
    assert "journal_message_y2031m01" in partitions.drop_before(datetime(2031, 2, 1, tzinfo=UTC))
    assert not Message.objects.filter(at=far).exists()


@pytest.mark.postgres
def test_a_month_that_has_begun_without_its_partition_stays_where_it_is() -> None:
    late = datetime(2033, 5, 5, tzinfo=UTC)
    message(late)
    assert partitions.make_ahead(late, 1) == []
    assert Message.objects.filter(at=late).exists()
