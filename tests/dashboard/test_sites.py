"""Who is limited to sites, at every address: nothing of another site is seen, or touched."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.commands.models import CommandRow
from apps.dashboard.commands import SCREENS
from apps.dashboard.fragments import load, render
from apps.dashboard.tabs import TABS
from apps.sessions.models import Session
from apps.stations.models import Location, Station
from tests import factories as make
from tests.dashboard.test_access import PAGES, address
from tests.factories import Cast

ELSEWHERE = re.compile(rb"NL-(AMS|RTM|UTR|EIN|NEW|XXX)-?[0-9X]*|Blaak")
OF_THE_NETWORK = {"onboarding-step", "token-stations", "version-add"}
FOREIGN = {name for name, (_, foreign) in PAGES.items() if foreign == 404}
THINGS = sorted(FOREIGN - OF_THE_NETWORK)
LISTS = sorted(PAGES.keys() - FOREIGN)
LIVE = re.compile(r'data-live="([a-z-]+):([^"]+)"')
ROLES = [role for role in Role if role is not Role.ADMIN]


@pytest.fixture
def here(scene: Cast) -> Location:
    """Another site of the same organisation, with a station that has charged."""
    here = Location.objects.create(organisation=scene.organisation, name="Kade")
    charger = make.station(here, "BE-ANT-001", now=scene.now, statuses=("Available",))
    make.session(charger, started_at=scene.now, token_uid="04A2C9E1", transaction_id="kade-1")
    return here


def limited(scene: Cast, role: Role, *sites: Location) -> User:
    person = make.user(scene.organisation, f"{role.value}-of-{len(sites)}", role)
    person.site_ids = [site.pk for site in sites]
    person.save(update_fields=["site_ids"])
    return person


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body_of(response: object) -> bytes:
    streaming = getattr(response, "streaming", False)
    return b"".join(response.streaming_content) if streaming else response.content  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", THINGS)
def test_what_stands_elsewhere_is_not_there(
    name: str, role: Role, scene: Cast, here: Location
) -> None:
    url = address(name, scene)
    for sites in ((here,), ()):
        status = client_of(limited(scene, role, *sites)).get(url).status_code
        assert status in (403, 404), (name, role, status)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_nothing_that_stands_elsewhere(
    name: str, role: Role, scene: Cast, here: Location
) -> None:
    url = address(name, scene)
    for sites in ((here,), ()):
        response = client_of(limited(scene, role, *sites)).get(url, follow=True)
        found = {match[0] for match in ELSEWHERE.finditer(body_of(response))}
        assert found == set(), (name, role, sites)


def test_what_stands_here_is_there(scene: Cast, here: Location) -> None:
    client = client_of(limited(scene, Role.SUPPORT, here))
    for name in ("stations", "sessions", "sessions-export"):
        response = client.get(reverse(f"dashboard:{name}"))
        assert b"BE-ANT-001" in body_of(response), name
    for tab in TABS:
        assert client.get("/stations/BE-ANT-001/", {"tab": tab.key}).status_code == 200


def test_who_sees_both_sites_sees_what_everybody_sees(scene: Cast, here: Location) -> None:
    both = client_of(limited(scene, Role.SUPPORT, here, scene.location))
    everybody = client_of(scene.support)
    for name in ("stations", "sessions", "attempts", "cases", "commands", "messages"):
        url = reverse(f"dashboard:{name}")
        names = [set(re.findall(rb"NL-[A-Z]+-\d+", body_of(c.get(url)))) for c in (both, everybody)]
        assert names[0] == names[1] != set(), name


@pytest.mark.parametrize("name", sorted(screen.name for screen in SCREENS.values()))
def test_no_command_reaches_a_station_elsewhere(name: str, scene: Cast, here: Location) -> None:
    person = limited(scene, Role.OPERATOR, here)
    url = reverse("dashboard:action", args=[scene.extras["busy"].identity, name])
    before = CommandRow.objects.count()
    assert client_of(person).post(url, {}).status_code in (403, 404)
    assert CommandRow.objects.count() == before


def test_nobody_who_is_limited_changes_what_is_for_all_sites(scene: Cast, here: Location) -> None:
    client = client_of(limited(scene, Role.OPERATOR, here))
    for name in ("onboarding", "onboarding-add", "token-add", "token-rules", "root-add", "rules"):
        assert client.get(address(name, scene)).status_code == 403, name
    assert client_of(limited(scene, Role.FINANCE)).get("/tariffs/add/").status_code == 403


def test_a_station_is_added_and_moved_among_ones_own_sites_only(
    scene: Cast, here: Location
) -> None:
    client = client_of(limited(scene, Role.OPERATOR, here))
    given = {"identity": "BE-ANT-002", "location": scene.location.pk}
    assert client.post("/add-station/", given).status_code == 422
    assert client.post("/add-station/", given | {"location": ""}).status_code in (302, 422)
    added = client.post("/add-station/", given | {"identity": "BE-3", "location": here.pk})
    assert added.status_code == 302
    mine = Station.objects.filter(identity__startswith="BE-")
    assert set(mine.values_list("location", flat=True)) == {here.pk}


def test_search_finds_what_stands_here(scene: Cast, here: Location) -> None:
    client = client_of(limited(scene, Role.SUPPORT, here))
    elsewhere = Session.objects.exclude(station__location=here).first()
    for wanted in ("NL-RTM-003", "Blaak", str(elsewhere.pk), elsewhere.transaction_id, "04A2C9E1"):
        page = body_of(client.get("/search/", {"q": wanted}, follow=True))
        page = page.replace(wanted.encode(), b"")
        assert not ELSEWHERE.search(page), wanted


def test_no_socket_tells_of_what_stands_elsewhere(scene: Cast, here: Location) -> None:
    """Every fragment of every page that an administrator sees, asked for by name."""
    admin, person = client_of(scene.admin), limited(scene, Role.OPERATOR, here)
    shown = {address(name, scene) for name in PAGES}
    busy = reverse("dashboard:station", args=[scene.extras["busy"].identity])
    shown |= {f"{busy}?tab={tab.key}" for tab in TABS}
    live = {match for url in shown for match in LIVE.findall(body_of(admin.get(url)).decode())}
    assert len({name for name, _ in live}) > 10
    for name, key in sorted(live):
        told = [render(name, it, person) for it in load(person, name, [key])]
        assert not ELSEWHERE.search("".join(told).encode()), (name, key)
