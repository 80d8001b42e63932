"""What a session costs to tell does not grow with it."""

import json
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dashboard.presenters.sessions import session_sheet
from apps.journal.models import Message
from apps.sessions.models import Sample, Session
from apps.stations.models import Station
from apps.telling.gathering import MOST_READINGS
from tests import factories as make
from tests.factories import Cast


def session_of(cast: Cast, station: Station, samples: int) -> Session:
    """11 kW, a sample and a message every ten seconds."""
    began_at = cast.now - timedelta(hours=20)
    session = make.session(station, started_at=began_at, minutes=samples // 6 + 1)
    rows, messages = [], []
    for number in range(samples):
        at = began_at + timedelta(seconds=10 * number)
        shown = {"register_wh": 1000.0 + 30 * number, "power_w": 11_000.0}
        rows.append(Sample(session_id=session.pk, at=at, context="Sample.Periodic", **shown))
        body = {
            "eventType": "Updated", "triggerReason": "MeterValuePeriodic", "seqNo": number,
            "timestamp": at.isoformat(), "transactionInfo": {"transactionId": "t"},
        }  # fmt: skip
        messages.append(
            Message(
                organisation_id=cast.organisation.pk, station_id=station.pk, at=at,
                direction="in", action="TransactionEvent", message_id=f"p{number}", answer="{}",
                payload=json.dumps(body, separators=(",", ":")), result="ok",
                session_id=session.pk,
            )
        )  # fmt: skip
    Sample.objects.bulk_create(rows)
    Message.objects.bulk_create(messages)
    return Session.objects.select_related("station__location", "organisation").get(pk=session.pk)


def test_a_huge_session_is_told_by_as_many_questions_and_rows(db: None) -> None:
    cast = make.cast()
    station = make.station(cast.location, "BIG", now=cast.now)
    asked = {}
    for samples in (20, 6_000):
        session = session_of(cast, station, samples)
        with CaptureQueriesContext(connection) as captured:
            sheet = session_sheet(cast.support, session)
        asked[samples] = len(captured)
        readings = sheet.telling.evidence.readings
        assert len(readings) <= MOST_READINGS + 1
        assert len(sheet.samples) <= 450
        assert len(sheet.telling.evidence.said) == 0, "plain readings say nothing"
        assert readings[0].at == session.started_at
        last = Sample.objects.filter(session_id=session.pk).latest("at").at
        assert sheet.samples[-1].at == readings[-1].at == last
    assert asked[6_000] <= asked[20] + 1
