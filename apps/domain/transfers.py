"""Data transfers: what makers agree on beside OCPP (2.0.1 P, 1.6 DataTransfer)."""

from dataclasses import dataclass
from typing import Any

from apps.domain.command import Command, Declaration, WhilePending, check
from apps.domain.confirmation import ByAnswer, Json
from apps.domain.permissions import Permission

MAX_VENDOR = 255
MAX_MESSAGE = 50


def _of_vendor(given: Json) -> str:
    return f"Transfer {given.get('vendor_id', '')} {given.get('message_id', '')}".strip()


@dataclass(frozen=True, slots=True)
class TransferData(Command):
    """``data``: any JSON; a version that knows text only is sent its JSON text."""

    declared = Declaration(
        name="data_transfer", noun="Data transfer", title=_of_vendor,
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

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
