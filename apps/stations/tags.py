"""Tags of stations: read with their counts, set one by one, given and taken from many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Min

from apps.accounts.models import Actor
from apps.history.changes import CHANGES
from apps.history.doers import Doer
from apps.history.kinds import STATION_TAGGED
from apps.history.models import Fact
from apps.history.services import fact_of, record_many
from apps.live.announce import announce_all
from apps.stations import tag_words
from apps.stations.models import Station, StationTag
from apps.stations.tag_words import cleaned, key_of
from ocpp_platform.scope import scoped

SHOWN = 200  # of an organisation, in a list to choose from
FULL = f"It has {tag_words.MOST} tags already"
Tags = dict[str, str]  # the word by its key


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag in one of its spellings, and how many stations have it."""

    key: str
    word: str
    count: int


def list_tags(actor: Actor) -> list[Tagged]:
    """What stations that the actor may see are tagged with; by the alphabet, ``SHOWN`` at most."""
    rows = scoped(StationTag, actor).order_by().values("key")
    counted = rows.annotate(word=Min("word"), count=Count("pk")).order_by("key")
    return [Tagged(*row) for row in counted.values_list("key", "word", "count")[:SHOWN]]


@transaction.atomic
def set_tags(station: Station, words: Collection[str], *, actor: Doer) -> None:
    """It has exactly these. ValidationError; DoesNotExist where it has been removed."""
    wanted = {key_of(word): word for word in cleaned(words)}
    if problems := list(tag_words.problems_of(list(wanted.values()))):
        raise ValidationError({"tags": problems})
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    _write({station.pk: (station, _before([station])[station.pk], wanted)}, actor)


@transaction.atomic
def add_tag(stations: Sequence[Station], word: str, *, actor: Doer) -> Mapping[int, str]:
    """Each has it, in the spelling that it had before; why some cannot, by their ids.

    In as few queries for many as for one. ValidationError where it is no tag.
    """
    (word,) = _checked(word)
    before, key = _held(stations), key_of(word)
    full = {pk for pk, tags in before.items() if key not in tags and len(tags) >= tag_words.MOST}
    changed = {
        one.pk: (one, before[one.pk], {key: word} | before[one.pk])
        for one in stations
        if one.pk in before and one.pk not in full
    }
    _write(changed, actor)
    return dict.fromkeys(full, FULL)


@transaction.atomic
def remove_tag(stations: Sequence[Station], word: str, *, actor: Doer) -> None:
    """None of them has it. In as few queries for many as for one."""
    before, key = _held(stations), key_of(word)
    left = {pk: {k: w for k, w in tags.items() if k != key} for pk, tags in before.items()}
    _write(
        {one.pk: (one, before[one.pk], left[one.pk]) for one in stations if one.pk in left}, actor
    )


def _checked(word: str) -> list[str]:
    words = cleaned([word])
    if problems := list(tag_words.problems_of(words)) or ([] if words else ["A tag is needed."]):
        raise ValidationError({"tag": problems})
    return words


def _held(stations: Sequence[Station]) -> dict[int, Tags]:
    """What they have, so that nobody else changes it until the transaction ends."""
    rows = Station.objects.select_for_update(no_key=True).filter(pk__in=[s.pk for s in stations])
    there = set(rows.order_by("pk").values_list("pk", flat=True))
    return _before([station for station in stations if station.pk in there])


def _before(stations: Sequence[Station]) -> dict[int, Tags]:
    found: defaultdict[int, Tags] = defaultdict(dict)
    rows = StationTag.objects.filter(station__in=[station.pk for station in stations])
    for station_id, key, word in rows.values_list("station_id", "key", "word"):
        found[station_id][key] = word
    return {station.pk: found[station.pk] for station in stations}


def _write(wanted: Mapping[int, tuple[Station, Tags, Tags]], actor: Doer) -> None:
    """From the tags before to those after; who has them already is left as it is."""
    changed = [(one, before, after) for one, before, after in wanted.values() if before != after]
    lost = {
        one.pk: {k for k in before if after.get(k) != before[k]} for one, before, after in changed
    }
    if any(lost.values()):
        rows = StationTag.objects.filter(station__in=lost).values_list("pk", "station_id", "key")
        going = [pk for pk, station_id, key in rows if key in lost[station_id]]
        StationTag.objects.filter(pk__in=going).delete()
    StationTag.objects.bulk_create(
        StationTag(station=one, key=key, word=word)
        for one, before, after in changed
        for key, word in after.items()
        if before.get(key) != word
    )
    record_many(_fact(one, before, after, actor) for one, before, after in changed)
    announce_all(
        (one.organisation_id, topic)
        for one, _, _ in changed
        for topic in ("stations", f"station:{one.pk}")
    )


def _fact(station: Station, before: Tags, after: Tags, actor: Doer) -> Fact:
    return fact_of(
        STATION_TAGGED, actor=actor, organisation_id=station.organisation_id,
        subject=(station.pk, station.identity),
        details={CHANGES: {"tags": [list(before.values()), list(after.values())]}},
    )  # fmt: skip
