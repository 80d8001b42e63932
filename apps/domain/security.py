"""Security profiles of stations, and the slots of connection settings that lead to them."""

from dataclasses import dataclass

from apps.domain.addresses import address_problems
from apps.domain.command import Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import LASTING_S, ByAnswer, ByEvent, Followed, never
from apps.domain.events import StationConnected
from apps.domain.permissions import Permission

PROFILES = (1, 2, 3)


def _came_with_it(command: Followed, event: StationConnected) -> str:
    if event.security_profile < command.parameters["profile"]:
        return ""
    return f"It came with security profile {event.security_profile}"


@dataclass(frozen=True, slots=True)
class SetNetworkProfile(Command):
    """One slot of connection settings (2.0.1 B09)."""

    declared = Declaration(
        name="set_network_profile", noun="Set network profile", title=always("Set network profile"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    slot: int
    profile: int
    url: str
    interface: str = "Wired0"
    message_timeout_s: int = 30

    def __post_init__(self) -> None:
        check(address_problems(url=self.url))


@dataclass(frozen=True, slots=True)
class SetSecurityProfile(Command):
    """Move the station to a security profile: settings, then a reset (2.0.1 A05; 1.6 A05).

    2.0.1 writes ``slot`` with ``url`` and puts ``priority`` (slots, best first; the slot alone
    when "") into NetworkConfigurationPriority. 1.6 needs neither.
    """

    declared = Declaration(
        name="set_security_profile", noun="Set security profile",
        title=always("Set security profile"),
        permission=Permission.ENGINEER,
        confirmed_by=ByEvent(
            awaits="the station to come with it", patience_s=None, late_s=LASTING_S,
            is_answer_enough=never,
            signs=(StationConnected,),
            shows=_came_with_it,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=True, is_for_many=False,
    )  # fmt: skip

    profile: int
    url: str = ""
    slot: int = 1
    priority: str = ""
    interface: str = "Wired0"
    message_timeout_s: int = 30

    def __post_init__(self) -> None:
        problems = address_problems(url=self.url) if self.url else []
        if self.profile not in PROFILES:
            problems.append(f"'profile' must be one of {', '.join(map(str, PROFILES))}")
        check(problems)
