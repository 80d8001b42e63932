"""Firmware that a local controller keeps for the stations behind it (2.0.1 L03, L04).

The command's own number is the requestId under which the controller reports.
"""

import re
from dataclasses import dataclass

from apps.domain.addresses import address_problems
from apps.domain.command import Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import HOUR_S, LASTING_S, ByAnswer, ByWork, never
from apps.domain.events import Event
from apps.domain.permissions import Permission

_MD5 = re.compile(r"[0-9A-Fa-f]{32}")
MAX_LOCATION = 512


@dataclass(frozen=True, slots=True)
class PublishProgressed(Event):
    """``locations``: where stations can fetch the file, once it is published."""

    status: str
    request_id: int | None = None
    locations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishFirmware(Command):
    """Fetch a file and offer it at an address of its own. ``checksum``: MD5, hexadecimal."""

    declared = Declaration(
        name="publish_firmware", noun="Publish firmware", title=always("Publish firmware"),
        permission=Permission.ENGINEER,
        confirmed_by=ByWork(
            awaits="the controller to report", patience_s=24 * HOUR_S, late_s=LASTING_S,
            is_answer_enough=never,
            reports=PublishProgressed,
            done={"Published": "The firmware is published"},
            begins=(),
            proofs=(),
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    location: str
    checksum: str
    retries: int | None = None
    retry_interval_s: int | None = None

    def __post_init__(self) -> None:
        problems = _checksum_problems(self.checksum)
        problems += address_problems(location=self.location)
        if len(self.location) > MAX_LOCATION:
            problems.append(f"'location' has at most {MAX_LOCATION} characters")
        check(problems)


@dataclass(frozen=True, slots=True)
class UnpublishFirmware(Command):
    """Offer it no more."""

    declared = Declaration(
        name="unpublish_firmware", noun="Unpublish firmware", title=always("Unpublish firmware"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    checksum: str

    def __post_init__(self) -> None:
        check(_checksum_problems(self.checksum))


def _checksum_problems(checksum: str) -> list[str]:
    if _MD5.fullmatch(checksum):
        return []
    return ["'checksum' must be the MD5 of the file: 32 hexadecimal digits"]
