"""Named groups: by hand or by a filter, one's own or shared; they give nobody any station."""

import pytest
from django.core.exceptions import ValidationError

from apps.stations.filters import StationFilter
from apps.stations.groups import add_group, list_groups
from apps.stations.models import Location, Station, StationGroup
from apps.stations.selectors import list_stations
from tests import factories
from tests.factories import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    made = factories.cast()
    for name in ("ONE1", "ONE2", "B1"):
        factories.station(made.location, name, now=made.now)
    return made


def found(actor: object, group: StationGroup | str) -> set[str]:
    key = group if isinstance(group, str) else str(group.pk)
    rows = list_stations(actor, StationFilter(group=key))
    return set(rows.values_list("identity", flat=True))


def test_a_list_stays_and_a_filter_goes_with_what_fits(cast: Cast) -> None:
    some = list(Station.objects.filter(identity__startswith="ONE"))
    by_hand = add_group(cast.operator, "By hand", stations=some)
    by_filter = add_group(cast.operator, "By filter", query="q=ONE")
    factories.station(cast.location, "ONE3", now=cast.now)
    assert found(cast.support, by_hand) == {"ONE1", "ONE2"}
    assert found(cast.support, by_filter) == {"ONE1", "ONE2", "ONE3"}
    assert found(cast.support, add_group(cast.operator, "All")) == {"ONE1", "ONE2", "ONE3", "B1"}


def test_a_group_shows_nobody_what_is_not_his(cast: Cast) -> None:
    shared, private = (
        add_group(cast.operator, name, query="q=ONE", is_shared=name == "Shared")
        for name in ("Shared", "Mine")
    )
    assert list(list_groups(cast.support)) == [shared]
    assert found(cast.support, private) == set()
    assert found(cast.stranger, shared) == set()
    far = Location.objects.create(organisation=cast.organisation, name="Far")
    Station.objects.filter(identity="ONE2").update(location=far)
    cast.support.site_ids = [far.pk]
    assert found(cast.support, shared) == {"ONE2"}
    for odd in ("x", "0", "9" * 30, "-1"):
        assert found(cast.operator, odd) == set()


def test_a_name_is_given_once_and_a_filter_is_none_of_a_group(cast: Cast) -> None:
    group = add_group(cast.operator, "Fast", query="q=ONE")
    add_group(cast.operator, "Fast", query="q=ONE", is_shared=False)
    for name, query in (("Fast", ""), ("", ""), ("x" * 61, ""), ("a\nb", ""),
                        ("Other", f"group={group.pk}")):  # fmt: skip
        with pytest.raises(ValidationError):
            add_group(cast.admin, name, query=query)
