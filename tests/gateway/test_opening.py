"""When the first call may go to a station that has just come."""

from types import SimpleNamespace

import pytest

from apps.batch.refs import StationRef
from apps.domain.vocabulary import Protocol
from apps.gateway import link as links
from apps.gateway.link import Link


async def silent(_what: object) -> None:
    """A socket whose other end does not matter."""


def test_nothing_is_sent_until_a_while_after_the_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(links, "time", SimpleNamespace(monotonic=lambda: now[0]))
    one = Link(StationRef(1, 1, 1, "CP1"), Protocol.OCPP16, "c", silent, silent)
    assert not one.is_ready
    one.be_ready_in(60)
    now[0] += 59
    one.be_ready_in(1)  # it boots
    assert not one.is_ready
    now[0] += 1
    assert one.is_ready
