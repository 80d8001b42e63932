"""What can be done at many stations at once: any command that is for many, and some deeds.

An order is read once and judged for all: ``order_of`` gives it from its name and JSON parameters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from apps.domain.command import BadParameters, Command
from apps.domain.commands import COMMANDS, parse
from apps.domain.permissions import Permission
from apps.history.doers import Doer
from apps.journal.masking import masked
from apps.stations import tag_words
from apps.stations.models import Location, Station
from apps.stations.moving import move_stations
from apps.stations.tags import add_tag, remove_tag

Json = Mapping[str, Any]
_HIDDEN = "A secret is set station by station: it would be kept with the job"
_ALONE = "It concerns one station: it cannot be done at many at once"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done to the rows of stations, not by them.

    ``danger``: as that of an offer of a command. ``problems``: of its parameters, in an
    organisation. ``do``: to many, by whom; why some cannot, by their ids.
    """

    name: str
    label: str
    title: Callable[[Json], str]
    permission: Permission
    danger: int
    problems: Callable[[Json, int], list[str]]
    do: Callable[[Sequence[Station], Json, Doer], Mapping[int, str]]


Order = Command | Deed


def order_of(action: str, parameters: Json, organisation_id: int) -> Order:
    """BadParameters with each problem."""
    deed = DEEDS.get(action)
    if deed is not None:
        if problems := deed.problems(parameters, organisation_id):
            raise BadParameters(problems)
        return deed
    command = parse(action, parameters)
    if not command.declared.is_for_many:
        raise BadParameters([_ALONE])
    if masked(dict(parameters)) != dict(parameters):
        raise BadParameters([_HIDDEN])
    return command


def permission_of(action: str) -> Permission | None:
    """What it needs; None where there is no such thing, or not for many."""
    if action in DEEDS:
        return DEEDS[action].permission
    kind = COMMANDS.get(action)
    is_for_many = kind is not None and kind.declared.is_for_many
    return kind.declared.permission if kind is not None and is_for_many else None


def title_of(action: str, parameters: Json | None) -> str:
    """What is done, in words."""
    if action in DEEDS:
        return DEEDS[action].title(parameters or {})
    kind = COMMANDS.get(action)
    return kind.declared.title(dict(parameters or {})) if kind else action


def _tag_problems(given: Json, _organisation_id: int) -> list[str]:
    word = given.get("tag")
    if not isinstance(word, str) or given.keys() != {"tag"} or not tag_words.key_of(word):
        return ["'tag' is required: one word or more"]
    return list(tag_words.problems_of(tag_words.cleaned([word])))


def _site_problems(given: Json, organisation_id: int) -> list[str]:
    key = given.get("location")
    if type(key) is not int or given.keys() != {"location"} or not _sites(organisation_id, key):
        return ["'location' is required: the number of a site"]
    return []


def _sites(organisation_id: int, key: int) -> list[Location]:
    return list(Location.objects.filter(organisation_id=organisation_id, pk=key))


def _tag(stations: Sequence[Station], given: Json, actor: Doer) -> Mapping[int, str]:
    try:
        return add_tag(stations, given["tag"], actor=actor)
    except ValidationError as error:
        return {station.pk: error.messages[0] for station in stations}


def _untag(stations: Sequence[Station], given: Json, actor: Doer) -> Mapping[int, str]:
    remove_tag(stations, given["tag"], actor=actor)
    return {}


def _move(stations: Sequence[Station], given: Json, actor: Doer) -> Mapping[int, str]:
    found = _sites(stations[0].organisation_id, given["location"])
    if not found:
        return dict.fromkeys((station.pk for station in stations), "The site is gone")
    move_stations(stations, found[0], actor=actor)
    return {}


def _site_name(given: Json) -> str:
    key = given.get("location", 0)
    found = Location.objects.filter(pk=key).values_list("name", flat=True)
    return found.first() or "another site"


DEEDS: Mapping[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed(
            "add_tag", "Add a tag…", lambda given: f"Add the tag {given.get('tag', '')}".strip(),
            Permission.EDIT_STATIONS, 1, _tag_problems, _tag,
        ),
        Deed(
            "remove_tag", "Remove a tag…",
            lambda given: f"Remove the tag {given.get('tag', '')}".strip(),
            Permission.EDIT_STATIONS, 1, _tag_problems, _untag,
        ),
        Deed(
            "move_to_site", "Move to another site…", lambda given: f"Move to {_site_name(given)}",
            Permission.EDIT_STATIONS, 2, _site_problems, _move,
        ),
    )
}  # fmt: skip
