"""Somebody is invited, comes in and proves himself twice; a key from its making to its end."""

import json
import re
import urllib.error
import urllib.request
from datetime import timedelta

import pyotp
import pytest
from asgiref.sync import sync_to_async
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from playwright.async_api import Page, expect

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from tests.browser.chromium import open_page
from tests.browser.test_pages import RULES
from tests.factories import PASSWORD
from tests.servers import rows
from tests.throwaway import Platform

pytestmark = pytest.mark.browser

OWN = "a password of my own"
OF_DOORS = {"type": "tag", "values": RULES}


@pytest.fixture
async def admin(network: Organisation) -> User:
    def make() -> User:
        return User.objects.create_user(
            "anna", password=PASSWORD, organisation=network, role=Role.ADMIN
        )

    return await rows(make)


async def log_in(page: Page, name: str, password: str) -> None:
    await page.goto("/login/")
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Log in").click()


async def is_clean(page: Page) -> None:
    """What no walk over the pages opens: doors, and pages that are shown once."""
    await page.evaluate(AXE_SCRIPT)
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        await page.wait_for_function(
            "(theme) => document.documentElement.dataset.bsTheme === theme", arg=theme
        )
        found = await page.evaluate("(o) => axe.run(document, {runOnly: o})", OF_DOORS)
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


async def test_somebody_is_invited_chooses_a_password_and_turns_on_a_second_factor(
    server: Platform, admin: User
) -> None:
    async with open_page(server.url) as (page, errors):
        await log_in(page, "anna", PASSWORD)
        link = await _invite(page)
        await page.get_by_role("button", name="Log out").click()
        await _come_in(page, link)
        app, recovery = await _turn_on(page)
        await page.get_by_role("button", name="Log out").click()
        await log_in(page, "ivy", OWN)
        await is_clean(page)
        later = app.at(timezone.now() + timedelta(seconds=30))  # this step's was used already
        await page.get_by_label("Code", exact=True).fill(later)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
        await expect(page.get_by_role("link", name="People")).to_have_count(0)
        await page.get_by_role("button", name="Log out").click()
        await log_in(page, "ivy", OWN)
        await page.get_by_label("Code", exact=True).fill(recovery)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
        assert errors == []


async def _invite(page: Page) -> str:
    await page.get_by_role("link", name="People").click()
    await page.get_by_role("link", name="Invite somebody").click()
    await page.get_by_label("E-mail").fill("ivy@example.com")
    await page.get_by_label("Role").select_option("operator")
    await page.get_by_role("button", name="Invite").click()
    await expect(page.get_by_text("no mail server is set")).to_be_visible()
    await is_clean(page)
    return await page.locator("#secret").inner_text()


async def _come_in(page: Page, link: str) -> None:
    await page.goto(link)
    await expect(page.get_by_text("as operator")).to_be_visible()
    await is_clean(page)
    await page.get_by_label("Name to log in with").fill("ivy")
    await page.get_by_label("New password").fill(OWN)
    await page.get_by_label("The same again").fill(OWN)
    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("heading", name="Your profile")).to_be_visible()


async def _turn_on(page: Page) -> tuple[pyotp.TOTP, str]:
    await page.get_by_role("link", name="Turn it on").click()
    secret = (await page.locator(".secret code").inner_text()).replace(" ", "")
    app = pyotp.TOTP(secret)
    width = await page.locator(".picture img").evaluate("(image) => image.naturalWidth")
    assert width > 100, "the picture is drawn"
    await page.get_by_label("Code that the app shows").fill(app.now())
    await page.get_by_label("Your password").fill(OWN)
    await page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".codes code")
    await expect(codes).to_have_count(10)
    await is_clean(page)
    return app, await codes.first.inner_text()


async def test_a_role_that_changes_opens_the_page_anew(server: Platform, admin: User) -> None:
    from apps.accounts.people import change_person, deactivate

    def make() -> User:
        return User.objects.create_user(
            "ole", password=PASSWORD, organisation=admin.organisation, role=Role.OPERATOR
        )

    ole = await rows(make)
    async with open_page(server.url) as (page, _):
        await log_in(page, "ole", PASSWORD)
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        await expect(page.get_by_role("link", name="Onboarding")).to_be_visible()
        await rows(lambda: change_person(ole, actor=admin, role="viewer"))
        await expect(page.get_by_role("link", name="Onboarding")).to_have_count(0, timeout=20_000)
        await rows(lambda: deactivate(ole, actor=admin))
        await expect(page.locator("#live")).to_contain_text("Logged out", timeout=20_000)


async def test_a_key_is_made_used_rotated_and_revoked(server: Platform, admin: User) -> None:
    def called(secret: str) -> int:
        request = urllib.request.Request(f"{server.url}/api/v1/stations/")
        request.add_header("Authorization", f"Bearer {secret}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(json.load(answer)["results"] == []) and int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code)

    call = sync_to_async(called, thread_sensitive=False)
    async with open_page(server.url) as (page, errors):
        await log_in(page, "anna", PASSWORD)
        await page.get_by_role("link", name="API keys").click()
        await page.get_by_role("link", name="Create a key").click()
        await page.get_by_label("Name").fill("Wall")
        await page.get_by_role("button", name="Create").click()
        first = await page.locator("#secret").inner_text()
        assert await call(first) == 200
        await is_clean(page)
        soon = f"{timezone.now() + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}"
        await page.get_by_label("The secret until now works until").fill(soon)
        await page.get_by_role("button", name="Make a new secret").click()
        await expect(page.get_by_text("The secret before this one works until")).to_be_visible()
        second = await page.locator("#secret").inner_text()
        assert [await call(first), await call(second)] == [200, 200]
        await page.get_by_role("button", name="Make a new secret").click()
        await expect(page.locator("#secret")).not_to_have_text(second)
        third = await page.locator("#secret").inner_text()
        assert [await call(one) for one in (first, second, third)] == [401, 401, 200]
        await page.get_by_role("button", name="Revoke the key").click()
        await expect(page.get_by_role("row", name=re.compile("Wall"))).to_contain_text("Revoked")
        assert await call(third) == 401
        assert errors == []
