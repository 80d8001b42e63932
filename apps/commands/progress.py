"""What stations report of work that takes its time: firmware and uploads. Pure.

Rules F-02, F-04, F-06: a report that carries a requestId speaks of that command alone; one
without (1.6) of whatever is under way. The last report may come before the reboot or after it.
"""

from dataclasses import dataclass
from datetime import timedelta

from apps.domain.commands import declaration_of
from apps.domain.confirmation import HOUR_S, LASTING_S, ByWork
from apps.domain.events import Event, FirmwareProgressed, LogProgressed
from apps.domain.publishing import PublishProgressed

SCHEDULED_S = 24 * HOUR_S
LATE = timedelta(seconds=LASTING_S)  # so long after it was given up may a command still come true
Report = FirmwareProgressed | LogProgressed | PublishProgressed
_FAILED = frozenset({
    "DownloadFailed", "InvalidSignature", "InstallVerificationFailed", "InstallationFailed",
    "UploadFailed", "UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation",
    "AcceptedCanceled", "InvalidChecksum", "PublishFailed",
})  # fmt: skip
_SAYS_NOTHING = "Idle"


@dataclass(frozen=True, slots=True)
class Progress:
    """``word``: the station's own. ``is_over``: nothing follows; ``observed``: it went well."""

    word: str
    observed: str = ""
    is_over: bool = False


def progress_of(name: str, number: int, event: Event) -> Progress | None:
    """What ``event`` says of command ``number``; None when it speaks of something else."""
    work = declaration_of(name).confirmed_by
    if not isinstance(work, ByWork) or not isinstance(event, work.reports):
        return None
    assert isinstance(event, Report)
    if event.status == _SAYS_NOTHING or event.request_id not in (None, number):
        return None
    observed = work.done.get(event.status, "") + _where(event)
    return Progress(event.status, observed, bool(observed) or event.status in _FAILED)


def proof_of(name: str, event: Event) -> str:
    """How ``event`` shows that work went well, whatever was reported; "" where it does not."""
    work = declaration_of(name).confirmed_by
    return str(event) if isinstance(work, ByWork) and isinstance(event, work.proofs) else ""


def is_about(number: int, event: Event) -> bool:
    """Whether ``event`` names this request: one that is over is spoken of by its number only."""
    return isinstance(event, Report) and event.request_id == number


def _where(event: Report) -> str:
    """Where stations fetch what was published; "" for all else."""
    locations = event.locations if isinstance(event, PublishProgressed) else ()
    return f" at {', '.join(locations)}" if locations else ""
