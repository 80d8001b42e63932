"""Under which identities a station may come in: its own, and its aliases. Unique over all."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.domain.identity import MOST_OF_ALIAS, may_name
from apps.history import kinds
from apps.history.changes import CHANGES
from apps.history.doers import Doer
from apps.history.services import record
from apps.journal.models import Refusal
from apps.live.announce import announce
from apps.stations.models import Alias, Station
from apps.stations.refs import list_like

MOST = 20  # of one station


def check_free(identity: str) -> None:
    """ValidationError where a station may come in under this identity already, in any case.

    The same identity in the same case is left to the constraint that says so in its own words.
    """
    if like := sorted(name for name in list_like(identity) if name != identity):
        words = f"{like[0]} is registered, and differs from it in letter case only."
        raise ValidationError({"identity": words})
    if Alias.objects.filter(identity=identity).exists():
        raise ValidationError({"identity": "A station comes in under this identity already."})


@transaction.atomic
def add_alias(station: Station, identity: str, *, actor: Doer) -> None:
    """From now on who comes as ``identity`` is this station. ValidationError with its reason."""
    known = list(station.aliases.values_list("identity", flat=True))
    set_aliases(station, [*known, identity], actor=actor)


@transaction.atomic
def set_aliases(station: Station, identities: Collection[str], *, actor: Doer) -> None:
    """The station comes in under its own identity and exactly these.

    DoesNotExist where it has been removed.
    """
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    wanted = list(dict.fromkeys(identity.strip() for identity in identities))
    if len(wanted) > MOST:
        raise ValidationError({"aliases": f"A station has {MOST} at most."})
    before = set(station.aliases.values_list("identity", flat=True))
    new = [identity for identity in wanted if identity not in before]
    for identity in new:
        _check(station, identity)
    Alias.objects.filter(station=station, identity__in=before - set(wanted)).delete()
    Alias.objects.bulk_create(Alias(station=station, identity=identity) for identity in new)
    _let_in(station, new)
    if before == set(wanted):
        return
    subject = (station.pk, station.identity)
    details = {CHANGES: {"aliases": [sorted(before), sorted(wanted)]}}
    record(
        kinds.STATION_CHANGED, actor=actor, organisation_id=station.organisation_id,
        subject=subject, details=details,
    )  # fmt: skip
    announce(station.organisation_id, "stations", f"station:{station.pk}")


def _check(station: Station, identity: str) -> None:
    if not may_name(identity):
        words = f"An alias has 1 to {MOST_OF_ALIAS} characters that can be printed."
        raise ValidationError({"aliases": words})
    others = {name for name, pk in list_like(identity).items() if pk != station.pk}
    if others or identity == station.identity:
        raise ValidationError({"aliases": f"{identity} means a station already."})


def _let_in(station: Station, identities: Iterable[str]) -> None:
    """Who stood outside under these is known now."""
    outside = Refusal.objects.filter(identity__in=identities, station_id=None)
    outside.update(station_id=station.pk, organisation_id=station.organisation_id)
