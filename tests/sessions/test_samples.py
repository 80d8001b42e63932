"""Samples lie by month on PostgreSQL; wherever they lie, a session finds its own."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apps.sessions import measuring
from apps.sessions.models import Sample
from apps.sessions.samples import load_samples
from apps.sessions.selectors import list_samples
from apps.sessions.sequence import Span
from apps.sessions.tasks import SAMPLES, keep_samples
from ocpp_platform import partitions
from tests import factories

NOW = datetime.now(UTC)
TURN = datetime(2026, 3, 1, tzinfo=UTC)
ODD = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2040, 5, 6, tzinfo=UTC))
pytestmark = pytest.mark.django_db


def read(session_id: int, at: datetime, wh: float) -> None:
    Sample.objects.create(
        session_id=session_id, at=at, context="Sample.Periodic", register_wh=wh, soc_pct=1.25
    )


def tables_of(session_id: int) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT tableoid::regclass::text FROM {SAMPLES} WHERE session_id = %s",
            [session_id],
        )
        return {name for (name,) in cursor.fetchall()}


def test_a_session_over_the_turn_of_a_month_has_all_its_samples() -> None:
    cast = factories.cast()
    station = factories.station(cast.location, "CP1", now=NOW)
    session = factories.session(station, started_at=TURN - timedelta(hours=1), minutes=120)
    for minute in range(-60, 61, 20):
        read(session.pk, TURN + timedelta(minutes=minute), 1_000.0 + minute)
    for at in ODD:
        read(session.pk, at, 5.0)
    shown = list(list_samples(cast.admin, session.pk))
    assert len(shown) == 9
    assert [s.at for s in shown] == sorted(s.at for s in shown)
    span = (session.started_at, session.ended_at or NOW)
    found = load_samples({session.pk: span})[session.pk]
    assert measuring.total(found.values(), Span(*span)).energy_wh == 120.0
    everything = Sample.objects.filter(session_id=session.pk)
    assert len(found) == everything.count() - len(ODD)


@pytest.mark.postgres
def test_a_sample_lies_in_its_month_and_an_odd_one_in_the_rest() -> None:
    keep_samples()
    keep_samples()
    read(7, NOW, 1.0)
    assert tables_of(7) == {f"{SAMPLES}_y{NOW:%Y}m{NOW:%m}"}
    for at in ODD:
        read(8, at, 1.0)
    assert tables_of(8) == {f"{SAMPLES}_rest"}


@pytest.mark.postgres
def test_only_the_months_of_a_session_are_looked_into() -> None:
    partitions.make_ahead(SAMPLES, datetime(2031, 1, 1, tzinfo=UTC), 12)
    during = (datetime(2031, 3, 31, 23, tzinfo=UTC), datetime(2031, 4, 1, 1, tzinfo=UTC))
    plan = Sample.objects.filter(session_id__in=[7], at__range=during).explain()
    looked_into = set(re.findall(rf" on ({SAMPLES}\w*)", plan))
    assert looked_into == {f"{SAMPLES}_y2031m03", f"{SAMPLES}_y2031m04"}
