"""The form of a station's messages as people read it: what was excused, and what was not taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Actor
from apps.domain.form import REFUSALS, WORDS
from apps.domain.vocabulary import Strictness
from apps.stations.models import FormCount, Station
from apps.stations.selectors import list_form_counts

_MOST = 30
_READINGS = (
    (Strictness.TOLERANT.value, "Tolerant: read what is needed, note what is odd"),
    (Strictness.STRICT.value, "Strict: refuse what its schema does not accept"),
)


@dataclass(frozen=True, slots=True)
class Oddity:
    """One line of the card."""

    counted: FormCount
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class FormCard:
    """``lost``: messages about money that were not taken, and ``lost_at`` the last of them."""

    station: Station
    readings: tuple[tuple[str, str], ...]
    oddities: list[Oddity]
    refusals: list[Oddity]
    lost: int
    lost_at: datetime | None


def form_card(actor: Actor, station: Station) -> FormCard:
    found = list(list_form_counts(actor, station))
    refused = [counted for counted in found if counted.rule in REFUSALS]
    excused = [counted for counted in found if counted.rule in WORDS]
    return FormCard(
        station=station,
        readings=_READINGS,
        oddities=_lines(excused[:_MOST]),
        refusals=_lines(refused),
        lost=sum(counted.count for counted in refused),
        lost_at=max((counted.last_at for counted in refused), default=None),
    )


def _lines(counted: Sequence[FormCount]) -> list[Oddity]:
    said = WORDS | REFUSALS
    return [Oddity(one, said[one.rule], _place(one)) for one in counted]


def _place(counted: FormCount) -> str:
    """Where it stands: "meterValue › sampledValue › value"; the name that OCPP does not know."""
    steps = [*counted.path.split("/")[1:], *([counted.detail] if counted.detail else [])]
    return " › ".join(step for step in steps if step)
