"""What a boot is answered. Pure.

rejected by hand                               Rejected
held by hand                                   Pending
let in to renew its certificate                Pending, until it comes with a new one
being set up, or the set-up failed             Pending
never accepted, and there are steps            Pending, and the set-up begins
else                                           Accepted
(OCPP 2.0.1 B01 to B03, A00.FR.429; 1.6 §4.2)
"""

from dataclasses import dataclass

from apps.domain.vocabulary import BootStatus


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
