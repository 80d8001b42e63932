"""When the first call may go to a station that has just come."""

from types import SimpleNamespace

import pytest

from apps.batch.refs import StationRef
from apps.domain.vocabulary import Protocol
from apps.gateway import link as links
from apps.gateway.link import Link
from apps.gateway.opening import quiet_s


async def silent(_what: object) -> None:
    """A socket whose other end does not matter."""


@pytest.mark.parametrize(
    ("vendor", "before", "after"), [("Test", 1, 1), ("Wall Box", 30, 30), ("", 60, 1)]
)
def test_a_station_that_comes_back_is_left_alone_as_long_as_its_make_needs_it(
    vendor: str, before: float, after: float
) -> None:
    one = Link(StationRef(1, 1, 1, "CP1", vendor), Protocol.OCPP16, "c", silent, silent)
    assert quiet_s(one) == before
    one.booted_as(vendor or "Test", "One", "1.0")
    assert one.quiet_s == after


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
