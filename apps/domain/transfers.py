"""Data transfers: what makers agree on beside OCPP (2.0.1 P, 1.6 DataTransfer)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.domain.command import Command, check

MAX_VENDOR = 255
MAX_MESSAGE = 50


@dataclass(frozen=True, slots=True)
class TransferData(Command):
    """``data``: any JSON; a version that knows text only is sent its JSON text."""

    vendor_id: str
    message_id: str = ""
    data: Any = None

    def __post_init__(self) -> None:
        problems = []
        if not 0 < len(self.vendor_id) <= MAX_VENDOR:
            problems.append(f"'vendor_id' must have 1 to {MAX_VENDOR} characters")
        if len(self.message_id) > MAX_MESSAGE:
            problems.append(f"'message_id' has at most {MAX_MESSAGE} characters")
        check(problems)


COMMANDS: Mapping[str, type[Command]] = {"data_transfer": TransferData}
