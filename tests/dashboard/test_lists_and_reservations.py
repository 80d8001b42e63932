"""Local lists, reservations and rules of tokens, as an operator meets them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.domain.reservations import ReservationEnd
from apps.history.models import Fact
from apps.lists import policy as list_policy
from apps.lists import services as lists
from apps.lists.models import StationList
from apps.lists.selectors import get_policy_of, wanted_in
from apps.reservations import services as reservations
from apps.reservations.models import Reservation
from apps.tokens.models import Token
from apps.tokens.selectors import get_policy
from apps.tokens.services import change_token
from tests import factories
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import OFFICE, Cast

BUSY = "/stations/NL-RTM-003/"


def test_the_tab_says_what_the_station_holds_and_what_it_should(scene: Cast, log_in: LogIn) -> None:
    page = log_in("operator").get(BUSY, {"tab": "list"}).content.decode()
    assert "Stale" in page
    for word in ("To be removed", "NL-ABC-C1", "Changed since", "04A2C9E1", "Missing", "04BB0099"):
        assert word in page
    assert "04FF0017" not in page
    assert "Push" in page
    assert "Push" not in log_in("support").get(BUSY, {"tab": "list"}).content.decode()


def test_a_push_is_queued_and_the_tab_says_so(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    client.post(f"{BUSY}actions/send_local_list/?mode=auto", {"mode": "auto"})
    row = CommandRow.objects.filter(name="send_local_list").get()
    assert [entry["uid"] for entry in row.parameters["entries"]] == [
        "NL-ABC-C1", "04A2C9E1", "04BB0099",
    ]  # fmt: skip
    assert (row.parameters["mode"], row.parameters["version"]) == ("differential", 4)
    assert "On its way" in client.get(BUSY, {"tab": "list"}).content.decode()
    client.post(f"{BUSY}actions/send_local_list/", {"mode": "empty"})
    assert CommandRow.objects.latest("pk").parameters["entries"] == []


def test_a_known_card_is_not_added_as_another_type(scene: Cast, log_in: LogIn) -> None:
    given = {"uid": "04:a2:c9:e1", "type": "eMAID", "status": "accepted"}
    answer = log_in("operator").post("/tokens/add/", given)
    assert answer.status_code == 422
    assert "04A2C9E1 is registered already, as ISO14443 (accepted)." in answer.content.decode()
    assert not Token.objects.filter(type="eMAID").filter(uid__startswith="04").exists()


def test_what_has_a_twin_is_in_no_list(scene: Cast) -> None:
    def listed() -> bool:
        return "ISO14443|04BB0099" in wanted_in(scene.organisation.pk, scene.now)

    assert listed()
    factories.token(scene.organisation, "04bb0099", type="eMAID", status="blocked")
    assert not listed()


def test_an_evse_is_reserved_from_its_card(scene: Cast, log_in: LogIn) -> None:
    client = log_in("support")
    form = client.get(f"{BUSY}actions/reserve_now/", {"evse_id": 1}).content.decode()
    assert "Any EVSE" in form
    client.post(
        f"{BUSY}actions/reserve_now/?evse_id=1", {"token": "04bb0099", "evse_id": 1, "minutes": 20}
    )
    made = Reservation.objects.get(state="pending")
    assert (made.token_uid, made.group, made.evse_id) == ("04BB0099", "FLEET-NL", 1)
    assert made.actor == scene.support.label
    row = CommandRow.objects.get(name="reserve_now")
    assert row.parameters["reservation_id"] == made.pk
    page = client.get(BUSY, {"tab": "reservations"}).content.decode()
    assert page.index("Pending") < page.index("Refused")
    assert "Occupied" in page


def test_what_does_not_fit_is_said_in_the_form(scene: Cast, log_in: LogIn) -> None:
    client = log_in("support")
    both = {"token": "A", "evse_id": 1, "connector_type": "cType2", "minutes": 20}
    answer = client.post(f"{BUSY}actions/reserve_now/", both)
    assert answer.status_code == 422
    assert "exclude each other" in answer.content.decode()
    unknown = client.post(f"{BUSY}actions/cancel_reservation/", {"reservation_id": 99999})
    assert "has no reservation 99999" in unknown.content.decode()
    assert not CommandRow.objects.filter(name__contains="reserv").exists()


def test_the_rules_are_kept_and_audited(scene: Cast, log_in: LogIn) -> None:
    given = {"max_sessions": 1, "master_pass_group": "M", "scope": "chosen", "is_automatic": "on"}
    assert log_in("operator").post("/tokens/rules/", given).status_code == 302
    tokens, lists = get_policy(scene.operator), get_policy_of(scene.operator)
    assert (tokens.max_sessions, tokens.master_pass_group) == (1, "M")
    assert (lists.scope, lists.is_automatic) == ("chosen", True)
    kinds = {"token policy changed", "list policy changed"}
    assert set(Fact.objects.values_list("kind", flat=True)) >= kinds
    assert get_policy(scene.stranger).max_sessions is None
    assert log_in("operator").post("/tokens/rules/", {"scope": "some"}).status_code == 422


@pytest.mark.parametrize("tab", ["list", "reservations"])
def test_the_tabs_of_a_station_without_anything_open(scene: Cast, log_in: LogIn, tab: str) -> None:
    StationList.objects.all().delete()
    page = log_in("operator").get("/stations/NL-NEW-002/", {"tab": tab})
    assert page.status_code == 200


def test_an_open_tab_follows_what_happens(
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    client, busy = log_in("operator"), scene.extras["busy"]
    made = Reservation.objects.get(state="accepted")
    card = Token.objects.get(uid="04A2C9E1")
    happenings: list[tuple[str, Callable[[], object]]] = [
        ("list", lambda: change_token(card, status="blocked", actor=OFFICE)),
        ("list", lambda: list_policy.set_policy(scene.organisation, scope="chosen", actor=OFFICE)),
        ("list", lambda: lists.forget_token(busy, "04A2C9E1", "ISO14443", now=scene.now)),
        ("reservations", lambda: reservations.use(busy.pk, made.pk, 7, now=scene.now)),
    ]
    for tab, happen in happenings:
        with timezone.override(scene.organisation.timezone):
            changed = obey(
                client, scene.operator, f"{BUSY}?tab={tab}", happen, monkeypatch,
                django_capture_on_commit_callbacks,
            )  # fmt: skip
        expected = "local-list" if tab == "list" else "reservations"
        assert f"{expected}:{busy.pk}" in changed
    assert not reservations.expire(now=scene.now + timedelta(days=1))
    reservations.end(busy.pk, made.pk, ReservationEnd.REMOVED, now=scene.now)
    made.refresh_from_db()
    assert made.state == "used"
