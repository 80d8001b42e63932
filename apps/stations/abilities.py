"""What stations can do and what they are set to, as they told it: asked here and nowhere else.

An ability is what we want to know; its names are where either version of OCPP has it, a component
and a variable or "" and a configuration key. The case of names does not count (2.0.1
identifierString, 1.6 CiString). A station's own word stands above that of one of its EVSEs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Upper

from apps.domain.identifiers import key_of
from apps.stations.models import Variable

T = TypeVar("T")
Name = tuple[str, str]


def _positive(text: str) -> int | None:
    return _whole(text) or None


def _whole(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() else None


def _flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().casefold())


def _text(text: str) -> str | None:
    return text or None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))


def _units(text: str) -> tuple[str, ...]:
    """A and W, whether the station calls them so (2.0.1) or Current and Power (1.6)."""
    known = {"A": "A", "CURRENT": "A", "W": "W", "POWER": "W"}
    return tuple(dict.fromkeys(known[w.upper()] for w in _words(text) if w.upper() in known))


@dataclass(frozen=True, slots=True)
class Ability(Generic[T]):
    """``read`` turns what a station told into a value, None where it makes none.

    The first of ``names`` that is told and makes one counts, else ``assumed``; ``unit`` is what
    the value counts.
    """

    read: Callable[[str], T | None]
    names: tuple[Name, ...]
    assumed: T
    unit: str = ""

    def is_named(self, component: str, variable: str) -> bool:
        """Whether a variable of a report tells it."""
        return _folded((component, variable)) in map(_folded, self.names)


_DISPLAY, _LIST, _POWER = "DisplayMessageCtrlr", "LocalAuthListCtrlr", "SmartChargingCtrlr"
_MONITORING = "MonitoringCtrlr"

DISPLAY_FORMATS: Ability[tuple[str, ...]] = Ability(_words, ((_DISPLAY, "SupportedFormats"),), ())
DISPLAY_PRIORITIES: Ability[tuple[str, ...]] = Ability(
    _words, ((_DISPLAY, "SupportedPriorities"),), ()
)
DISPLAY_STATES: Ability[tuple[str, ...]] = Ability(_words, ((_DISPLAY, "SupportedStates"),), ())
SHOWS_COSTS: Ability[bool] = Ability(_flag, (("", "CustomDisplayCostAndPrice"),), assumed=False)

LIST_ENTRIES_PER_MESSAGE: Ability[int | None] = Ability(
    _positive, ((_LIST, "ItemsPerMessage"), ("", "SendLocalListMaxLength")), None, "entries"
)
LIST_BYTES_PER_MESSAGE: Ability[int | None] = Ability(
    _positive, ((_LIST, "BytesPerMessage"),), None, "bytes"
)
LIST_ENTRIES: Ability[int | None] = Ability(
    _positive,
    ((_LIST, "LocalAuthListMaxLength"), ("", "LocalAuthListMaxLength")),
    None,
    "entries",
)

PROFILE_STACK_LEVEL: Ability[int | None] = Ability(
    _whole, ((_POWER, "ProfileStackLevel"), ("", "ChargeProfileMaxStackLevel")), None, "level"
)
PROFILE_PERIODS: Ability[int | None] = Ability(
    _whole, ((_POWER, "PeriodsPerSchedule"), ("", "ChargingScheduleMaxPeriods")), None, "periods"
)
PROFILES: Ability[int | None] = Ability(
    _whole,
    ((_POWER, "Entries/ChargingProfiles"), ("", "MaxChargingProfilesInstalled")),
    None,
    "profiles",
)
PROFILE_UNITS: Ability[tuple[str, ...]] = Ability(
    _units, ((_POWER, "RateUnit"), ("", "ChargingScheduleAllowedChargingRateUnit")), ()
)
SWITCHES_PHASES: Ability[bool | None] = Ability(
    _flag, ((_POWER, "ACPhaseSwitchingSupported"), ("", "ACPhaseSwitchingSupported")), None
)

SAMPLE_INTERVAL: Ability[int | None] = Ability(
    _positive,
    (("SampledDataCtrlr", "TxUpdatedInterval"), ("", "MeterValueSampleInterval")),
    None,
    "s",
)
CERTIFICATE_OWNER: Ability[str] = Ability(
    _text, (("SecurityCtrlr", "OrganizationName"), ("", "CpoName")), ""
)
# 1.6 has no message of its own for vehicles' certificates; 2.0.1 needs no leave to ask for them.
PLUG_AND_CHARGE: Ability[bool] = Ability(_flag, (("", "ISO15118PnCEnabled"),), assumed=False)
CONNECTORS: Ability[int] = Ability(_whole, (("", "NumberOfConnectors"),), 0, "connectors")


def items_per_message(message: str) -> Ability[int | None]:
    """L-01: of one message that bears this name in 2.0.1; 1.6 has one number for all."""
    name = f"ItemsPerMessage/{message}"
    names = (("DeviceDataCtrlr", name), (_MONITORING, name), ("", "GetConfigurationMaxKeys"))
    return Ability(_positive, names, None, "items")


def bytes_per_message(message: str) -> Ability[int | None]:
    name = f"BytesPerMessage/{message}"
    return Ability(_positive, (("DeviceDataCtrlr", name), (_MONITORING, name)), None, "bytes")


@dataclass(frozen=True, slots=True)
class Told:
    """What one station told, by component and folded variable."""

    texts: Mapping[Name, str]

    def of(self, ability: Ability[T]) -> T:
        for name in ability.names:
            text = self.texts.get(_folded(name))
            value = None if text is None else ability.read(text)
            if value is not None:
                return value
        return ability.assumed


class ToldByMany(dict[int, Told]):
    """By station. One that told nothing is not in it, and yet may be asked for."""

    def __missing__(self, station_id: int) -> Told:
        return Told({})


def told_by(station_id: int, *abilities: Ability) -> Told:
    """What the station told of these abilities, in one query."""
    return told_by_many([station_id], *abilities)[station_id]


def told_by_many(station_ids: Iterable[int], *abilities: Ability) -> ToldByMany:
    """The same by station, in one query for all.

    ``station_ids``: numbers, or a query of them.
    """
    found: dict[int, dict[Name, str]] = {}
    rows = _rows(abilities).filter(station_id__in=station_ids).order_by("-evse_id")
    for station_id, component, variable, value in rows.values_list(
        "station_id", "component", "variable", "value"
    ):
        found.setdefault(station_id, {})[_folded((component, variable))] = value
    return ToldByMany({station_id: Told(texts) for station_id, texts in found.items()})


def told_yes(ability: Ability[bool]) -> Exists:
    """A condition on rows with a ``station_id``: their station says that it can."""
    rows = _rows([ability]).filter(station_id=OuterRef("station_id"))
    return Exists(rows.filter(value__iexact="true"))


def is_watching(station_id: int) -> bool:
    """Whether the station can watch its variables (2.0.1 N)."""
    told = Variable.objects.filter(station_id=station_id, component__istartswith=_MONITORING)
    return told.exists()


def _rows(abilities: Iterable[Ability]) -> QuerySet[Variable]:
    names = {name for ability in abilities for name in ability.names}
    named = {_folded(name) for name in names}
    return Variable.objects.annotate(of=Upper("component"), upper=Upper("variable")).filter(
        attribute="Actual",
        of__in={component for component, _ in named},
        upper__in={variable for _, variable in named},
    )


def _folded(name: Name) -> Name:
    return key_of(name[0]), key_of(name[1])
