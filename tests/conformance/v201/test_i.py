"""I: cost."""

from apps.sessions.models import Session
from apps.tariffs.models import Tariff
from tests.conformance.play import Play201
from tests.servers import rows


async def test_tc_i_01_csms(tariff: Tariff, v201: Play201) -> None:
    """Each meter reading is answered with what the session costs so far."""
    await v201.booted()
    await v201.charging()
    costs = []
    for register in (1000, 2000, 3000):
        answer = await v201.event("Updated", "MeterValuePeriodic", wh=register)
        costs.append(answer["totalCost"])
    assert costs == sorted(costs)
    assert 0 < costs[0] < costs[2]


async def test_tc_i_02_csms(tariff: Tariff, v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    info = {"stoppedReason": "Local"}
    answer = await v201.event(
        "Ended", "EVCommunicationLost", "Idle", wh=5000, context="Transaction.End", info=info
    )
    session = await rows(Session.objects.get)
    assert answer["totalCost"] == float(session.price_incl_vat)
    assert session.price_incl_vat > 0
