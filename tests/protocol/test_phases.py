"""What a TransactionEvent is that does not say so."""

from typing import Any

import pytest

from apps.protocol.v201.phases import phase_of


def read_in(context: str) -> dict[str, Any]:
    return {"meterValue": [{"sampledValue": [{"value": 1.0, "context": context}]}]}


@pytest.mark.parametrize(
    ("event", "phase"),
    [
        ({"eventType": "Updated", "transactionInfo": {"stoppedReason": "Local"}}, "Updated"),
        ({"transactionInfo": {"stoppedReason": "EVDisconnected"}}, "Ended"),
        (read_in("Transaction.End"), "Ended"),
        ({"triggerReason": "EVDeparted"}, "Ended"),
        ({"triggerReason": "StopAuthorized", "transactionInfo": {}}, "Ended"),
        (
            {"triggerReason": "StopAuthorized", "transactionInfo": {"chargingState": "Charging"}},
            "Updated",
        ),
        ({"triggerReason": "EVDeparted", "transactionInfo": {"chargingState": "Idle"}}, "Ended"),
        ({"triggerReason": "MeterValuePeriodic", "seqNo": 4}, "Updated"),
        (read_in("Sample.Periodic"), "Updated"),
        (read_in("Transaction.Begin"), "Started"),
        ({"triggerReason": "CablePluggedIn", "seqNo": 0}, "Started"),
        ({}, "Updated"),
    ],
)
def test_what_it_is_is_told_by_the_rest_of_it(event: dict[str, Any], phase: str) -> None:
    assert phase_of(event) == phase
