"""Names as long as they may be, and cards longer than that: no page is wider than its window, and
no list hides its last columns behind a narrow one.
"""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from playwright.async_api import expect

from apps.incidents.models import Incident
from apps.incidents.services import keep_incidents
from apps.live.announce import announce
from apps.sessions.models import Sample
from apps.stations.models import Location, Station
from tests import factories as make
from tests.browser.chromium import open_page
from tests.browser.test_pages import findings_on, is_live, log_in
from tests.factories import Cast
from tests.telling.box import Box16, at
from tests.throwaway import Platform

pytestmark = pytest.mark.browser

LONGEST = "NL-ROTTERDAM-BLAAK-PARKING-LEVEL-2-CHARGER-0017X"
CARD = "A" * 500
SITE = "Parkeergarage Rotterdamseschouwburgplein Noordwestzijde"
HIDDEN = """() => [...document.querySelectorAll('.table-panel')]
  .filter((panel) => panel.scrollWidth > panel.clientWidth).map((panel) => panel.scrollWidth)"""


def _made() -> tuple[Cast, dict[str, str]]:
    cast = make.cast()
    now = timezone.now()
    make.tariff(cast.organisation, at(0))
    make.token(cast.organisation, "AB12")
    box = Box16(cast)
    box.asks(CARD, at(-60))
    transaction = box.charges(card=CARD)
    box.ends(transaction, reason="Local", idTag="AB12")
    Location.objects.filter(pk=cast.location.pk).update(name=SITE)
    Station.objects.filter(pk=box.session.station_id).update(identity=LONGEST)
    station = Station.objects.get(identity=LONGEST)
    ended = make.session(
        station, started_at=now - timedelta(hours=2), token_uid="DE-ABC-C12345678-WITH-MORE-OF-IT",
        price_incl_vat=14, price_excl_vat=12, stop_reason="EVDisconnected",
    )  # fmt: skip
    for tenth in range(3):
        Sample.objects.create(
            session_id=ended.pk, at=ended.started_at.replace(microsecond=tenth * 100_000),
            context="Sample.Periodic", register_wh=18_204_116.0 + tenth, power_w=11_000.0,
        )  # fmt: skip
    for kind in ("offline", "whose", "doubted_readings"):
        make.case(station, kind, at=now, session=None if kind == "offline" else ended)
    make.attempt(station, "CAFE" * 9, "Unknown", at=now)
    make.refusal("X" * 48, at=now)
    make.refusal(
        "NL-" + "Y" * 45, at=now, reason="wrong_address", detail="It asks for /" + "y" * 120
    )
    keep_incidents(now=now)
    incident = Incident.objects.filter(cause="identity").get()
    return cast, {
        "told": f"/sessions/{box.session.pk}/", "ended": f"/sessions/{ended.pk}/",
        "incident": f"/incidents/{incident.pk}/", "incidents": "/incidents/", "cases": "/cases/",
        "sessions": "/sessions/", "stations": "/stations/", "attempts": "/attempts/",
        "station": f"/stations/{LONGEST}/", "overview": "/",
        "runbook": f"/runbooks/{incident.runbook}/", "found": "/search/?q=NL",
    }  # fmt: skip


async def test_long_names_leave_every_column_in_sight(
    transactional_db: None, server: Platform
) -> None:
    cast, pages = await sync_to_async(_made)()
    async with open_page(server.url) as (page, errors):
        await log_in(page, cast.admin)
        found = {}
        for name, url in pages.items():
            found[name] = await findings_on(page, f"long-{name}", url)
            await page.set_viewport_size({"width": 1440, "height": 900})
            found[name] += await page.evaluate(HIDDEN)
            primary = await page.locator("#main .btn-primary:visible").count()
            found[name] += ["several primary buttons"] if primary > 1 else []
        assert {name: what for name, what in found.items() if what} == {}
        assert errors == []
    await sync_to_async(Station.objects.update)(is_connected=False)


async def test_samples_of_one_second_are_no_trouble_to_an_update(
    transactional_db: None, server: Platform
) -> None:
    cast, pages = await sync_to_async(_made)()
    async with open_page(server.url) as (page, errors):
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        await log_in(page, cast.admin)
        await page.goto(pages["ended"])
        await is_live(page)
        assert await page.locator("tr[id^=sample-]").count() == 1
        await sync_to_async(_one_more)(cast, int(pages["ended"].split("/")[2]))
        await expect(page.locator(".samples tbody tr")).to_have_count(4, timeout=20_000)
        assert [text for text in said if "duplicate" in text] == []
        assert errors == []
    await sync_to_async(Station.objects.update)(is_connected=False)


def _one_more(cast: Cast, session_id: int) -> None:
    first = Sample.objects.filter(session_id=session_id).order_by("at").first()
    assert first is not None
    Sample.objects.create(
        session_id=session_id, at=first.at + timedelta(seconds=60), context="Sample.Periodic",
        register_wh=18_204_200.0, power_w=11_000.0,
    )  # fmt: skip
    announce(cast.organisation.pk, f"session:{session_id}", "sessions")
