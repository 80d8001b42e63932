"""Firmware that a local controller keeps for the stations behind it (2.0.1 L03, L04).

The command's own number is the requestId under which the controller reports.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apps.domain.addresses import address_problems
from apps.domain.command import Command, check
from apps.domain.events import Event

_MD5 = re.compile(r"[0-9A-Fa-f]{32}")
MAX_LOCATION = 512


@dataclass(frozen=True, slots=True)
class PublishFirmware(Command):
    """Fetch a file and offer it at an address of its own. ``checksum``: MD5, hexadecimal."""

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

    checksum: str

    def __post_init__(self) -> None:
        check(_checksum_problems(self.checksum))


@dataclass(frozen=True, slots=True)
class PublishProgressed(Event):
    """``locations``: where stations can fetch the file, once it is published."""

    status: str
    request_id: int | None = None
    locations: tuple[str, ...] = ()


def _checksum_problems(checksum: str) -> list[str]:
    if _MD5.fullmatch(checksum):
        return []
    return ["'checksum' must be the MD5 of the file: 32 hexadecimal digits"]


COMMANDS: Mapping[str, type[Command]] = {
    "publish_firmware": PublishFirmware,
    "unpublish_firmware": UnpublishFirmware,
}
