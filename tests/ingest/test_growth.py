"""What is hot asks the database as often for two hundred messages as for ten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Organisation
from apps.batch.items import Frame, Item, Reply
from apps.batch.refs import StationRef
from apps.commands.models import CommandRow
from apps.domain import events
from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.ingest.commit import commit
from apps.ingest.table import HOT
from apps.onboarding.models import RecipeStep
from apps.sessions.models import Sample, Session, StraySample
from apps.stations.models import Connector, Evse, Station
from apps.stations.refs import find_refs
from apps.stations.sites import default_location
from apps.tariffs.models import Tariff
from apps.tokens.models import Token
from apps.tokens.services import set_policy
from tests.factories import OFFICE

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
HEARD_AT = NOW + timedelta(hours=2)  # when all of it is told
CARD = events.Token("AB12", "ISO14443")
FEW, MANY = 10, 200
MOST_FOR_A_SET_UP = 35
pytestmark = pytest.mark.django_db(transaction=True)

Say = Callable[[Protocol, StationRef], events.Event]


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def start(protocol: Protocol, ref: StationRef, minutes: float = 0) -> events.Event:
    more: dict[str, Any] = {"evse_id": 1, "connector_id": 1, "token": CARD, "seq": 0}
    if protocol is Protocol.OCPP16:
        more["natural_key"] = f"{minutes}"
    else:
        more["transaction_id"] = f"T{ref.id}"
    return events.SessionStarted(at=at(minutes), **more)


def reading(protocol: Protocol, ref: StationRef, minutes: float = 5) -> events.Event:
    sample = events.Sample(at(minutes), "Sample.Periodic", 500.0 + minutes)
    if protocol is Protocol.OCPP16:
        return events.SamplesTaken(evse_id=1, samples=(sample,))
    return events.SessionUpdated(
        at=at(minutes), transaction_id=f"T{ref.id}", seq=1, samples=(sample,)
    )


def stop(protocol: Protocol, ref: StationRef) -> events.Event:
    name = f"T{ref.id}"
    if protocol is Protocol.OCPP16:
        name = str(Session.objects.get(station_id=ref.id, ended_at=None).pk)
    return events.SessionEnded(at=at(30), transaction_id=name, seq=2, token=CARD)


def stray(_protocol: Protocol, _ref: StationRef) -> events.Event:
    sample = events.Sample(at(1), "Sample.Periodic", 7.0)
    return events.SamplesTaken(evse_id=1, samples=(sample,))


def main_meter(_protocol: Protocol, _ref: StationRef) -> events.Event:
    sample = events.Sample(at(2), "Sample.Periodic", 70.0)
    return events.SamplesTaken(evse_id=0, samples=(sample,))


def late(_protocol: Protocol, _ref: StationRef) -> events.Event:
    """Of the session that has ended meanwhile."""
    sample = events.Sample(at(20), "Sample.Periodic", 999.0)
    return events.SamplesTaken(evse_id=1, samples=(sample,))


def shows(status: ConnectorStatus) -> Say:
    return lambda _protocol, _ref: events.ConnectorStatusChanged(1, 1, status, at(0.5))


# A day, in its order: what each station says, and how often it has to.
DAY: tuple[tuple[str, Say], ...] = (
    ("connects", lambda _p, _r: events.StationConnected("socket", "here", _p.value)),
    ("boots", lambda _p, _r: events.StationBooted("Maker", "Model", "S1", "1.0")),
    ("beats", lambda _p, _r: events.HeartbeatReceived()),
    ("is available", shows(ConnectorStatus.AVAILABLE)),
    ("measures with nobody there", stray),
    ("measures as a whole", main_meter),
    ("asks for a card", lambda _p, _r: events.TokenPresented(CARD)),
    ("charges before it says so", shows(ConnectorStatus.CHARGING)),
    ("starts", start),
    ("reads first", reading),
    ("reads next", lambda protocol, ref: reading(protocol, ref, 10)),
    ("stops", stop),
    ("tells late", late),
    ("reports a security event", lambda _p, _r: events.SecurityEventReported("Tamper", at(40))),
)


@pytest.fixture
def crowd(network: Organisation, card: Token, tariff: Tariff) -> list[StationRef]:
    set_policy(network.pk, max_sessions=1000, actor=OFFICE)
    place = default_location(network, actor=OFFICE)
    made = Station.objects.bulk_create(
        Station(
            organisation=network,
            location=place,
            identity=f"CP{n}",
            registered_at=NOW,
            firmware="1.0",
            boot_status="Accepted",
        )
        for n in range(FEW + MANY)
    )
    evses = Evse.objects.bulk_create(Evse(station=one, number=1) for one in made)
    Connector.objects.bulk_create(
        Connector(station=evse.station, evse=evse, number=1) for evse in evses
    )
    refs = find_refs([one.identity for one in made])
    return [refs[one.identity] for one in made]


def test_every_hot_event_is_in_the_day() -> None:
    ref = StationRef(1, 1, 1, "CP1")
    said = {type(say(Protocol.OCPP201, ref)) for _, say in DAY}
    assert HOT.keys() - said == set()


@pytest.mark.parametrize("protocol", list(Protocol))
def test_a_day_of_many_takes_the_queries_of_a_day_of_few(
    protocol: Protocol, crowd: list[StationRef]
) -> None:
    few, many = crowd[:FEW], crowd[FEW:]
    for name, say in DAY:
        asked = [_queries(protocol, some, say) for some in (few, many)]
        assert len(asked[1]) <= len(asked[0]), f"{name}: {asked[1][len(asked[0]) :]}"
    ended = Session.objects.filter(ended_at=at(30), tariff_version__isnull=False)
    assert ended.count() == FEW + MANY
    read = Sample.objects.filter(session_id__in=ended.values("pk"))
    assert read.filter(register_wh=7.0).count() == FEW + MANY
    assert not StraySample.objects.filter(evse_id=1).exists()


def test_set_ups_of_many_begin_in_the_queries_of_few(
    network: Organisation, crowd: list[StationRef]
) -> None:
    Station.objects.update(boot_status="", protocol="ocpp2.0.1")
    RecipeStep.objects.create(organisation=network, position=1, name="get_variables")
    boots = dict(DAY)["boots"]
    asked = [_queries(Protocol.OCPP201, some, boots) for some in (crowd[:1], crowd[1:21])]
    assert len(asked[1]) <= len(asked[0]) <= MOST_FOR_A_SET_UP
    reads = CommandRow.objects.filter(reason="Step 1 of its set-up", state="queued")
    assert reads.count() == 21


def _queries(protocol: Protocol, refs: list[StationRef], say: Say) -> list[str]:
    def write(_answer: object) -> Reply:
        return Reply("{}", "{}")

    told = [(ref, say(protocol, ref)) for ref in refs]
    items = [
        Item(ref, protocol, "socket", HEARD_AT, event, Frame("in", type(event).__name__, "m", "{}"),
             write=write)
        for ref, event in told
    ]  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        replies = commit(items, HEARD_AT)
    assert all(reply is not None and reply.result == "ok" for reply in replies)
    return [query["sql"][:200] for query in asked.captured_queries]
