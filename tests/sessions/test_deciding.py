"""A person decides what a session took: its price follows, its readings stay, and it is traced."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.history.models import Fact
from apps.sessions.deciding import Undecidable, decide_energy
from apps.sessions.models import Sample
from apps.tariffs.models import Tariff
from apps.tokens.models import Token
from tests.factories import OFFICE
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import text

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def charger(network: Organisation, card: Token, tariff: Tariff) -> Teller:
    """Its session has taken an hour, and says 0 kWh that cannot be."""
    charger = Teller(network, "CP1", Protocol.OCPP16)
    charger.start(text(T0), 0, T0)
    charger.stop(text(T0 + HOUR), 7_930_000, T0 + HOUR)
    return charger


def decide(charger: Teller, energy_wh: float | None, reason: str = "As the car says") -> None:
    now = T0 + 2 * HOUR
    decide_energy(charger.session, energy_wh, reason=reason, actor=OFFICE, now=now)


def test_what_is_decided_is_billed_and_traced(charger: Teller) -> None:
    assert charger.session.energy_wh == 0
    decide(charger, 9_000)
    session = charger.session
    assert (session.energy_wh, session.flags.split()) == (9_000, ["decided", "implausible_reading"])
    assert session.price_excl_vat == Decimal("5.300")  # 9 x 0.40 + 1.20 + 0.50
    assert Sample.objects.filter(session_id=session.pk).count() == 2
    fact = Fact.objects.get(kind="energy decided")
    assert (fact.reason, fact.session_id) == ("As the car says", session.pk)
    assert fact.details == {"from_wh": 0, "to_wh": 9_000, "by_meter": False}


def test_what_comes_later_changes_nothing_of_it(charger: Teller) -> None:
    decide(charger, 9_000)
    charger.read(text(T0 + HOUR / 2), 7_925_000, T0 + 3 * HOUR)
    assert charger.session.energy_wh == 9_000


def test_one_may_go_back_to_the_meter(charger: Teller) -> None:
    decide(charger, 9_000)
    decide(charger, None, "It was right")
    session = charger.session
    assert (session.energy_wh, "decided" in session.flags.split()) == (0, False)


def test_nothing_is_decided_of_a_session_that_runs(
    network: Organisation, card: Token, tariff: Tariff
) -> None:
    charger = Teller(network, "CP2", Protocol.OCPP201)
    charger.start(text(T0), 0, T0)
    with pytest.raises(Undecidable):
        decide(charger, 5.0)
    assert not Fact.objects.filter(kind="energy decided").exists()
