"""The Power tab in a real Chromium."""

import pytest
from asgiref.sync import sync_to_async
from playwright.async_api import expect

from tests.browser.chromium import open_page
from tests.browser.test_pages import findings_on, log_in, scene  # noqa: F401 - a fixture
from tests.factories import Cast
from tests.power.scene import limited
from tests.throwaway import Platform

pytestmark = pytest.mark.browser


async def test_the_power_tab_is_clean_and_draws_its_limits(
    scene: Cast,  # noqa: F811
    server: Platform,
) -> None:
    station = await sync_to_async(limited)(scene)
    async with open_page(server.url) as (page, errors):
        await log_in(page, scene.admin)
        tab, form = f"/stations/{station.identity}/?tab=power", "actions/set_charging_profile/"
        form, plan = f"/stations/{station.identity}/{form}", f"/stations/{station.identity}/plan/"
        for name, url in (("power-form", form), ("power-plan", plan), ("power", tab)):
            assert await findings_on(page, name, url) == []
        await expect(page.locator("[data-limits] canvas")).to_be_visible()
        assert errors == []
