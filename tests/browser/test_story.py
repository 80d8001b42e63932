"""An operator's quarter of an hour, in a real browser, with a real charger on a real socket."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.sessions.models import Session
from apps.simulator.clock import Clock
from apps.simulator.station import SimStation
from apps.simulator.v201 import SimStation201
from tests.browser.chromium import open_page
from tests.servers import Charger, eventually, rows
from tests.throwaway import Platform

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"


@pytest.fixture
async def operator(network: Organisation) -> User:
    def make() -> User:
        return User.objects.create_user(
            "olga", password=PASSWORD, organisation=network, role=Role.OPERATOR
        )

    return await rows(make)


async def test_an_operator_helps_a_driver_from_plug_to_bill(
    server: Platform,
    charger: Charger,
    network: Organisation,
    operator: User,
    card: Any,
    tariff: Any,
    past: Clock,
    tmp_path: Path,
) -> None:
    station = await charger(SimStation201, "CP1", clock=past)
    async with open_page(server.url) as (page, errors):
        await _log_in(page)
        await _see_it_appear(page, station)
        await _start(page, station)
        await _watch_the_power(page, station)
        session = await _stop(page, station)
        await _find_by_card(page, session)
        await _export(page, session, tmp_path)
        assert errors == []


async def _log_in(page: Page) -> None:
    await page.goto("/stations/")
    await page.get_by_label("Name", exact=True).fill("olga")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Stations", exact=True)).to_be_visible()


async def _see_it_appear(page: Page, station: SimStation) -> None:
    """The row is there, and becomes alive without a reload."""
    row = page.get_by_role("row", name=re.compile("CP1"))
    await expect(row).to_contain_text("never")
    await station.connect()
    await station.plug_in(1)
    await expect(row).to_contain_text("Plugged in", timeout=5_000)


async def _start(page: Page, station: SimStation) -> None:
    await page.get_by_role("link", name="CP1").click()
    await page.get_by_role("link", name="Start a session").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Token").fill("AB12")
    await dialog.get_by_role("button", name="Start a session").click()
    await station.wait_for_session()
    await expect(page.locator(".evse")).to_contain_text("Charging", timeout=10_000)
    await expect(page.locator("main")).to_contain_text("Confirmed", timeout=10_000)


async def _watch_the_power(page: Page, station: SimStation) -> None:
    """The numbers follow the meter; nothing is clicked and nothing reloaded."""
    for power_w, shown in ((7_000, "7.0"), (3_500, "3.5")):
        await station.sample(power_w=power_w, advance_s=600)
        power = page.locator(".evse .meter div", has_text="Power")
        await expect(power).to_contain_text(f"{shown} kW", timeout=5_000)


async def _stop(page: Page, station: SimStation) -> Session:
    session = station.active_sessions[0]
    await page.get_by_role("link", name="Stop", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("The driver asked for it")
    await dialog.get_by_role("button", name="Stop the session").click()
    await station.wait_for_end(session)
    await station.unplug()
    ended: Session = await eventually(
        lambda: Session.objects.filter(state="ended").first(), "the end of the session"
    )
    await expect(page.get_by_role("link", name="Start a session").first).to_be_visible(
        timeout=10_000
    )
    return ended


async def _find_by_card(page: Page, session: Session) -> None:
    await page.get_by_role("searchbox", name=re.compile("Search")).first.fill("ab12")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/sessions/.*ab12", re.IGNORECASE))
    row = page.get_by_role("row", name=re.compile(str(session.pk)))
    await expect(row).to_contain_text("CP1")
    await expect(row).to_contain_text("Ended")


async def _export(page: Page, session: Session, folder: Path) -> None:
    """The file holds what the screen shows."""
    async with page.expect_download() as started:
        await page.get_by_role("link", name=re.compile("Export CSV")).click()
    path = folder / "sessions.csv"
    await (await started.value).save_as(path)
    with path.open(newline="") as file:
        (line,) = list(csv.DictReader(file))
    row = await page.get_by_role("row", name=re.compile(str(session.pk))).inner_text()
    assert line["session_id"] == str(session.pk)
    assert f"{float(line['energy_kwh']):.3f} kWh" in row
    assert line["price_incl_vat"] in row
    assert (line["station"], line["token"], line["state"]) == ("CP1", "AB12", "ended")
    await page.get_by_text("For spreadsheets").click()
    async with page.expect_download() as sheet:
        await page.get_by_role("link", name="Semicolon, 12,5").click()
    await (await sheet.value).save_as(path)
    price = line["price_incl_vat"].replace(".", ",")
    assert f";{price};" in path.read_text(encoding="utf-8-sig")
