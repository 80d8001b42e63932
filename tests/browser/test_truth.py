"""What only a browser can show: what is drawn, and what goes away by itself."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone
from playwright.async_api import expect

from apps.domain.profiles import MAX, ChargingProfile, ChargingSchedule, Period
from apps.live.announce import announce
from apps.power import services
from apps.stations.models import Station
from tests.browser.chromium import open_page
from tests.browser.test_pages import is_live, log_in, scene  # noqa: F401 - a fixture
from tests.factories import Cast
from tests.throwaway import Platform

pytestmark = pytest.mark.browser

INKED = """() => {
  const canvas = document.querySelector("[data-limits] canvas");
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--chart-power").trim();
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(ink.slice(i, i + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] > 200) count += 1;
  }
  return count;
}"""


def limited_for_two_hours(station: Station) -> None:
    now = timezone.now()
    schedule = ChargingSchedule("W", (Period(0, 11_000.0),), now - timedelta(hours=1), 3 * 3600)
    services.keep(station, 0, ChargingProfile(0, MAX, "Absolute", (schedule,), id=1), 0, now)


async def test_a_limit_that_ends_is_drawn_until_it_ends(
    scene: Cast,  # noqa: F811
    server: Platform,
) -> None:
    await sync_to_async(limited_for_two_hours)(scene.extras["quiet"])
    async with open_page(server.url) as (page, errors):
        await log_in(page, scene.admin)
        await page.goto(f"/stations/{scene.extras['quiet'].identity}/?tab=power")
        await expect(page.locator("[data-limits] canvas")).to_be_visible()
        assert await page.evaluate(INKED) > 50
        assert errors == []


def comes(station: Station) -> None:
    now = timezone.now()
    with transaction.atomic():
        Station.objects.filter(pk=station.pk).update(
            is_connected=True, connection_changed_at=now, last_seen_at=now
        )
        announce(station.organisation_id, "stations", f"station:{station.pk}")


async def test_never_connected_goes_away_when_the_charger_connects(
    scene: Cast,  # noqa: F811
    server: Platform,
) -> None:
    never = scene.extras["never"]
    async with open_page(server.url) as (page, _):
        await log_in(page, scene.admin)
        await page.goto(f"/stations/{never.identity}/")
        await is_live(page)
        words = page.get_by_text("This charger has never connected.")
        await expect(words).to_be_visible()
        await sync_to_async(comes)(never)
        await expect(words).to_be_hidden(timeout=25_000)
        await expect(page.locator(".clocks")).to_contain_text("Online")
