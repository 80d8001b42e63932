"""Sessions by command: begun, ended, asked after, and the plug set free."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from apps.domain.authorization import token_problems
from apps.domain.command import Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import A_WHILE_S, ByAnswer, ByEvent, Followed, never
from apps.domain.events import SessionEnded, SessionEvent, SessionStarted
from apps.domain.parameters import OfTheSystem
from apps.domain.permissions import Permission
from apps.domain.power import checked_profile
from apps.domain.profiles import ChargingProfile, Reader, profile_json, read_profile


def _began(command: Followed, event: SessionEvent) -> str:
    if event.remote_start_id is not None:
        linked = event.remote_start_id == command.parameters.get("remote_start_id")
    elif command.transaction_id and event.transaction_id:
        linked = event.transaction_id == command.transaction_id
    else:
        linked = isinstance(event, SessionStarted) and _is_same_start(command, event)
    return "The session began" if linked else ""


def _is_same_start(command: Followed, event: SessionStarted) -> bool:
    """1.6 has no link but the token and the connector."""
    given = command.parameters
    token = event.token.uid if event.token else ""
    wanted = given.get("evse_id") or given.get("connector_id")
    is_there = wanted in (None, event.evse_id)
    return is_there and token.casefold() == str(given["token"]).casefold()


def _ended(command: Followed, event: SessionEnded) -> str:
    """What station and command call it counts where nobody knows which session it is."""
    if command.session_id is not None and command.told_of_id is not None:
        is_it = command.session_id == command.told_of_id
    else:
        is_it = event.transaction_id == command.parameters["transaction_id"]
    return "The session ended" if is_it else ""


@dataclass(frozen=True, slots=True)
class StartSession(Command):
    """``remote_start_id`` is given by the outbox; it links the session to this command.

    ``charging_profile``: a limit for this session, as power.SetChargingProfile has it.
    """

    declared = Declaration(
        name="start_session", noun="Start", title=always("Start session"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByEvent(
            awaits="the session to begin", patience_s=None, late_s=A_WHILE_S,
            is_answer_enough=never,
            signs=(SessionEvent,),
            shows=_began,
        ),
        while_pending=WhilePending.CHARGES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    token: str
    token_type: str = "Central"  # noqa: S105 - a kind of token, no password
    evse_id: int | None = None
    connector_id: int | None = None
    remote_start_id: Annotated[int, OfTheSystem()] = 0
    charging_profile: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        check(token_problems(self.token, self.token_type))
        if self.charging_profile is not None:
            checked_profile(self.charging_profile, self.evse_id, is_start=True)

    def limit(self) -> ChargingProfile | None:
        """The one that it brings."""
        return read_profile(self.charging_profile, Reader()) if self.charging_profile else None

    def with_limit(self, profile: ChargingProfile | None) -> Command:
        return replace(self, charging_profile=profile_json(profile) if profile else None)

    def place_of_limit(self) -> int | None:
        """The session's, wherever that will be."""
        return None

    def at(self, evse_id: int) -> Command:
        return replace(self, evse_id=evse_id)


@dataclass(frozen=True, slots=True)
class StopSession(Command):
    """End the session of this transaction."""

    declared = Declaration(
        name="stop_session", noun="Stop", title=always("Stop session"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByEvent(
            awaits="the session to end", patience_s=None, late_s=A_WHILE_S,
            is_answer_enough=never,
            signs=(SessionEnded,),
            shows=_ended,
        ),
        while_pending=WhilePending.CHARGES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    transaction_id: str


@dataclass(frozen=True, slots=True)
class UnlockConnector(Command):
    """Let go of a plug that is stuck."""

    declared = Declaration(
        name="unlock_connector", noun="Unlock", title=always("Unlock connector"),
        permission=Permission.HELP_DRIVER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    evse_id: int = 1
    connector_id: int = 1


@dataclass(frozen=True, slots=True)
class GetTransactionStatus(Command):
    """Ask whether it still goes on, and whether messages about it wait to be sent (E14)."""

    declared = Declaration(
        name="get_transaction_status", noun="Status question",
        title=always("Get transaction status"),
        permission=Permission.HELP_DRIVER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    transaction_id: str
