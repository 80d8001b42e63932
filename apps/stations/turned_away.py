"""The chargers that stand outside, as an organisation is shown them, and which it dismissed."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Actor
from apps.history import kinds
from apps.history.services import record
from apps.journal.models import Dismissal, LinkEvent, Refusal
from apps.journal.refusals import UNKNOWN
from apps.stations.likeness import Likeness
from apps.stations.models import Station
from apps.stations.naming import add_alias
from ocpp_platform.scope import scoped

BY_PASSWORD = ("no_password", "no_credentials", "wrong_password")
STRANGE = (UNKNOWN, "impossible_identity")  # nobody knew who it was


def list_turned_away(actor: Actor, *, is_dismissed: bool = False, limit: int = 50) -> list[Refusal]:
    """Chargers that stand outside: the actor's own, and those that nobody has registered.

    Neither one that was unknown and is registered now, nor one that has come in since.
    """
    found = _turned_away(actor, is_dismissed=is_dismissed)
    return list(found.order_by("-last_at")[:limit])


def get_turned_away(actor: Actor, refusal_id: int) -> Refusal:
    """One of them, dismissed or not."""
    return _refusals_for(actor).get(pk=refusal_id)


def count_dismissed(actor: Actor) -> int:
    return _turned_away(actor, is_dismissed=True).count()


def list_likely(actor: Actor, refusals: Collection[Refusal]) -> dict[int, tuple[Station, str]]:
    """Which station of the actor's each unknown charger probably is, and what is not the same.

    By the id of the refusal. Stations that are connected are there already, and left out.
    """
    unknown = [r for r in refusals if r.station_id is None and r.identity]
    if not unknown:
        return {}
    away = scoped(Station, actor).filter(is_connected=False)
    likeness = Likeness(list(away.values_list("identity", flat=True)))
    found = {r.pk: like for r in unknown if (like := likeness.find(r.identity))}
    named = away.filter(identity__in={identity for identity, _ in found.values()})
    stations = {s.identity: s for s in named.select_related("location")}
    return {pk: (stations[identity], words) for pk, (identity, words) in found.items()}


@transaction.atomic
def take_for(refusal: Refusal, station: Station, *, actor: Actor) -> None:
    """Who was turned away is this station: from now on it is let in under that name, too."""
    add_alias(station, refusal.identity, actor=actor)


@transaction.atomic
def dismiss(refusal: Refusal, *, actor: Actor, now: datetime) -> None:
    """Leave it out of what the actor's organisation is shown, however often it is repeated."""
    whose = actor.organisation_id
    Dismissal.objects.get_or_create(
        organisation_id=whose, refusal_id=refusal.pk, defaults={"at": now}
    )
    _record(kinds.REFUSAL_DISMISSED, refusal, actor)


@transaction.atomic
def bring_back(refusal: Refusal, *, actor: Actor) -> None:
    """Show it again."""
    scoped(Dismissal, actor).filter(refusal_id=refusal.pk).delete()
    _record(kinds.REFUSAL_BROUGHT_BACK, refusal, actor)


def _record(kind: kinds.Kind, refusal: Refusal, actor: Actor) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=actor.organisation_id,
        subject=(refusal.pk, refusal.identity),
        station_id=refusal.station_id,
    )


def _turned_away(actor: Actor, *, is_dismissed: bool) -> QuerySet[Refusal]:
    came_in = LinkEvent.objects.filter(
        station_id=OuterRef("station_id"), kind="connected", at__gt=OuterRef("last_at")
    )
    dismissed = scoped(Dismissal, actor).filter(refusal_id=OuterRef("pk"))
    adopted = Q(reason__in=STRANGE, station_id__isnull=False)
    waiting = _refusals_for(actor).exclude(adopted).filter(~Exists(came_in))
    return waiting.filter(Exists(dismissed) if is_dismissed else ~Exists(dismissed))


def _refusals_for(actor: Actor) -> QuerySet[Refusal]:
    return scoped(Refusal, actor) | Refusal.objects.filter(organisation_id=None)
