"""What may be said while a station has not been accepted yet. Pure.

We to it   2.0.1  Rejected: nothing (B03.FR.03); Pending: reading, setting, triggers
                  (B02.FR.01), and its certificates (A00.FR.429)
           1.6    Rejected: nothing; Pending: neither remote start nor remote stop (§4.2.1)
It to us   its boot, and what we have asked for (2.0.1 B01.FR.10, B02.FR.09, B03.FR.07;
           1.6 §4.2.1 has its stations keep to that by themselves)
"""

from collections.abc import Iterable, Iterator
from typing import Any

from apps.domain.command import WhilePending
from apps.domain.vocabulary import BootStatus
from apps.protocol import Traits

HELD = (BootStatus.PENDING, BootStatus.REJECTED)
BOOT = "BootNotification"
_CALLS_WHILE_PENDING = frozenset(
    {"GetVariables", "SetVariables", "GetBaseReport", "GetReport", "TriggerMessage"}
)
_REMOTE_CALLS = frozenset({"RemoteStartTransaction", "RemoteStopTransaction"})
_TRIGGERS = frozenset({"TriggerMessage", "ExtendedTriggerMessage"})
_FOLLOWED_BY = {
    "ChangeAvailability": "StatusNotification",
    "GetBaseReport": "NotifyReport",
    "GetDiagnostics": "DiagnosticsStatusNotification",
    "GetLog": "LogStatusNotification",
    "GetMonitoringReport": "NotifyMonitoringReport",
    "GetReport": "NotifyReport",
    "SignedUpdateFirmware": "SignedFirmwareStatusNotification",
    "UpdateFirmware": "FirmwareStatusNotification",
}
_OF_EACH_EVSE = frozenset({"MeterValues", "StatusNotification", "TransactionEvent"})
SIGNING_TRIES = 4  # a station repeats its request while it waits for the certificate (A02.FR.17)


def may_send(
    traits: Traits,
    status: BootStatus | None,
    declared: WhilePending,
    parameters: dict[str, Any],
) -> bool:
    """Whether a command that is so ``declared`` may go to a station that was answered ``status``.

    ``parameters``: of a raw call, which is judged by its action.
    """
    if status not in HELD:
        return True
    if status is BootStatus.REJECTED:
        return False
    is_open = traits.serves_while_pending
    if declared is WhilePending.AS_CALLED:
        action = parameters.get("action")
        return action not in _REMOTE_CALLS if is_open else action in _CALLS_WHILE_PENDING
    return declared is WhilePending.SETS_UP or (is_open and declared is WhilePending.SERVES)


def is_muted(status: BootStatus | None, *, is_on_trial: bool) -> bool:
    """Whether the station may say nothing but its boot and what it was asked for.

    ``is_on_trial``: nobody knows it, or it is here to renew its certificate.
    """
    return status in HELD or (is_on_trial and status is not BootStatus.ACCEPTED)


class Asked:
    """The messages that a station may send because we asked for them, each as often as asked."""

    def __init__(self) -> None:
        self._left: dict[str, float] = {}

    def note(self, calls: Iterable[tuple[str, Any]]) -> None:
        """``calls``: action and payload, as they go out."""
        for action, payload in calls:
            for message, times in _caused_by(action, payload):
                self._left[message] = self._left.get(message, 0) + times

    def expects(self, action: str) -> bool:
        """Whether ``action`` was asked for."""
        return self._left.get(action, 0) > 0

    def take(self, action: str) -> bool:
        """One that can be read has come: whether it was asked for; it counts once."""
        is_expected = self.expects(action)
        if is_expected:
            self._left[action] -= 1
        return is_expected


def _caused_by(action: str, payload: Any) -> Iterator[tuple[str, float]]:
    """Messages that a call of ours brings, and how many; reports come in any number of parts."""
    if action in _FOLLOWED_BY:
        yield _FOLLOWED_BY[action], float("inf")
    if action not in _TRIGGERS or not isinstance(payload, dict):
        return
    message = str(payload.get("requestedMessage", ""))
    if message.startswith("Sign"):
        yield "SignCertificate", SIGNING_TRIES
        return
    is_of_all = message in _OF_EACH_EVSE and not _names_a_place(payload)
    yield message, float("inf") if is_of_all else 1


def _names_a_place(payload: dict[str, Any]) -> bool:
    return bool(payload.get("evse") or payload.get("connectorId"))
