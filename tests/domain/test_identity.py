"""What may stand at the end of an address, and of the addresses of its page."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from apps.domain.identity import OUR_PAGES, problem_of

SHOWN = "<path:identity>/"


@pytest.mark.parametrize(
    "identity",
    ["CP1", "a b", "a/b", "Kö-1", "🔌", "=cmd()", "100%", "a?b=c#d", "commands", "plan/CP1", "a..b",
     ".hidden", "<b>"],
)  # fmt: skip
def test_what_can_be_in_an_address_may_be_an_identity(identity: str) -> None:
    assert problem_of(identity) == ""


@pytest.mark.parametrize(
    "identity",
    ["", "x" * 49, "a:b", 'a"b', "a\\b", "a\tb", ".", "..", "../../etc", "a/../b", "a/.", "/a",
     "a/", "a//b", "CP1/plan", "CP1/actions/x"],
)  # fmt: skip
def test_what_would_lead_elsewhere_may_not(identity: str) -> None:
    assert problem_of(identity).startswith("An identity ")


def test_every_page_of_a_station_is_kept_from_identities() -> None:
    behind = [route.split(SHOWN)[1] for route in _routes(get_resolver()) if SHOWN in route]
    assert {rest.split("/")[0] for rest in behind if rest} == OUR_PAGES


@pytest.mark.parametrize("identity", ["a b/c", "100%", "a?b=c#d", "🔌"])
def test_an_address_leads_back_to_its_identity(identity: str) -> None:
    address = reverse("dashboard:station", args=[identity])
    assert resolve(unquote(urlsplit(address).path)).kwargs == {"identity": identity}


def _routes(of: URLResolver, before: str = "") -> Iterable[str]:
    for one in of.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from _routes(one, route)
