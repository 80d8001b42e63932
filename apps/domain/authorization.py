"""Commands about who a station lets charge without asking: its cache and its local list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.domain.command import Command

NO_AUTHORIZATION = "NoAuthorization"  # the one type that has no token (2.0.1 IdTokenEnumType)


def token_problems(token: str, kind: str = "") -> list[str]:
    """A sentence where nobody is named, unless its type says that nobody is."""
    if token.strip() or (kind == NO_AUTHORIZATION and not token):
        return []
    return [f"'token' says for whom; only one of type {NO_AUTHORIZATION} is empty"]


@dataclass(frozen=True, slots=True)
class ClearCache(Command):
    """The station forgets every verdict that it keeps from earlier (C11)."""


@dataclass(frozen=True, slots=True)
class SendLocalList(Command):
    """``mode``: "full", "differential", or "auto" for what is due (D01).

    ``entries`` are {"uid", "type"} with "remove": true, or with "status" and what else the
    station shall know ("group", "expires_at", "language", "personal_message",
    "charging_priority"); None is what the station should hold. ``version`` 0 is the next.
    ``is_planned`` is set by the plan: further steps follow until the station holds all.
    """

    mode: str = "auto"
    version: int = 0
    entries: tuple[dict[str, Any], ...] | None = None
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class GetLocalListVersion(Command):
    """Which version the station holds; 0 is none (D02)."""


COMMANDS: Mapping[str, type[Command]] = {
    "clear_cache": ClearCache,
    "send_local_list": SendLocalList,
    "get_local_list_version": GetLocalListVersion,
}
