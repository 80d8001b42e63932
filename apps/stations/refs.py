"""The registered stations behind the identities that sockets show."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.db.models.lookups import In

from apps.batch.refs import StationRef
from apps.domain.identity import may_name
from apps.stations.models import Alias, Station

_FIELDS = tuple(StationRef.__dataclass_fields__)

Names = tuple[str, ...]  # of one station, the likeliest first
Found = dict[str, set[int]]


def find_refs(identities: Collection[str]) -> dict[str, StationRef]:
    """The registered stations among ``identities``, in one query."""
    rows = Station.objects.filter(identity__in=identities).values_list(*_FIELDS)
    refs = (StationRef(*row) for row in rows)
    return {ref.identity: ref for ref in refs}


def find_meant(asked: Collection[Names]) -> dict[Names, StationRef]:
    """The station that each of ``asked`` means, if it is one without doubt.

    By its identity; else, for those that are left, by an alias or another of the names; else by
    the only one that differs in nothing but letter case.
    """
    own = find_refs({names[0] for names in asked if names and may_name(names[0])})
    meant = {names: own[names[0]] for names in asked if names and names[0] in own}
    left = [names for names in asked if names and names not in meant]
    for look in (_as_written, _in_any_case):
        if left:
            meant |= _refs_of(look(left))
            left = [names for names in left if names not in meant]
    return meant


def list_like(identity: str) -> dict[str, int]:
    """Identities and aliases that differ from this one in letter case at most: → station id."""
    upper = identity.upper()
    found: dict[str, int] = {}
    for model, key in ((Station, "pk"), (Alias, "station_id")):
        rows = _among(model, {upper}).values_list("identity", key)
        found |= dict(rows)
    return found


def _as_written(asked: Iterable[Names]) -> dict[Names, int]:
    wanted = {name for names in asked for name in names if may_name(name)}
    found: Found = {}
    for model, key in ((Station, "pk"), (Alias, "station_id")):
        rows = model._default_manager.filter(identity__in=wanted).values_list("identity", key)
        for identity, station_id in rows:
            found.setdefault(identity, set()).add(station_id)
    return _first(asked, found, lambda name: name)


def _in_any_case(asked: Iterable[Names]) -> dict[Names, int]:
    wanted = {name.upper() for names in asked for name in names if may_name(name)}
    found: Found = {}
    for model, key in ((Station, "pk"), (Alias, "station_id")):
        for identity, station_id in _among(model, wanted).values_list("identity", key):
            found.setdefault(identity.upper(), set()).add(station_id)
    return _first(asked, found, str.upper)


def find_place(station_id: int) -> tuple[int, int]:
    """The organisation and the location of a station."""
    return find_places([station_id])[station_id]


def find_places(station_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Those of several, by id; in one query, or none."""
    rows = Station.objects.filter(pk__in=station_ids) if station_ids else Station.objects.none()
    told = rows.values_list("pk", "organisation_id", "location_id")
    return {pk: (organisation_id, location_id) for pk, organisation_id, location_id in told}


def _among(model: type[Station] | type[Alias], uppers: set[str]) -> QuerySet[Any]:
    return model._default_manager.filter(In(Upper("identity"), sorted(uppers)))


def _first(asked: Iterable[Names], found: Found, key: Callable[[str], str]) -> dict[Names, int]:
    """The station of the likeliest name that is one's; none where it is of several."""
    meant = {}
    for names in asked:
        known = next((found[key(name)] for name in names if key(name) in found), set())
        if len(known) == 1:
            meant[names] = min(known)
    return meant


def _refs_of(meant: dict[Names, int]) -> dict[Names, StationRef]:
    rows = Station.objects.filter(pk__in=set(meant.values())).values_list(*_FIELDS) if meant else ()
    refs = {ref.id: ref for ref in (StationRef(*row) for row in rows)}
    return {names: refs[station_id] for names, station_id in meant.items() if station_id in refs}
