"""Whatever stands in an address or a form, a page answers with a status of its own."""

import inspect
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from apps.dashboard import views
from apps.dashboard.commands import SCREENS
from apps.dashboard.tabs import TABS
from apps.sessions import filters
from tests.dashboard.conftest import LogIn
from tests.dashboard.test_access import PAGES, address
from tests.factories import Cast

READ = re.compile(
    r"""(?:GET|query)\.get\("(\w+)\""""
    r"""|(?:one_of|instant|_end_of_day)\((?:request\.GET|query), "(\w+)\""""
)
OF_STATIONS = {"connection", "location", "protocol", "state", "tag", "group", "vendor"}


def read_in(*files: Path) -> set[str]:
    """What these sources take from an address."""
    found = (names for file in files for names in READ.findall(file.read_text()))
    return {name for names in found for name in names if name}


OF_TABS = {tab.key: read_in(Path(inspect.getfile(tab.gather))) for tab in TABS}
OF_VIEWS = {file.stem: read_in(file) for file in Path(views.__path__[0]).glob("*.py")}
OF_VIEWS["stations"] |= OF_STATIONS
OF_VIEWS["sessions"] |= read_in(Path(filters.__file__))
OF_VIEWS["sessions"] |= filters.NAMES
PARAMETERS = sorted(set().union(*OF_TABS.values(), *OF_VIEWS.values()))
LISTS = (
    "stations", "sessions", "sessions-export", "sessions-new", "messages", "messages-tail",
    "commands", "certificates", "tokens", "search", "cases", "incidents", "audit", "audit-export",
    "jobs",
)  # fmt: skip
FILES = ("upload", "job-results")
PAGES_OF_VIEWS = (
    ("stations", "stations"), ("sessions", "sessions"), ("messages", "messages"),
    ("messages-tail", "messages"), ("commands", "commands"), ("tokens", "tokens"),
    ("cases", "cases"), ("incidents", "incidents"), ("audit", "audit"),
)  # fmt: skip
NOT_TEXT = ("%00", "x%00y", "%ed%a0%80%ff")
ODD = (
    *NOT_TEXT, "9" * 19, "9" * 5_000, "-1", "%D9%A3%D9%A3", "1e400", "NaN", "0001-01-01",
    "9999-12-31", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00", "%01%02%1b",
    "x" * 6_000, "W10", quote("[" * 3_000), "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgMV0",
)  # fmt: skip


def test_the_walk_knows_the_parameters_of_the_pages() -> None:
    known = {"q", "state", "station", "session", "since", "after", "from", "to", "until", "tab"}
    assert known <= set(PARAMETERS)


def opened(client: Client, url: str) -> int:
    """The status; a download is read to its end."""
    response = client.get(url)
    if response.streaming:
        response.getvalue()
    return response.status_code


def filtered_pages(scene: Cast) -> list[str]:
    station = reverse("dashboard:station", args=[scene.extras["busy"].identity])
    return [
        *(f"{reverse(f'dashboard:{name}')}?" for name in LISTS),
        *(f"{station}?tab={tab.key}&" for tab in TABS if OF_TABS[tab.key]),
    ]


def forms_of(scene: Cast) -> list[str]:
    station = reverse("dashboard:station", args=[scene.extras["busy"].identity])
    pages = [address(name, scene) for name in PAGES if name not in (*LISTS, *FILES)]
    given = [screen.name for screen in SCREENS.values() if screen.form]
    return [*pages, *(f"{station}actions/{name}/" for name in given)]


@pytest.mark.parametrize("odd", ODD, ids=[text[:24] for text in ODD])
def test_no_odd_filter_breaks_a_page(odd: str, scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    for url in filtered_pages(scene):
        known = filters.NAMES if url.startswith("/sessions/") else set(PARAMETERS) - {"tab"}
        query = "&".join(f"{name}={odd}" for name in sorted(known))
        assert opened(client, url + query) in (200, 302, 400), url


def test_each_filter_alone_may_be_odd(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    for page, view in PAGES_OF_VIEWS:
        for name in OF_VIEWS[view]:
            for odd in ("9" * 5_000, "9999-12-31"):
                url = f"{reverse(f'dashboard:{page}')}?{name}={odd}"
                assert opened(client, url) in (200, 302, 400), url


@pytest.mark.parametrize("odd", ["\0", "9" * 5_000, "9999-12-31T23:59"])
def test_no_odd_form_breaks_a_page(odd: str, scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    for url in forms_of(scene):
        page = client.get(url, {"evse_id": odd, "of": odd, "session": odd})
        assert page.status_code in (200, 302, 400), url
        form = client.get(url).context.get("form")
        if form is not None:
            response = client.post(url, dict.fromkeys([*form.fields, "reason"], odd))
            assert response.status_code in (200, 302, 400, 422), url


def test_a_filter_that_no_row_can_fit_shows_no_row(scene: Cast, log_in: LogIn) -> None:
    for query in ("session=99999999999999999999", "session=abc", "command=-1", "station=nobody"):
        assert log_in("support").get(f"/messages/?{query}").context["lines"] == [], query


def test_a_query_that_is_no_text_is_refused_in_words(scene: Cast, log_in: LogIn) -> None:
    response = log_in("support").get("/sessions/?q=%00")
    assert response.status_code == 400
    assert "a character that no text can have" in response.content.decode()


def test_a_strange_address_is_not_there(scene: Cast, log_in: LogIn) -> None:
    for url in ("/stations/%00/", "/stations/a%00b/?tab=power", "/stations/%00/actions/reset/"):
        assert log_in("admin").get(url).status_code == 404
