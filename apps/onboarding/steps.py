"""What a set-up may do, and the command that each step becomes. Pure.

``set_setting``   value, and its names: key (1.6), component and variable (2.0.1)
``set_password``  a new password, made for each station
any other         a command that may be given to a station which is not accepted yet
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.domain import commands
from apps.domain.certificates import (
    GetInstalledCertificates,
    InstallCertificate,
    InstallSignedCertificate,
    RenewCertificate,
)
from apps.domain.command import BadParameters, WhilePending
from apps.domain.commands import (
    COMMANDS,
    Command,
    GetVariables,
    SetVariables,
    TriggerMessage,
    declaration_of,
)
from apps.domain.onboarding import PASSWORD, Setting
from apps.journal.secrecy import is_secret_variable
from apps.protocol.feasibility import problem_with, spelled

SETTING, NEW_PASSWORD = "set_setting", "set_password"
_OWN = {SETTING, NEW_PASSWORD}
GIVEN = frozenset(
    name
    for name, kind in COMMANDS.items()
    if kind.declared.while_pending is WhilePending.SETS_UP
    and kind is not InstallSignedCertificate  # that answers what a station has asked for
)
STEPS = GIVEN | _OWN
_NAMES = ("key", "component", "variable", "instance")
MakePassword = Callable[[], str]


Said = tuple[str, Mapping[str, Any]]  # name and parameters of a step


@dataclass(frozen=True, slots=True)
class Next:
    """``skipped``: why each of the first steps cannot be said. ``command``: what the one behind
    them becomes; None: none is left.
    """

    skipped: tuple[str, ...]
    command: Command | None


class NotInThisVersion(Exception):
    """The station's version has no such thing; the message says what."""


def check(name: str, parameters: Mapping[str, Any]) -> None:
    """BadParameters unless a set-up may hold this step."""
    if name not in STEPS:
        raise BadParameters([f"unknown step {name!r}; one of {', '.join(sorted(STEPS))}"])
    if name == SETTING:
        _check_setting(parameters)
    elif name == NEW_PASSWORD:
        if parameters:
            raise BadParameters(["a password is made for each station; give no parameters"])
    else:
        commands.parse(name, parameters)


def command_of(
    name: str, parameters: Mapping[str, Any], protocol: str, make_password: MakePassword
) -> Command:
    """The command for a station of this version, or NotInThisVersion."""
    if name == SETTING:
        return _set(Setting(**parameters), protocol)
    if name == NEW_PASSWORD:
        named = {field: getattr(PASSWORD, field) for field in _NAMES}
        return _set(Setting(make_password(), **named), protocol)
    command = commands.parse(name, parameters)
    problem = problem_with(protocol, command)
    if problem:
        raise NotInThisVersion(problem)
    return command


def next_of(waiting: Iterable[Said], protocol: str, make_password: MakePassword) -> Next:
    """Which of the steps that wait, in their order, comes next for a station of this version."""
    skipped: list[str] = []
    for name, parameters in waiting:
        try:
            command = command_of(name, parameters, protocol, make_password)
        except (NotInThisVersion, ValueError) as problem:
            skipped.append(str(problem))
        else:
            return Next(tuple(skipped), command)
    return Next(tuple(skipped), None)


def title(name: str, parameters: Mapping[str, Any]) -> str:
    """A step in a few words."""
    if name == SETTING:
        dotted = ".".join(filter(None, (parameters.get("component"), parameters.get("variable"))))
        names = " / ".join(filter(None, (dotted, parameters.get("key"))))
        return f"Set {names} to {parameters['value']}"
    if name == NEW_PASSWORD:
        return "Give it a new password"
    kind = COMMANDS.get(name)
    words = _TITLES.get(kind) if kind else None
    return words(parameters) if words else declaration_of(name).noun


def _of_root(parameters: Mapping[str, Any]) -> str:
    return f"Install a root ({str(parameters.get('kind', '')).replace('_', ' ')})"


def _of_reading(parameters: Mapping[str, Any]) -> str:
    return "Get variables" if parameters.get("variables") else "Read all of its settings"


_TITLES: Mapping[type[Command], Callable[[Mapping[str, Any]], str]] = {
    GetInstalledCertificates: lambda _given: "Read which certificates it holds",
    GetVariables: _of_reading,
    InstallCertificate: _of_root,
    RenewCertificate: lambda _given: "Have it ask for a certificate of its own",
    TriggerMessage: lambda given: f"Ask for a {given.get('message')}",
}


def _check_setting(parameters: Mapping[str, Any]) -> None:
    problems = [
        f"{name!r} must be a string"
        for name, value in parameters.items()
        if not isinstance(value, str)
    ]
    problems += [
        f"unknown parameter {name!r}" for name in parameters if name not in ("value", *_NAMES)
    ]
    if not parameters.get("value"):
        problems.append("'value' is required")
    is_whole = bool(parameters.get("component")) == bool(parameters.get("variable"))
    if not is_whole:
        problems.append("Give 'component' and 'variable', or neither")
    if not (parameters.get("key") or parameters.get("variable")):
        problems.append("Give 'key' (OCPP 1.6), or 'component' and 'variable' (OCPP 2.0.1)")
    component = str(parameters.get("component", ""))
    if any(
        is_secret_variable(component, str(parameters.get(name, ""))) for name in ("key", "variable")
    ):
        problems.append(f"A secret is not kept in a step; use {NEW_PASSWORD!r}")
    if problems:
        raise BadParameters(problems)


def _set(setting: Setting, protocol: str) -> SetVariables:
    item = spelled(protocol, setting)
    if item is None:
        raise NotInThisVersion("It has no name in the version that the station speaks.")
    return SetVariables((item,))
