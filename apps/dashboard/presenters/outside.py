"""Chargers that were turned away: who each may be, and what it takes to let it in."""

from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.dashboard.access import PageRequest
from apps.dashboard.connecting import connection_urls
from apps.domain.identity import problem_of
from apps.domain.vocabulary import Protocol
from apps.journal.models import Refusal
from apps.journal.refusals import WRONG_ADDRESS
from apps.stations import selectors, turned_away
from apps.stations.models import Location, Station

_SITES, _BLOCKED = 50, 500  # that are offered, that are listed
_UNNAMED = "CHARGER-ID"


@dataclass(frozen=True, slots=True)
class Outsider:
    """``known``: the identity of the station that it is; ``likely``: which it may be, and what
    differs. ``problem``: why it cannot be adopted; ``address``: what to set in it, where that is
    what is wrong.
    """

    refusal: Refusal
    known: str
    likely: tuple[Station, str] | None
    problem: str
    address: str

    @property
    def may_be_adopted(self) -> bool:
        named = self.refusal.reason in turned_away.ADOPTABLE and self.refusal.identity
        return bool(named) and self.refusal.station_id is None and not self.problem


def outside(request: PageRequest) -> dict[str, object]:
    """Who was turned away, or, where they are asked for, those that were dismissed."""
    actor: Actor = request.user
    is_dismissed = request.GET.get("turned_away") == "dismissed"
    refusals = turned_away.list_turned_away(actor, is_dismissed=is_dismissed)
    likely = turned_away.list_likely(actor, refusals)
    known = selectors.list_identities(actor, [r.station_id for r in refusals if r.station_id])
    return {
        "outside": [
            _outsider(request, r, known.get(r.station_id or 0, ""), likely.get(r.pk))
            for r in refusals
        ],
        "dismissed": turned_away.count_dismissed(actor),
        "shows_dismissed": is_dismissed,
        "spoken": [protocol.value for protocol in Protocol],
        "password_reasons": turned_away.BY_PASSWORD,
        "blocked": list(turned_away.list_blocked(actor)[:_BLOCKED]),
        "sites": list[Location](selectors.list_locations(actor)[:_SITES]),
    }


def _outsider(
    request: PageRequest, refusal: Refusal, known: str, likely: tuple[Station, str] | None
) -> Outsider:
    is_said = refusal.reason == turned_away.IMPOSSIBLE or not refusal.identity
    problem = "" if is_said or known else problem_of(refusal.identity)
    address = ""
    if refusal.reason == WRONG_ADDRESS:
        address = connection_urls(request, known or refusal.identity or _UNNAMED)[0]
    return Outsider(refusal, known, likely, problem, address)
