"""What a TransactionEvent is that does not say so: begin, end, or something between. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.domain.vocabulary import ChargingState, SampleContext

_OVER = frozenset({"Deauthorized", "EVDeparted", "RemoteStop", "StopAuthorized"})  # triggerReason
_AT_REST = frozenset({None, ChargingState.IDLE.value})


def phase_of(payload: Mapping[str, Any]) -> str:
    """Its eventType, or else the one that the rest of it shows (E01, E06)."""
    if told := payload.get("eventType"):
        return str(told)
    info, contexts = payload.get("transactionInfo") or {}, set(_contexts(payload))
    is_at_rest = info.get("chargingState") in _AT_REST
    if info.get("stoppedReason") or SampleContext.END.value in contexts:
        return "Ended"
    if payload.get("triggerReason") in _OVER and is_at_rest:
        return "Ended"
    is_first = payload.get("seqNo") == 0 or SampleContext.BEGIN.value in contexts
    return "Started" if is_first else "Updated"


def _contexts(payload: Mapping[str, Any]) -> Iterator[Any]:
    for value in payload.get("meterValue") or ():
        for sampled in value.get("sampledValue") or ():
            yield sampled.get("context")
