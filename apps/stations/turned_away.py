"""Reads: the chargers that stand outside, as an organisation is shown them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Actor
from apps.journal.models import Dismissal, LinkEvent, Refusal
from apps.journal.refusals import UNKNOWN
from ocpp_platform.scope import scoped


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


def _turned_away(actor: Actor, *, is_dismissed: bool) -> QuerySet[Refusal]:
    came_in = LinkEvent.objects.filter(
        station_id=OuterRef("station_id"), kind="connected", at__gt=OuterRef("last_at")
    )
    dismissed = scoped(Dismissal, actor).filter(refusal_id=OuterRef("pk"))
    adopted = Q(reason=UNKNOWN, station_id__isnull=False)
    waiting = _refusals_for(actor).exclude(adopted).filter(~Exists(came_in))
    return waiting.filter(Exists(dismissed) if is_dismissed else ~Exists(dismissed))


def _refusals_for(actor: Actor) -> QuerySet[Refusal]:
    return scoped(Refusal, actor) | Refusal.objects.filter(organisation_id=None)
