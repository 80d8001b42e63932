"""I: cost."""

from apps.sessions.models import Session
from apps.tariffs.models import Tariff
from apps.tokens.models import Token
from apps.tokens.services import change_token
from tests.conformance.play import TOKEN, Play201
from tests.factories import OFFICE
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


PRICE = "0.476 EUR/kWh, 1.428 EUR/h, 0.595 EUR a session, VAT included"


async def test_a_driver_is_shown_the_price(tariff: Tariff, v201: Play201) -> None:
    """I01: with the verdict on the token, before and as the session begins."""
    await v201.booted()
    shown = {"format": "UTF8", "content": PRICE}
    assert (await v201.authorize())["idTokenInfo"]["personalMessage"] == shown
    await v201.status("Occupied")
    started = await v201.event("Started", "Authorized", "EVConnected", evse=1, token=TOKEN)
    assert started["idTokenInfo"]["personalMessage"] == shown
    stranger = {"idToken": "STRANGER", "type": "ISO14443"}
    refused = await v201.authorize(stranger)
    assert "personalMessage" not in refused["idTokenInfo"]


async def test_a_message_of_the_token_stands_before_the_price(
    tariff: Tariff, v201: Play201, card: Token
) -> None:
    await rows(lambda: change_token(card, personal_message="Hello Ann", actor=OFFICE))
    await v201.booted()
    told = (await v201.authorize())["idTokenInfo"]["personalMessage"]
    assert told["content"] == "Hello Ann"
