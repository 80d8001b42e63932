"""The edge of everything that is typed or ticked can be seen (WCAG 1.4.11): 3:1 and more."""

import pytest
from asgiref.sync import sync_to_async

from tests.browser.chromium import open_page
from tests.browser.test_pages import log_in
from tests.scene import scene as make_scene
from tests.throwaway import Platform

pytestmark = pytest.mark.browser

PAGES = (
    "/stations/", "/sessions/", "/messages/", "/tokens/", "/tokens/add/", "/tokens/rules/",
    "/onboarding/", "/tariffs/add/", "/stations/NL-RTM-003/actions/set_charging_profile/",
    "/stations/NL-RTM-003/actions/set_monitors/",
)  # fmt: skip
LEAST = 3.0
FAINT = """(least) => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const seen = channels(getComputedStyle(at).backgroundColor);
      if ((seen[3] ?? 1) === 1) return seen;
    }
    return [255, 255, 255];
  };
  const ratio = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const fields = document.querySelectorAll("input:not([type=hidden]), select, textarea");
  const found = [];
  for (const field of fields) {
    if (!field.checkVisibility()) continue;
    const edge = field.closest(".pick") ?? field;
    const style = getComputedStyle(edge);
    if (edge.matches("input.checks")) continue;  // the browser's own, in its own colours
    const edgeColour = channels(style.borderTopColor);
    const seen = (edgeColour[3] ?? 1) < 1 ? 1 : ratio(edgeColour, behind(edge.parentElement));
    if (seen < least || style.borderTopStyle === "none") {
      found.push(`${field.name || field.id || field.className}: ${seen.toFixed(2)}`);
    }
  }
  return [fields.length, found];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_edge_of_every_field_can_be_seen(theme: str, server: Platform) -> None:
    scene = await sync_to_async(make_scene)()
    async with open_page(server.url) as (page, _):
        cookie = {"name": "theme", "value": theme, "url": server.url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await log_in(page, scene.admin)
        faint, looked_at = {}, 0
        for url in PAGES:
            await page.goto(url)
            count, found = await page.evaluate(FAINT, LEAST)
            looked_at += count
            if found:
                faint[url] = found
        assert faint == {}
        assert looked_at > 50
