"""Named groups of stations: a list of them, or a filter that is kept; one's own, or shared.

A group says which stations are meant, and gives nobody any: whoever lists by it sees of it what he
may see.
"""

from collections.abc import Iterable
from functools import reduce
from operator import and_
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.domain.texts import is_one_line, whole_number
from apps.history.doers import PERSON
from apps.history.kinds import GROUP_ADDED, GROUP_REMOVED, Kind
from apps.history.services import record
from apps.stations.filters import conditions_of, filter_of
from apps.stations.models import Station, StationGroup
from ocpp_platform.scope import scoped

LONGEST, LONGEST_QUERY = 60, 1_000  # characters of a name, of a filter


def list_groups(actor: Actor) -> QuerySet[StationGroup]:
    """Those that are shared, and his own."""
    mine = Q(owner=actor.pk) if actor.actor_kind == PERSON else Q(pk__in=[])
    return scoped(StationGroup, actor).filter(Q(owner=None) | mine).order_by("name", "id")


def within(actor: Actor, key: str) -> Q:
    """The stations of a group that the actor has; of one that he has not there are none."""
    number = whole_number(key)
    group = list_groups(actor).filter(pk=number).first() if number else None
    if group is None:
        return Q(pk__in=[])
    if not group.is_filter:
        return Q(pk__in=group.members.order_by().values("pk"))
    return reduce(and_, conditions_of(filter_of(dict(parse_qsl(group.query)))), Q())


@transaction.atomic
def add_group(
    actor: Actor,
    name: str,
    *,
    stations: Iterable[Station] | None = None,
    query: str = "",
    is_shared: bool = True,
) -> StationGroup:
    """Of these ``stations``; without, of all that fit ``query`` whenever it is asked for.

    ValidationError with a message per field.
    """
    name = " ".join(name.split()) if is_one_line(name) else ""
    wanted = dict(parse_qsl(query))
    query = urlencode(wanted)
    if stations is None and "group" in wanted:
        raise ValidationError({"name": "A filter by a group cannot be kept as one."})
    if len(query) > LONGEST_QUERY:
        raise ValidationError({"name": "This filter is too long to be kept."})
    if not name or len(name) > LONGEST:
        raise ValidationError({"name": f"A name is one line of {LONGEST} characters at most."})
    group = StationGroup(
        organisation_id=actor.organisation_id, name=name, is_filter=stations is None,
        owner_id=None if is_shared else actor.pk, query=query,
    )  # fmt: skip
    if list_groups(actor).filter(owner=group.owner_id, name=name).exists():
        raise ValidationError({"name": "There is a group of this name already."})
    group.save(force_insert=True)
    if stations is not None:
        group.members.set(stations)
    _record(GROUP_ADDED, group, actor)
    return group


@transaction.atomic
def remove_group(actor: Actor, group_id: int) -> None:
    """Its stations stay. DoesNotExist where the actor has no such group."""
    group = list_groups(actor).select_for_update(of=("self",)).get(pk=group_id)
    _record(GROUP_REMOVED, group, actor)
    group.delete()


def _record(kind: Kind, group: StationGroup, actor: Actor) -> None:
    record(
        kind, actor=actor, organisation_id=group.organisation_id, subject=(group.pk, group.name),
        details={"filter": group.query} if group.is_filter else {"stations": group.members.count()},
    )  # fmt: skip
