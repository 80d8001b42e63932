"""A message that is not taken marks its session, and keeps it open no longer than silence does."""

from datetime import UTC, datetime, timedelta

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.domain.form import MessageRefused
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from tests.sessions.story import Teller

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_stop_that_is_refused_again_and_again_is_no_sign_of_life(network: Organisation) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP16)
    charger.start("2026-11-20T08:00:00Z", 0, T0)
    name = charger.session.transaction_id
    for minutes in range(1, 4):
        now = T0 + timedelta(minutes=minutes)
        refused = MessageRefused("StopTransaction", "strict_form", name)
        commit([Item(charger.ref, charger.protocol, "socket", now, refused)], now)
    session = charger.session
    assert "refused_message" in session.flags.split()
    assert session.last_received_at == T0
