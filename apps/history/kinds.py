"""What can happen, each kind once. Pure.

The name of a kind is what is kept and what people read: a plain phrase in the past participle.
"""

from dataclasses import dataclass

KINDS: "dict[str, Kind]" = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """``about``: the kind of its subject."""

    name: str
    about: str

    @property
    def title(self) -> str:
        return self.name[0].upper() + self.name[1:]


def _kind(name: str, about: str) -> Kind:
    if name in KINDS:
        raise ValueError(f"{name!r} is declared twice")
    return KINDS.setdefault(name, Kind(name, about))


ORGANISATION, PERSON, KEY, ROOT = "organisation", "person", "key", "root"
LOCATION, STATION, CERTIFICATE, COMMAND = "location", "station", "certificate", "command"
SESSION, TARIFF, TOKEN, PUSH, STEP = "session", "tariff", "token", "push", "step"
RESERVATION, FILE = "reservation", "file"

STATION_ADDED = _kind("station added", STATION)
