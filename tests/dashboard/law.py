"""The law of live pages: a stale page, brought up to date by what was announced, is the fresh one.

``obey`` opens a page, lets something happen, renders again only the fragments whose topics were
announced, puts them in, and compares the result with the page opened anew.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.dashboard import fragments
from apps.live import announce

_LIVE = re.compile(r'data-live="([^"]+)"')
_TIME = re.compile(r"<time[^>]*data-ago>[^<]*</time>")


def obey(
    client: Client,
    actor: User,
    url: str,
    happen: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
    run_commits: Callable[..., object],
) -> set[str]:
    """The names of the fragments that changed; fails where the fresh page says otherwise."""
    now = timezone.now()  # durations that run are not what is compared
    monkeypatch.setattr(timezone, "now", lambda: now)
    stale = _fragments(client.get(url).content.decode(), actor)
    announced: set[str] = set()
    monkeypatch.setattr(announce.board, "add", lambda _, topics: announced.update(topics))
    with run_commits(execute=True):
        happen()
    brought = {name: _rendered(name, _load(name, actor), actor) if topics & announced else html
               for name, (html, topics) in stale.items()}  # fmt: skip
    fresh = {name: html for name, (html, _) in _fragments(_page(client, url), actor).items()}
    assert brought.keys() & fresh.keys()
    for name in brought.keys() & fresh.keys():
        assert _timeless(brought[name]) == _timeless(fresh[name]), name
    return {name for name, (html, _) in stale.items() if brought[name] != html}


def _page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def _fragments(page: str, actor: User) -> dict[str, tuple[str, frozenset[str]]]:
    """Every live fragment of the page as it is in the page, with its topics."""
    found = {}
    for name in _LIVE.findall(page):
        it = _load(name, actor)
        html = _rendered(name, it, actor)
        assert _timeless(html) in _timeless(page), f"{name} is not in the page as the socket has it"
        found[name] = (html, it.topics)
    return found


def _rendered(name: str, it: Any, actor: User) -> str:
    return fragments.render(name.partition(":")[0], it, actor)


def _load(name: str, actor: User):  # type: ignore[no-untyped-def]
    fragment, _, key = name.partition(":")
    (it,) = fragments.load(actor, fragment, [key])
    return it


def _timeless(html: str) -> str:
    return _TIME.sub("<time>", html)
