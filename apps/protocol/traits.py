"""What stations of one OCPP version can do and how they behave, as facts without its name."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.domain.commands import Command, RawCall
from apps.domain.vocabulary import Protocol
from apps.protocol import validation


@dataclass(frozen=True, slots=True)
class Traits:
    """``label``: the version as people say it.

    ``commands``: names of the commands that it has words for.
    ``triggers``: messages that its stations send when asked.
    ``is_naming_sessions``: the station makes the transaction id, so any event of a session can
    open it (2.0.1 E; in 1.6 we make it when we answer the start).
    ``shows_session_by_status``: the status of a connector is the phase of its session (1.6).
    ``meters_ends``: the messages of its begin and its end tell the register (1.6).
    ``starts_with_card``: each start names a card, and is answered what that is worth (1.6).
    ``means_its_plug_by_zero``: readings of connector 0 of a station with one connector are that
    connector's, no main meter's.
    ``is_replacing_profiles``: a profile replaces the one of its purpose and level, whatever its
    id (1.6 §5.16.2; 2.0.1 refuses it, K01.FR.39).
    ``reserves_by_type``: a reservation may name a type of connector in place of an EVSE.
    ``has_evses``: connectors are counted within their EVSE, not for themselves.
    ``serves_while_pending``: before it is accepted it may be told anything but to start or to stop
    a session (1.6 §4.2.1).
    """

    label: str
    commands: frozenset[str]
    triggers: tuple[str, ...]
    is_naming_sessions: bool
    shows_session_by_status: bool
    meters_ends: bool
    starts_with_card: bool
    means_its_plug_by_zero: bool
    is_replacing_profiles: bool
    reserves_by_type: bool
    has_evses: bool
    serves_while_pending: bool

    def can(self, command: type[Command]) -> bool:
        return command.declared.name in self.commands


def named(kinds: Iterable[type[Command]]) -> frozenset[str]:
    """The names of the commands that have writers; a raw call needs none."""
    said: list[type[Command]] = [*kinds, RawCall]
    return frozenset(kind.declared.name for kind in said)


def triggers(protocol: Protocol, *actions: str) -> tuple[str, ...]:
    """What the schemas of these calls let us ask for, sorted."""
    found: set[str] = set()
    for action in actions:
        schema = validation.schema(protocol, action)
        asked = schema["properties"]["requestedMessage"]
        name = asked.get("$ref", "").rpartition("/")[2]
        found |= set(schema["definitions"][name]["enum"] if name else asked["enum"])
    return tuple(sorted(found))
