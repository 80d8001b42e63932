"""What a boot is answered, and what has become of a step. Pure.

rejected by hand                               Rejected
held by hand                                   Pending
let in to renew its certificate                Pending, until it comes with a new one
being set up, or the set-up failed             Pending
never accepted, and there are steps            Pending, and the set-up begins
else                                           Accepted
(OCPP 2.0.1 B01 to B03, A00.FR.429; 1.6 §4.2)
"""

from dataclasses import dataclass
from enum import StrEnum

from apps.campaigns import life
from apps.domain.vocabulary import BootStatus

MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """``policy``: boot_policy of the station; ``told``: what its last boot was answered."""

    policy: str
    told: str = ""
    stage: str = ""
    is_blocking: bool = True
    must_renew: bool = False
    has_steps: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    status: BootStatus
    begins: bool = False


def rule(case: Case) -> Ruling:
    """The answer to the boot, and whether a set-up begins with it."""
    if case.policy == "rejected":
        return Ruling(BootStatus.REJECTED)
    if case.policy == "pending":
        return Ruling(BootStatus.PENDING)
    is_new = not case.stage and case.told != BootStatus.ACCEPTED
    begins = is_new and case.has_steps
    is_held = case.is_blocking and case.stage in ("running", "failed")
    is_waiting = begins or is_held or case.must_renew
    return Ruling(BootStatus.PENDING if is_waiting else BootStatus.ACCEPTED, begins)


class End(StrEnum):
    OPEN = "open"
    DONE = "done"
    LOST = "lost"
    FAILED = "failed"


_ENDS = {life.End.OPEN: End.OPEN, life.End.WELL: End.DONE, life.End.LOST: End.LOST}
_AFTER_REBOOT = "RebootRequired"  # it has said yes, and shows it only then


def end_of(state: str, detail: str, attempts: int) -> End:
    """What the ``state`` of its command makes of a step; what was lost is tried again."""
    if state == "not_confirmed" and _AFTER_REBOOT in detail:
        return End.DONE
    end = _ENDS.get(life.end_of(state, detail), End.FAILED)
    return End.FAILED if end is End.LOST and attempts >= MOST_ATTEMPTS else end
