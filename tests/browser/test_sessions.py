"""The page of a session in a real Chromium: in any look, and every link of its evidence leads."""

import pytest
from asgiref.sync import sync_to_async

from apps.stations.models import Station
from tests import factories as make
from tests.browser.chromium import open_page
from tests.browser.test_pages import findings_on, log_in
from tests.factories import Cast
from tests.telling.shown import sessions_to_look_at
from tests.throwaway import Platform

pytestmark = pytest.mark.browser


async def test_sessions_of_all_kinds_are_clean_and_their_evidence_is_there(
    transactional_db: None, server: Platform
) -> None:
    cast: Cast = await sync_to_async(make.cast)()
    sessions = await sync_to_async(sessions_to_look_at)(cast)
    async with open_page(server.url) as (page, errors):
        await log_in(page, cast.admin)
        for name, session in sessions.items():
            found = await findings_on(page, f"session-{name}", f"/sessions/{session.pk}/")
            assert found == [], name
            hrefs = await page.eval_on_selector_all(
                ".evidence a", "links => links.map((link) => link.getAttribute('href'))"
            )
            assert hrefs, name
            for href in hrefs:
                if href.startswith("#"):
                    assert await page.locator(href).count() == 1, (name, href)
                else:
                    assert (await page.request.get(href)).ok, (name, href)
        assert errors == []
    await sync_to_async(Station.objects.update)(is_connected=False)
