"""Every page in a real Chromium: both themes, both widths, no finding, no error, no JavaScript.

With SCREENSHOTS=folder a picture of each is left there.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest
from asgiref.sync import sync_to_async
from axe_playwright_python.base import AXE_SCRIPT
from django.db import transaction
from django.utils import timezone
from playwright.async_api import BrowserContext, Page, expect

from apps.accounts.models import User
from apps.commands.models import CommandRow
from apps.dashboard.tabs import TABS
from apps.journal.models import Message
from apps.live.announce import announce
from apps.stations.models import Connector, Station, Variable
from tests.browser.chromium import open_page
from tests.certificates.records import install, issue
from tests.dashboard.test_access import PAGES, address
from tests.factories import PASSWORD, Cast
from tests.onboarding.records import on_the_way
from tests.scene import scene as make_scene
from tests.servers import server_environment
from tests.throwaway import Platform, free_port, platform

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# What depends on the room that there is; names and contrasts are the same in a narrow window.
RULES_OF_ROOM = ["target-size", "scrollable-region-focusable", "meta-viewport"]
# Each rule where it can find something of its own: a theme changes colours and nothing else.
ASKED = {
    "light-1440": ("tag", RULES),
    "dark-1440": ("rule", ["color-contrast", "link-in-text-block"]),
    "light-390": ("rule", RULES_OF_ROOM),
}
# What is a part of another page, or a file.
PARTS = {
    "outside", "messages-tail", "sessions-new", "sessions-export", "audit-export", "upload",
    "job-results",
}  # fmt: skip
OF_A_TALKER = {"activity", "messages", "sessions", "maintenance"}
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (
    ("light", 1440), ("dark", 1440), ("dark", 390), ("light", 390),
)  # fmt: skip
SHARES = 4
IS_SHOWN_IN = "(theme) => document.documentElement.dataset.bsTheme === theme"


@pytest.fixture
async def scene(server: Platform) -> Cast:
    return await sync_to_async(_make_scene)()


def _make_scene() -> Cast:
    made = make_scene()
    station = Station.objects.get(identity="NL-RTM-003")
    issue(station)
    issue(station, revoked_at=timezone.now(), revoked_because="stolen")
    install(station)
    on_the_way(made)
    return made


def pk_of(name: str) -> int:
    return int(Variable.objects.get(variable=name).pk)


def forms() -> dict[str, str]:
    """Where commands are given and things are decided."""
    change = "/stations/NL-RTM-003/actions/set_variables/?of="
    return {
        "set-list": f"{change}{pk_of('FileTransferProtocols')}",
        "set-number": f"{change}{pk_of('MessageTimeout/Default')}",
        "set-monitor": "/stations/NL-RTM-003/actions/set_monitors/",
        "get-report": "/stations/NL-RTM-003/actions/get_report/",
        "ask-customer": "/stations/NL-RTM-003/actions/customer_information/",
        "firmware": "/stations/NL-RTM-004/actions/update_firmware/",
        "publish": "/stations/NL-RTM-004/actions/publish_firmware/",
        "transfer": "/stations/NL-RTM-004/actions/data_transfer/",
        "show-message": "/stations/NL-RTM-003/actions/set_display_message/",
        "reserve": "/stations/NL-RTM-003/actions/reserve_now/?evse_id=1",
        "action": "/stations/NL-RTM-003/actions/reset/?mode=immediate",
        "raw": "/stations/NL-RTM-003/actions/raw_call/?action=SetVariableMonitoring",
        "install-root": "/stations/NL-RTM-003/actions/install_certificate/",
        "accept": "/stations/NL-NEW-004/onboarding/accept/",
    }  # fmt: skip


def addresses(scene: Cast) -> dict[str, str]:
    """Every page and every tab, and what more there is to see of some."""
    ended, running = scene.extras["ended"], scene.extras["running"]
    command = CommandRow.objects.filter(name="reset").latest("pk")
    message = Message.objects.filter(session_id=ended.pk).latest("pk")
    return (
        {name: address(name, scene) for name in sorted(PAGES.keys() - PARTS)}
        | {f"tab-{tab.key}": _tab(tab.key) for tab in TABS}
        | {
            "faulted": "/stations/NL-AMS-014/", "offline": "/stations/NL-AMS-021/",
            "never": "/stations/NL-NEW-002/",
            "monitoring-none": "/stations/NL-UTR-011/?tab=monitoring",
            "display-16": "/stations/NL-UTR-011/?tab=display",
            "running": f"/sessions/{running.pk}/", "none": "/sessions/?q=nothing",
            "onboarding-setting": "/onboarding/add/setting/",
            "setup": "/stations/NL-NEW-003/", "held": "/stations/NL-NEW-004/",
            "message-of-a-session": f"/messages/{message.pk}/",
            "command-of-a-person": f"/commands/{command.pk}/",
            "found": "/search/?q=NL",
            "job-review": f"/jobs/{scene.extras['draft'].pk}/",
        }
        | forms()
    )  # fmt: skip


def _tab(key: str) -> str:
    """On the station that has most to show there."""
    of = "NL-RTM-004" if key in OF_A_TALKER else "NL-RTM-003"
    return f"/stations/{of}/?tab={key}"


async def log_in(page: Page, user: User) -> None:
    await page.goto("/login/")
    await page.fill("#id_username", user.username)
    await page.fill("#id_password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"^(?!.*/login/)"))


async def is_live(page: Page) -> None:
    await expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=10_000)


@pytest.mark.parametrize("share", range(SHARES))
async def test_every_page_is_clean_for_eyes_keys_and_readers(
    share: int, scene: Cast, server: Platform
) -> None:
    """Each page is opened once, and follows the system's theme and the window's width."""
    pages = await sync_to_async(addresses)(scene)
    async with open_page(server.url) as (page, errors):
        await log_in(page, scene.admin)
        findings = {
            name: found
            for name, url in sorted(pages.items())[share::SHARES]
            if (found := await findings_on(page, name, url))
        }
        assert findings == {}
        assert errors == []


async def findings_on(page: Page, name: str, url: str) -> list[str]:
    """What is wrong with a page in any of its looks."""
    response = await page.goto(url)
    await is_live(page)
    await page.evaluate(AXE_SCRIPT)
    found = [] if response is not None and response.ok else [f"status of {url}"]
    for theme, width in LOOKS:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 900})
        await page.wait_for_function(IS_SHOWN_IN, arg=theme)
        look = f"{theme}-{width}"
        found += [f"{look}: {what}" for what in await _found(page, *ASKED.get(look, ()))]
        if folder := os.environ.get("SCREENSHOTS"):
            await page.screenshot(path=Path(folder) / f"{name}-{look}.png", full_page=True)
    return found


async def _found(page: Page, kind: str = "", rules: Sequence[str] = ()) -> list[str]:
    found = []
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    if rules:
        options = {"runOnly": {"type": kind, "values": rules}, "resultTypes": ["violations"]}
        result = await page.evaluate("(options) => axe.run(document, options)", options)
        found += [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in result["violations"]]
    return found


async def test_the_keys_open_search_help_and_pages(scene: Cast, server: Platform) -> None:
    async with open_page(server.url) as (page, errors):
        await log_in(page, scene.support)
        await page.keyboard.press("/")
        await expect(page.locator("#search")).to_be_focused()
        await page.keyboard.press("Escape")
        await page.locator("#main").focus()
        await page.keyboard.press("?")
        await expect(page.get_by_role("heading", name="Help and keys")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("t")
        await expect(page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
        assert errors == []


async def test_an_update_leaves_focus_and_what_is_being_typed_alone(
    scene: Cast, server: Platform
) -> None:
    async with open_page(server.url) as (page, errors):
        await log_in(page, scene.operator)
        await page.goto("/stations/NL-RTM-003/")
        await is_live(page)
        await page.get_by_role("link", name="Stop", exact=True).first.click()
        reason = page.get_by_role("dialog").get_by_label("Reason")
        await reason.fill("The driver as")
        await sync_to_async(_fault)(scene)
        await expect(page.locator(".evse").first).to_contain_text("Faulted", timeout=20_000)
        await expect(reason).to_be_focused()
        assert await reason.input_value() == "The driver as"
        assert errors == []


async def test_a_lost_server_is_said_and_what_was_missed_is_shown(scene: Cast, state: Path) -> None:
    port, env = free_port(), server_environment()
    async with open_page(f"http://127.0.0.1:{port}") as (page, _):
        with platform(state, port, **env) as second:
            await log_in(page, scene.operator)
            await page.goto("/stations/")
            await is_live(page)
            second.kill()
            await expect(page.locator("#live")).to_contain_text("Reconnecting", timeout=10_000)
        await sync_to_async(_fault)(scene)
        row = page.locator("tr", has_text="NL-RTM-003")
        await expect(row).to_contain_text("Charging")
        with platform(state, port, **env):
            await is_live(page)
            await expect(row).to_contain_text("Faulted", timeout=10_000)


def _fault(scene: Cast) -> None:
    station = scene.extras["busy"]
    with transaction.atomic():
        Connector.objects.filter(station=station).update(status="Faulted")
        announce(station.organisation_id, f"station:{station.pk}", "stations")


async def test_lists_filters_details_and_commands_work_without_javascript(
    scene: Cast, server: Platform
) -> None:
    async with open_page(server.url) as (first, _):
        assert first.context.browser is not None
        context: BrowserContext = await first.context.browser.new_context(
            base_url=server.url, java_script_enabled=False
        )
        page = await context.new_page()
        await log_in(page, scene.operator)
        await page.goto("/stations/")
        await page.locator("select[name=state]").select_option("faulted")
        await page.get_by_role("button", name="Apply").click()
        await expect(page.locator("tbody tr[data-live]")).to_have_count(1)
        await page.get_by_role("link", name="NL-AMS-014").click()
        await page.get_by_role("link", name="Unlock").first.click()
        await page.get_by_role("button", name="Unlock the cable").click()
        await expect(page.get_by_role("heading", name="Unlock connector")).to_be_visible()
        await context.close()
