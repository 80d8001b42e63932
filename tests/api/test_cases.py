"""Cases over REST."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.stations.models import Station
from tests import factories as make
from tests.api.conftest import Program


def test_a_case_says_what_it_is_rests_on_and_proposes(admin: Program, charger: Station) -> None:
    at = timezone.now()
    made = make.case(charger, "offline", at=at)
    (found,) = admin.get("cases/?state=unsettled").json()["results"]
    assert found == admin.get(f"cases/{made.pk}/").json()
    told = {
        name: found[name] for name in ("id", "kind", "state", "severity", "proposal", "deadline")
    }
    assert told == {
        "id": made.pk, "kind": "offline", "state": "open", "severity": "major",
        "proposal": "dismiss", "deadline": None,
    }  # fmt: skip
    assert found["subject"]["station"] == charger.identity
    assert found["evidence"][0]["text"]


def test_a_case_is_resolved_once(admin: Program, charger: Station) -> None:
    made = make.case(charger, "offline", at=timezone.now())
    wish = {"resolution": "dismiss", "reason": "Taken down"}
    done = admin.post(f"cases/{made.pk}/resolve/", wish)
    assert (done.status_code, done.json()["state"], done.json()["reason"]) == (
        200, "closed", "Taken down",
    )  # fmt: skip
    again = admin.post(f"cases/{made.pk}/resolve/", wish)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "cannot_resolve")


def test_who_may_not_decide_money_is_refused(
    program_of: Callable[[str], Program], charger: Station
) -> None:
    session = make.session(charger, started_at=timezone.now())
    made = make.case(charger, "phantom", at=timezone.now(), session=session)
    wish = {"resolution": "discard", "reason": "Nobody"}
    operator = program_of("operator")
    assert operator.post(f"cases/{made.pk}/resolve/", wish).status_code == 403


@pytest.mark.parametrize(
    "wish",
    [{}, {"resolution": "burn", "reason": "x"}, {"resolution": "accept"},
     {"resolution": "energy", "reason": "x", "energy_wh": -1}],
)  # fmt: skip
def test_a_wish_that_cannot_be_read_is_refused(
    admin: Program, charger: Station, wish: dict[str, object]
) -> None:
    made = make.case(charger, "offline", at=timezone.now())
    assert admin.post(f"cases/{made.pk}/resolve/", wish).status_code == 400


@pytest.mark.parametrize("query", ["state=odd", "kind=odd", "after=yesterday", "session=x"])
def test_a_question_that_cannot_be_read_is_refused(admin: Program, query: str) -> None:
    assert admin.get(f"cases/?{query}").status_code == 400


def test_only_what_can_be_done_is_named(
    admin: Program, program_of: Callable[[str], Program], charger: Station
) -> None:
    session = make.session(charger, started_at=timezone.now() - timedelta(hours=3))
    made = make.case(charger, "lost_stop", at=timezone.now(), session=session)
    assert admin.get(f"cases/{made.pk}/").json()["resolutions"] == ["accept", "energy", "discard"]
    assert program_of("operator").get("cases/").json()["results"][0]["resolutions"] == ["accept"]
    wish = {"resolution": "accept", "reason": "As it is"}
    assert admin.post(f"cases/{made.pk}/resolve/", wish).json()["resolutions"] == []
