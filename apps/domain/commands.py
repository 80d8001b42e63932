"""What we want from a station, in words of no particular OCPP version.

A command is a frozen dataclass; ``parse`` builds one from its name and JSON parameters and
``parameters`` turns it back. Wrong input raises BadParameters with every problem found.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from apps.domain import (
    authorization,
    costs,
    device,
    display,
    maintenance,
    pki,
    power,
    publishing,
    reservations,
    transfers,
)
from apps.domain.command import BadParameters, Command, check, list_problems

__all__ = ["COMMANDS", "NAMES", "BadParameters", "Command", "parameters", "parse"]


@dataclass(frozen=True, slots=True)
class StartSession(Command):
    """``remote_start_id`` is given by the outbox; it links the session to this command.

    ``charging_profile``: a limit for this session, as power.SetChargingProfile has it.
    """

    token: str
    token_type: str = "Central"  # noqa: S105 - a kind of token, no password
    evse_id: int | None = None
    connector_id: int | None = None
    remote_start_id: int = 0
    charging_profile: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        check(authorization.token_problems(self.token, self.token_type))
        if self.charging_profile is not None:
            power.checked_profile(self.charging_profile, self.evse_id, is_start=True)


@dataclass(frozen=True, slots=True)
class StopSession(Command):
    transaction_id: str


@dataclass(frozen=True, slots=True)
class ResetStation(Command):
    """``mode``: "immediate" (1.6 Hard) or "on_idle" (1.6 Soft)."""

    mode: str = "on_idle"
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class UnlockConnector(Command):
    evse_id: int = 1
    connector_id: int = 1


@dataclass(frozen=True, slots=True)
class ChangeAvailability(Command):
    """No EVSE: the whole station. ``operative`` False takes it out of service."""

    operative: bool
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class TriggerMessage(Command):
    """``message``: the OCPP name of the message that the station shall send."""

    message: str
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class GetVariables(Command):
    """``variables`` as in OCPP 2.0.1 GetVariables; a bare key (1.6) is {"variable": {"name"}}.

    An empty tuple asks for everything (1.6 GetConfiguration, 2.0.1 a full base report).
    """

    variables: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class SetVariables(Command):
    """``variables`` as in OCPP 2.0.1 SetVariables, each with its ``attributeValue``."""

    variables: tuple[dict[str, Any], ...]

    def __post_init__(self) -> None:
        check(list_problems(variables=self.variables))


@dataclass(frozen=True, slots=True)
class GetTransactionStatus(Command):
    transaction_id: str


@dataclass(frozen=True, slots=True)
class RawCall(Command):
    """Any OCPP call of the connected version, already checked against its schema."""

    action: str
    payload: dict[str, Any]


COMMANDS: Mapping[str, type[Command]] = {
    "start_session": StartSession,
    "stop_session": StopSession,
    "reset": ResetStation,
    "unlock_connector": UnlockConnector,
    "change_availability": ChangeAvailability,
    "trigger_message": TriggerMessage,
    "get_variables": GetVariables,
    "set_variables": SetVariables,
    "get_transaction_status": GetTransactionStatus,
    "raw_call": RawCall,
    **maintenance.COMMANDS,
    **power.COMMANDS,
    **authorization.COMMANDS,
    **reservations.COMMANDS,
    **pki.COMMANDS,
    **display.COMMANDS,
    **publishing.COMMANDS,
    **transfers.COMMANDS,
    **costs.COMMANDS,
    **device.COMMANDS,
}
NAMES: Mapping[type[Command], str] = {kind: name for name, kind in COMMANDS.items()}

_CHOICES = {
    ("reset", "mode"): ("immediate", "on_idle"),
    ("get_log", "kind"): maintenance.LOG_KINDS,
}


def parse(name: str, given: Mapping[str, Any]) -> Command:
    """The command called ``name`` with the ``given`` JSON parameters."""
    kind = COMMANDS.get(name)
    if kind is None:
        raise BadParameters([f"unknown command {name!r}; one of {', '.join(COMMANDS)}"])
    if not isinstance(given, Mapping):
        raise BadParameters(["parameters must be an object"])
    problems = _problems(name, kind, given)
    if problems:
        raise BadParameters(problems)
    known = {f.name for f in fields(kind)}
    return kind(**{key: _frozen(value) for key, value in given.items() if key in known})


def parameters(command: Command) -> dict[str, Any]:
    """The JSON parameters of a command, without what was left out."""
    pairs = ((f.name, getattr(command, f.name)) for f in fields(command))
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in pairs
        if value is not None
    }


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _problems(name: str, kind: type[Command], given: Mapping[str, Any]) -> list[str]:
    known = {f.name: f for f in fields(kind)}
    problems = [f"unknown parameter {key!r}" for key in given if key not in known]
    required = (f.name for f in known.values() if f.default is f.default_factory)
    problems += [f"{key!r} is required" for key in required if given.get(key) is None]
    for key, value in given.items():
        if key in known and value is not None:
            problems += _type_problems(name, key, str(known[key].type), value)
    return problems


_CHECKS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("bool", lambda v: isinstance(v, bool), "true or false"),
    ("int", lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0, "a whole number"),
    ("str", lambda v: isinstance(v, str), "a string"),
    ("numbers", lambda v: isinstance(v, list | tuple) and all(type(i) is int for i in v),
     "a list of whole numbers"),
    ("tuple", lambda v: isinstance(v, list | tuple) and all(isinstance(i, dict) for i in v),
     "a list of objects"),
    ("dict", lambda v: isinstance(v, dict), "an object"),
)  # fmt: skip


def _type_problems(name: str, key: str, annotation: str, value: Any) -> list[str]:
    kind = "numbers" if annotation.startswith("tuple[int") else annotation.split("[")[0]
    for prefix, fits, words in _CHECKS:
        if prefix in kind:
            if not fits(value):
                return [f"{key!r} must be {words}"]
            break
    choices = _CHOICES.get((name, key))
    if choices and value not in choices:
        return [f"{key!r} must be one of {', '.join(choices)}"]
    return []
