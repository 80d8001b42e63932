"""What to do stands in the product, and nothing else of the disk does."""

import pytest

from apps.dashboard.presenters import runbooks
from apps.incidents.causes import CAUSES
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


def test_an_incident_leads_to_the_steps_of_its_runbook(log_in: LogIn, scene: Cast) -> None:
    incident, client = scene.extras["incident"], log_in("support")
    page = client.get(f"/incidents/{incident.pk}/").content.decode()
    address = f"/runbooks/{incident.runbook}/"
    assert f'href="{address}"' in page
    assert "docs/runbooks" not in page
    shown = client.get(address).content.decode()
    assert "<h1>A station is offline</h1>" in shown
    assert "<li>All of a site at once" in shown
    assert "<em>A station is offline</em>" in shown


def test_every_runbook_is_listed_and_opens(log_in: LogIn, scene: Cast) -> None:
    client = log_in("finance")
    page = client.get("/runbooks/").content.decode()
    for one in runbooks.list_runbooks():
        assert f'href="/runbooks/{one.name}/"' in page
        shown = client.get(f"/runbooks/{one.name}/").content.decode().split("<main", 1)[1]
        for mark in ("**", "](", "# "):
            assert mark not in shown, one.name
    assert {cause.runbook for cause in CAUSES} <= {one.name for one in runbooks.list_runbooks()}


@pytest.mark.parametrize(
    "name",
    ["nothing", "README", "..", "%2e%2e", "..%2f..%2fREADME", "two-boxes.md", "../decisions",
     "%2fetc%2fpasswd", "two-boxes%00"],
)  # fmt: skip
def test_nothing_but_the_runbooks_is_served(log_in: LogIn, scene: Cast, name: str) -> None:
    assert log_in("admin").get(f"/runbooks/{name}/").status_code == 404


def test_who_is_not_logged_in_reads_none(client: object, db: None) -> None:
    assert client.get("/runbooks/two-boxes/").status_code == 302  # type: ignore[attr-defined]


def test_what_a_runbook_writes_is_text() -> None:
    shown = runbooks._spans("<b>&</b> `a<b` [two](two-boxes.md) [no](https://evil.example)")
    assert shown == (
        '&lt;b&gt;&amp;&lt;/b&gt; <code>a&lt;b</code> <a href="/runbooks/two-boxes/">two</a>'
        " [no](https://evil.example)"
    )
