"""What waits while a station has not been accepted: S-02, S-04, S-07."""

import pytest

from apps.domain.commands import declaration_of
from apps.domain.vocabulary import BootStatus, Protocol
from apps.gateway.holding import may_send
from apps.protocol import traits_of

PENDING, REJECTED, ACCEPTED = BootStatus.PENDING, BootStatus.REJECTED, BootStatus.ACCEPTED
V16, V201 = Protocol.OCPP16, Protocol.OCPP201


@pytest.mark.parametrize(
    ("protocol", "status", "name", "action", "may_go"),
    [
        (V201, PENDING, "get_variables", "", True),
        (V201, PENDING, "set_variables", "", True),
        (V201, PENDING, "read_device_model", "", True),
        (V201, PENDING, "get_report", "", True),
        (V201, PENDING, "get_monitoring_report", "", False),
        (V201, PENDING, "trigger_message", "", True),
        (V201, PENDING, "raw_call", "GetReport", True),
        (V201, PENDING, "raw_call", "Reset", False),
        (V201, PENDING, "start_session", "", False),
        (V201, REJECTED, "trigger_message", "", False),
        (V201, REJECTED, "raw_call", "GetBaseReport", False),
        (V16, PENDING, "start_session", "", False),
        (V16, REJECTED, "stop_session", "", False),
        (V16, PENDING, "raw_call", "RemoteStopTransaction", False),
        (V16, PENDING, "reset", "", True),
        (V16, PENDING, "raw_call", "GetConfiguration", True),
        (V16, REJECTED, "reset", "", False),
        (V16, REJECTED, "raw_call", "GetConfiguration", False),
        (V201, PENDING, "install_certificate", "", True),
        (V201, PENDING, "install_signed_certificate", "", True),
        (V201, PENDING, "raw_call", "InstallCertificate", False),
        (V201, PENDING, "reset", "", False),
        (V201, REJECTED, "install_signed_certificate", "", False),
        (V16, ACCEPTED, "start_session", "", True),
        (V201, ACCEPTED, "raw_call", "Reset", True),
        (V201, None, "reset", "", True),
    ],
)
def test_what_may_be_sent_before_the_station_is_accepted(
    protocol: Protocol, status: BootStatus | None, name: str, action: str, may_go: bool
) -> None:
    declared = declaration_of(name).while_pending
    assert may_send(traits_of(protocol), status, declared, {"action": action}) is may_go
