"""A clock that is set while a session is told live: it began and ended when that was heard."""

from datetime import datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.domain.clocks import Watched, watch
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec
from apps.protocol.clocks import said_in
from apps.reconciliation.models import Case
from apps.reconciliation.services import judge_sessions
from apps.sessions.checking import bills_anew
from tests.sessions.story import Call, Teller
from tests.sessions.test_wrong_clocks import BOTH, MINUTE, NOW, network, text

__all__ = ["network"]
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
SET = [
    (0 * HOUR, -HOUR), (0 * HOUR, -3 * HOUR), (0 * HOUR, -DAY), (0 * HOUR, -30 * DAY),
    (0 * HOUR, -10 * MINUTE), (0 * HOUR, HOUR), (0 * HOUR, 10 * MINUTE), (2 * HOUR, HOUR),
    (-5 * HOUR, -4 * HOUR), (-4 * HOUR, -5 * HOUR), (-400 * DAY, 0 * HOUR), (HOUR, 0 * HOUR),
]  # fmt: skip


class Watchful(Teller):
    """Heard on a socket, where what it tells live shows what its clock is like."""

    def __init__(self, network: Organisation, protocol: Protocol) -> None:
        super().__init__(network, "SET", protocol)
        self._watched = Watched()

    def tell(self, action: str, payload: Call, heard_at: datetime) -> None:
        event = codec(self.protocol).read(action, payload, heard_at)
        item = Item(self.ref, self.protocol, "socket", heard_at, event)
        said_at = said_in(action, payload)
        if said_at is not None:
            self._watched, item.clock = watch(self._watched, said_at, heard_at)
            item.offset_s = self._watched.live_s
        commit([item], heard_at)

    def show(self, said_at: datetime, heard_at: datetime) -> None:
        told: Call = {"connectorId": 1, "timestamp": text(said_at)}
        if self.protocol is Protocol.OCPP201:
            told |= {"evseId": 1, "connectorStatus": "Available"}
        else:
            told |= {"errorCode": "NoError", "status": "Preparing"}
        self.tell("StatusNotification", told, heard_at)


@BOTH
@pytest.mark.parametrize(("before", "after"), SET)
@pytest.mark.parametrize("set_at", [7, 20, 45])
@pytest.mark.parametrize(("unit", "every"), [(SECOND, 5), (MINUTE, 5), (MINUTE, 1)])
def test_it_takes_as_long_as_it_was_heard_to(
    network: Organisation,
    protocol: Protocol,
    before: timedelta,
    after: timedelta,
    set_at: int,
    unit: timedelta,
    every: int,
) -> None:
    charger, began_at = Watchful(network, protocol), NOW - 60 * unit

    def said(minute: int) -> tuple[str, datetime]:
        heard_at = began_at + minute * unit
        return text(heard_at + (after if minute > set_at else before)), heard_at

    for seconds in (60, 40, 20):
        heard_at = began_at - seconds * SECOND
        charger.show(heard_at + before, heard_at)
    at, heard_at = said(0)
    charger.start(at, 5_000, heard_at)
    for minute in range(every, 60, every):
        at, heard_at = said(minute)
        charger.read(at, 5_000 + 10 * minute, heard_at)
    at, heard_at = said(60)
    charger.stop(at, 5_600, heard_at)
    session = charger.session
    slack = max(2 * SECOND, unit * every)
    assert abs(session.started_at - began_at) <= slack
    assert session.ended_at is not None
    assert abs(session.ended_at - NOW) <= slack
    assert session.energy_wh == pytest.approx(600)
    assert "clock" in session.flags.split() or max(abs(before), abs(after)) <= MINUTE
    (anew,) = bills_anew([session.pk], now=NOW).values()
    assert anew[0] == anew[1]
    judge_sessions(now=NOW)
    assert not Case.objects.filter(kind="differs").exists()
