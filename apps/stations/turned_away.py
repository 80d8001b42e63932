"""The chargers that stand outside, as an organisation is shown them, and which it dismissed."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Actor, Organisation
from apps.history import kinds
from apps.history.services import record
from apps.journal.models import Block, Dismissal, LinkEvent, Refusal
from apps.journal.refusals import UNKNOWN, WRONG_ADDRESS, TurnedAway
from apps.stations.likeness import Likeness
from apps.stations.models import Location, Station
from apps.stations.naming import add_alias
from apps.stations.services import add_station
from ocpp_platform.scope import scoped

BY_PASSWORD = ("no_password", "no_credentials", "wrong_password")
OUTSIDE = "outside"  # the topic of who stands there
IMPOSSIBLE = "impossible_identity"
STRANGE = (UNKNOWN, IMPOSSIBLE)  # nobody knew who it was
ADOPTABLE = (UNKNOWN, WRONG_ADDRESS)


def list_turned_away(actor: Actor, *, is_dismissed: bool = False, limit: int = 50) -> list[Refusal]:
    """Chargers that stand outside: the actor's own, and those that nobody has registered.

    Neither one that was unknown and is registered now, nor one that has come in since.
    """
    found = _turned_away(actor, is_dismissed=is_dismissed)
    return list(found.order_by("-last_at")[:limit])


def get_turned_away(actor: Actor, refusal_id: int) -> Refusal:
    """One of them, dismissed or not."""
    return _refusals_for(actor).get(pk=refusal_id)


def list_blocked(actor: Actor) -> QuerySet[Block]:
    """What the actor's organisation has blocked, by identity."""
    return scoped(Block, actor).order_by("identity")


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
def adopt(refusal: Refusal, location: Location, *, actor: Actor, now: datetime) -> Station:
    """Register whom nobody knew, at a site of the actor's; ValidationError where it is known."""
    return add_station(
        organisation=location.organisation, identity=refusal.identity, location=location,
        actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def dismiss(refusal: Refusal, *, actor: Actor, now: datetime) -> None:
    """Leave it out of what the actor's organisation is shown, however often it is repeated."""
    whose = actor.organisation_id
    Dismissal.objects.get_or_create(
        organisation_id=whose, refusal_id=refusal.pk, defaults={"at": now}
    )
    _record(kinds.REFUSAL_DISMISSED, refusal, actor)


@transaction.atomic
def block(refusal: Refusal, *, actor: Actor, now: datetime) -> None:
    """Turn an identity that nobody has registered away without another word about it.

    It is shown no more, whatever address it comes from, does not wait to be accepted, and is not
    counted where every organisation has blocked it. To register it lets it in all the same.
    """
    whose = actor.organisation_id
    Block.objects.get_or_create(
        organisation_id=whose, identity=refusal.identity, defaults={"at": now}
    )
    _record(kinds.REFUSAL_BLOCKED, refusal, actor)


@transaction.atomic
def unblock(blocked: Block, *, actor: Actor) -> None:
    """Show it again."""
    blocked_id = blocked.pk
    blocked.delete()
    record(
        kinds.REFUSAL_UNBLOCKED, actor=actor, organisation_id=actor.organisation_id,
        subject=(blocked_id, blocked.identity),
    )  # fmt: skip


def is_blocked(organisation_id: int, identity: str) -> bool:
    """Whether the organisation has blocked an identity that nobody has registered."""
    return Block.objects.filter(organisation_id=organisation_id, identity=identity).exists()


def worth_keeping(turned_away: Collection[TurnedAway]) -> list[TurnedAway]:
    """Without those whom every organisation has blocked; in one question, or two."""
    names = {fact.identity for fact in turned_away if fact.organisation_id is None}
    blocks = Block.objects.filter(identity__in=names).values_list("identity") if names else None
    by = dict(blocks.annotate(Count("pk"))) if blocks is not None else {}
    everybody = Organisation.objects.count() if by else 0
    return [
        fact for fact in turned_away
        if fact.organisation_id is not None or by.get(fact.identity, -1) < everybody
    ]  # fmt: skip


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
    blocked = scoped(Block, actor).filter(identity=OuterRef("identity"))
    adopted = Q(reason__in=STRANGE, station_id__isnull=False)
    is_blocked = Q(Exists(blocked), station_id=None)
    waiting = _refusals_for(actor).exclude(adopted).exclude(is_blocked).filter(~Exists(came_in))
    return waiting.filter(Exists(dismissed) if is_dismissed else ~Exists(dismissed))


def _refusals_for(actor: Actor) -> QuerySet[Refusal]:
    """Of his stations; and unknown ones, which stand at no site yet."""
    mine = scoped(Refusal, actor)
    return mine if actor.is_limited else mine | Refusal.objects.filter(organisation_id=None)
