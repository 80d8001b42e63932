"""Commands about who a station lets charge without asking: its cache and its local list."""

from dataclasses import dataclass
from typing import Any

from apps.domain.command import Command, Declaration, WhilePending, always, with_mode
from apps.domain.confirmation import ByAnswer
from apps.domain.permissions import Permission

NO_AUTHORIZATION = "NoAuthorization"  # the one type that has no token (2.0.1 IdTokenEnumType)


def token_problems(token: str, kind: str = "") -> list[str]:
    """A sentence where nobody is named, unless its type says that nobody is."""
    if token.strip() or (kind == NO_AUTHORIZATION and not token):
        return []
    return [f"'token' says for whom; only one of type {NO_AUTHORIZATION} is empty"]


@dataclass(frozen=True, slots=True)
class ClearCache(Command):
    """The station forgets every verdict that it keeps from earlier (C11)."""

    declared = Declaration(
        name="clear_cache", noun="Clear cache", title=always("Clear cache"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SendLocalList(Command):
    """``mode``: "full", "differential", or "auto" for what is due (D01).

    ``entries`` are {"uid", "type"} with "remove": true, or with "status" and what else the
    station shall know ("group", "expires_at", "language", "personal_message",
    "charging_priority"); None is what the station should hold. ``version`` 0 is the next.
    ``is_planned`` is set by the plan: further steps follow until the station holds all.
    """

    declared = Declaration(
        name="send_local_list", noun="Send local list", title=with_mode("Send local list"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    mode: str = "auto"
    version: int = 0
    entries: tuple[dict[str, Any], ...] | None = None
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class GetLocalListVersion(Command):
    """Which version the station holds; 0 is none (D02)."""

    declared = Declaration(
        name="get_local_list_version", noun="Get local list version",
        title=always("Get local list version"),
        permission=Permission.HELP_DRIVER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip
