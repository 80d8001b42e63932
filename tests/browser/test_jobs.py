"""Many stations at once, in a browser: all that match, reviewed, run, stopped and retried."""

import csv
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from playwright.async_api import Page, expect

from apps.commands.models import CommandRow, State
from apps.jobs.services import go_on
from tests.browser.chromium import open_page
from tests.browser.test_pages import is_live, log_in, scene  # noqa: F401 - a fixture
from tests.factories import Cast
from tests.throwaway import Platform

pytestmark = pytest.mark.browser
PATIENCE_MS = 20_000


async def choose(page: Page, what: str) -> None:
    await page.locator("#what").select_option(label=what)
    await page.get_by_role("button", name="Review").click()


async def beat() -> None:
    """The clock's."""
    await sync_to_async(lambda: go_on(now=timezone.now()))()


def answer(state: str, **of: str) -> int:
    mine = CommandRow.objects.filter(state=State.QUEUED, reason__endswith=": Data SIM", **of)
    return mine.update(state=state)


async def pick(page: Page) -> None:
    """Some by hand, which another filter clears; then all that match it."""
    await page.goto("/stations/?q=NL-EIN")
    note = page.locator("[data-bulk-count]")
    await page.get_by_label("Choose NL-EIN-001").check()
    await expect(note).to_have_text("1 chosen")
    await page.get_by_label("Choose NL-EIN-003").click(modifiers=["Shift"])
    await expect(note).to_have_text("3 chosen")
    await page.locator("#q").fill("NL-E")
    await expect(note).to_have_text("The list has changed: your selection was cleared")
    await page.get_by_label("All 3 that match").check()
    await expect(note).to_have_text("All 3 that match chosen")


async def fill_in(page: Page) -> None:
    await choose(page, "Change a variable…")
    for label, text in (
        ("Variable or key", "HeartbeatInterval"), ("Value", "60"), ("Reason", "Data SIM"),
        ("At once", "2"),
    ):  # fmt: skip
        await page.get_by_label(label).fill(text)
    await page.get_by_role("button", name="Review").click()


async def shows(page: Page, part: str) -> None:
    await expect(page.get_by_role("link", name=part)).to_be_visible(timeout=PATIENCE_MS)


async def test_all_that_match_are_reviewed_run_stopped_and_retried(
    scene: Cast,  # noqa: F811
    server: Platform,
    tmp_path: Path,
) -> None:
    async with open_page(server.url) as (page, errors):
        await log_in(page, scene.operator)
        await pick(page)
        await fill_in(page)
        await expect(page.get_by_text("3 of 3 stations")).to_be_visible()
        await page.get_by_label("Type 3, the number of stations").fill("3")
        await page.get_by_role("button", name="3 stations").click()
        await is_live(page)
        await beat()
        await shows(page, "Under way 2")
        assert await sync_to_async(answer)(State.REJECTED, identity="NL-EIN-001") == 1
        await beat()
        await shows(page, "Failed 1")
        await page.get_by_role("button", name="Stop").click()
        await shows(page, "Not told 2")
        await page.get_by_role("button", name="Retry 3 that failed").click()
        await is_live(page)
        await beat()
        await shows(page, "Under way 2")
        async with page.expect_download() as caught:
            await page.get_by_role("link", name="Results as CSV").click()
        await (await caught.value).save_as(tmp_path / "job.csv")
        lines = list(csv.DictReader((tmp_path / "job.csv").read_text().splitlines()))
        assert [line["station"] for line in lines] == [f"NL-EIN-00{n}" for n in (1, 2, 3)]
        assert errors == []


async def test_the_row_under_the_pointer_is_chosen_with_x_and_stays_so(
    scene: Cast,  # noqa: F811
    server: Platform,
) -> None:
    async with open_page(server.url) as (page, errors):
        await log_in(page, scene.operator)
        await page.goto("/stations/?q=NL-EIN")
        await page.get_by_role("link", name="NL-EIN-002", exact=True).hover()
        await page.keyboard.press("x")
        await expect(page.get_by_label("Choose NL-EIN-002")).to_be_checked()
        await page.get_by_label("Choose all on this page").check()
        await expect(page.locator("[data-bulk-count]")).to_have_text("3 chosen")
        assert errors == []
