"""Attempts over REST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.stations.models import Station
from tests import factories as make
from tests.api.conftest import Program


def test_a_failed_attempt_says_where_whose_and_why(admin: Program, charger: Station) -> None:
    at = timezone.now() - timedelta(hours=1)
    make.attempt(charger, "04A1B2", "Unknown", at=at)
    (found,) = admin.get("attempts/?token=04:a1:b2").json()["results"]
    assert found.pop("id").startswith("card-")
    assert found.pop("at")[:19] == at.isoformat()[:19]
    assert found == {
        "station": charger.identity, "evse_id": None, "token": "04A1B2", "outcome": "refused",
        "reason": "The card was refused: Unknown", "session": None, "command": None,
    }  # fmt: skip


def test_pages_of_attempts_lead_on(admin: Program, charger: Station) -> None:
    for number in range(3):
        make.attempt(charger, f"{number}", "Unknown", at=timezone.now() - timedelta(hours=number))
    first = admin.get("attempts/?limit=2").json()
    assert [a["token"] for a in first["results"]] == ["0", "1"]
    rest = admin.get(first["next"].split("/api/v1/")[1]).json()
    assert ([a["token"] for a in rest["results"]], rest["next"]) == (["2"], None)


@pytest.mark.parametrize("query", ["cursor=abc", "outcome=odd", "after=yesterday"])
def test_a_question_about_attempts_that_cannot_be_read_is_refused(
    admin: Program, query: str
) -> None:
    assert admin.get(f"attempts/?{query}").status_code == 400
