"""No page offers what its reader may not follow, and none tells what the role does not see."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import resolve

from apps.accounts.roles import MATRIX, Permission, Role
from apps.dashboard.tabs import TABS
from tests.dashboard.conftest import LogIn
from tests.dashboard.test_access import ALL, PAGES, address
from tests.factories import Cast

LINK = re.compile(r'(?:href|hx-get|data-tail-url|data-renew)="(/[^"#]*)')
FORM = re.compile(r'<form[^>]*action="(/[^"#]*)"')
NO_FURTHER = {"upload", "sessions-export", "audit-export", "job-results"}


def pages(scene: Cast, role: str) -> list[str]:
    station = scene.extras["busy"].identity
    tabs = [
        f"/stations/{station}/?tab={tab.key}" for tab in TABS if tab.needs in MATRIX[Role(role)]
    ]
    walked = [name for name, (allowed, _) in PAGES.items() if role in allowed]
    own = [address(name, scene) for name in walked if name not in NO_FURTHER]
    return own + (tabs if role in PAGES["station"][0] else [])


def refused(client: Client, role: str, page: str) -> set[str]:
    """Links and forms of ``page`` that would be answered 403."""
    text = client.get(page).content.decode(errors="replace")
    offered = {unescape(one) for one in LINK.findall(text) + FORM.findall(text)}
    names = {
        link: resolve(link.partition("?")[0]).url_name
        for link in offered
        if not link.startswith("/static/")
    }
    return {link for link, name in names.items() if role not in PAGES.get(name, (ALL, 0))[0]}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_what_a_page_offers_its_reader_may_follow(role: str, scene: Cast, log_in: LogIn) -> None:
    client = log_in(role)
    dead = {page: found for page in pages(scene, role) if (found := refused(client, role, page))}
    assert dead == {}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_money_is_told_to_those_who_may_see_it(role: str, scene: Cast, log_in: LogIn) -> None:
    client, sees = log_in(role), Permission.SEE_MONEY in MATRIX[Role(role)]
    told = {
        page
        for page in ("/", "/sessions/", address("session", scene))
        if re.search("€|EUR|no tariff", client.get(page).content.decode())
    }
    assert bool(told) == sees
