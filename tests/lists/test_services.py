"""Lists are kept as they should be: stale ones are sent, once, to those who can hear."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Organisation
from apps.batch.parts import Batch
from apps.commands import answers
from apps.commands.happenings import Answered
from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.domain.authorization import SendLocalList
from apps.domain.command import BadParameters
from apps.domain.events import CommandAnswered
from apps.lists import policy, selectors, services, upkeep
from apps.lists.events import HOOKS
from apps.lists.models import StationList
from apps.stations.models import Station, Variable
from apps.stations.services import add_station
from apps.tokens.models import Token
from apps.tokens.services import add_token, change_token, remove_token, set_policy
from ocpp_platform.bulk import Writes
from tests.factories import OFFICE

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def online(network: Organisation, station: Station, card: Token) -> Station:
    """CP1, connected and accepted, in an organisation that keeps lists by itself."""
    policy.set_policy(network, is_automatic=True, actor=OFFICE)
    Station.objects.filter(pk=station.pk).update(is_connected=True, boot_status="Accepted")
    station.refresh_from_db()
    return station


def waiting() -> CommandRow | None:
    return CommandRow.objects.filter(name="send_local_list", state=State.QUEUED).first()


def answer(status: str = "accepted", detail: str = "", **more: Any) -> dict[str, Any]:
    """The waiting list is sent and answered; what it was."""
    row = waiting()
    CommandRow.objects.filter(pk=row.pk).update(state=State.SENT, action="SendLocalList")
    event = CommandAnswered(row.pk, status, detail, **more)
    settled = answers.answer(event, now=NOW)
    batch = Batch([], NOW)
    HOOKS[Answered](batch, Answered(None, settled, event))
    batch.flush(Writes())
    return row.parameters


def test_a_list_is_sent_once_and_again_when_a_token_changes(
    online: Station, network: Organisation, card: Token
) -> None:
    assert (upkeep.keep(now=NOW), upkeep.keep(now=NOW)) == (1, 0)
    assert (answer()["mode"], upkeep.keep(now=NOW)) == ("full", 0)
    change_token(card, status="blocked", actor=OFFICE)
    assert upkeep.keep(now=NOW) == 1
    sent = answer()
    assert (sent["mode"], sent["version"]) == ("full", 2)
    add_token(organisation_id=network.pk, uid="NEW1", actor=OFFICE)
    assert upkeep.keep(now=NOW) == 1
    assert answer()["entries"] == [{"uid": "NEW1", "type": "ISO14443", "status": "Accepted"}]
    assert selectors.get_state(online, NOW).is_current


def test_looking_for_stale_lists_asks_as_often_for_many_stations_as_for_one(
    online: Station, network: Organisation, django_assert_num_queries: Any
) -> None:
    upkeep.keep(now=NOW)
    answer()
    with CaptureQueriesContext(connection) as few:
        upkeep.keep(now=NOW)
    known = StationList.objects.get()
    for number in range(20):
        more = add_station(organisation=network, identity=f"MORE{number}", now=NOW, actor=OFFICE)
        Station.objects.filter(pk=more.pk).update(is_connected=True, boot_status="Accepted")
        StationList.objects.create(station=more, held=known.held, fingerprint=known.fingerprint)
    with django_assert_num_queries(len(few)):
        assert upkeep.keep(now=NOW) == 0


def test_a_token_that_expires_leaves_the_list(online: Station, network: Organisation) -> None:
    add_token(
        organisation_id=network.pk, uid="SOON", expires_at=NOW + timedelta(hours=1), actor=OFFICE
    )
    upkeep.keep(now=NOW)
    assert len(answer()["entries"]) == 2
    assert upkeep.keep(now=NOW + timedelta(hours=2)) == 1
    assert answer()["entries"] == [{"uid": "SOON", "type": "ISO14443", "remove": True}]


def test_who_is_offline_gets_his_list_on_return(online: Station) -> None:
    Station.objects.update(is_connected=False)
    assert upkeep.keep(now=NOW) == 0
    Station.objects.update(is_connected=True)
    assert upkeep.keep(now=NOW) == 1


def test_nothing_is_sent_where_nobody_asked_for_it(online: Station, network: Organisation) -> None:
    policy.set_policy(network, is_automatic=False, actor=OFFICE)
    assert upkeep.keep(now=NOW) == 0


def test_a_long_list_comes_in_parts_with_rising_versions(
    online: Station, network: Organisation
) -> None:
    Variable.objects.create(
        station=online, component="LocalAuthListCtrlr", variable="ItemsPerMessage", value="2",
        read_at=NOW,
    )  # fmt: skip
    for number in range(4):
        add_token(organisation_id=network.pk, uid=f"T{number}", actor=OFFICE)
    upkeep.keep(now=NOW)
    parts = []
    while waiting() is not None:
        parts.append(answer())
    assert [(p["mode"], p["version"], len(p["entries"])) for p in parts] == [
        ("full", 1, 2), ("differential", 2, 2), ("differential", 3, 1),
    ]  # fmt: skip
    assert selectors.get_state(online, NOW).is_current


def test_a_refused_difference_is_followed_by_a_full_list(
    online: Station, network: Organisation
) -> None:
    upkeep.keep(now=NOW)
    answer()
    add_token(organisation_id=network.pk, uid="NEW1", actor=OFFICE)
    upkeep.keep(now=NOW)
    assert answer("rejected", "VersionMismatch")["mode"] == "differential"
    sent = answer()
    assert (sent["mode"], sent["version"], len(sent["entries"])) == ("full", 3, 2)


def test_a_refused_full_list_rests_before_the_next_try(online: Station) -> None:
    upkeep.keep(now=NOW)
    answer("rejected", "Failed")
    assert upkeep.keep(now=NOW + timedelta(seconds=59)) == 0
    assert upkeep.keep(now=NOW + timedelta(seconds=61)) == 1
    answer("rejected", "Failed")
    assert upkeep.keep(now=NOW + timedelta(seconds=61)) == 0
    assert upkeep.keep(now=NOW + timedelta(seconds=121)) == 1


@pytest.mark.parametrize(("is_automatic", "tried_again"), [(True, 1), (False, 0)])
def test_a_list_given_by_hand_is_tried_again_where_lists_are_kept_by_us(
    online: Station, network: Organisation, is_automatic: bool, tried_again: int
) -> None:
    policy.set_policy(network, is_automatic=is_automatic, actor=OFFICE)
    by_hand(online)
    answer("rejected", "Failed")
    assert selectors.get_state(online, NOW).retry_at == NOW + timedelta(minutes=1)
    assert upkeep.keep(now=NOW) == 0
    assert upkeep.keep(now=NOW + timedelta(minutes=1)) == tried_again


def test_a_list_given_by_hand_goes_on_until_all_of_it_is_there(
    online: Station, network: Organisation
) -> None:
    policy.set_policy(network, is_automatic=False, actor=OFFICE)
    Variable.objects.create(
        station=online, component="LocalAuthListCtrlr", variable="ItemsPerMessage", value="1",
        read_at=NOW,
    )  # fmt: skip
    add_token(organisation_id=network.pk, uid="MORE", actor=OFFICE)
    by_hand(online)
    assert [answer()["mode"], answer()["mode"], waiting()] == ["full", "differential", None]
    assert selectors.get_state(online, NOW).is_current


def by_hand(of: Station) -> None:
    queue(
        organisation_id=of.organisation_id, station_id=of.pk, identity=of.identity,
        command=services.complete(of, SendLocalList("full"), now=NOW), now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    "how",
    [
        {"status": "rejected", "detail": "NotSupported"},
        {"status": "error", "detail": "NotImplemented", "error_code": "NotImplemented"},
    ],
)
def test_who_knows_no_lists_is_left_alone(online: Station, how: Any) -> None:
    upkeep.keep(now=NOW)
    answer(**how)
    assert StationList.objects.get().is_supported is False
    assert upkeep.keep(now=NOW + timedelta(days=1)) == 0


def test_after_silence_nobody_knows_what_the_station_holds(
    online: Station, network: Organisation
) -> None:
    upkeep.keep(now=NOW)
    answer()
    add_token(organisation_id=network.pk, uid="NEW1", actor=OFFICE)
    upkeep.keep(now=NOW)
    answer("timed_out")
    assert StationList.objects.get().held is None
    upkeep.keep(now=NOW + timedelta(hours=1))
    assert waiting().parameters["mode"] == "full"


def test_an_answer_that_was_lost_with_the_process_is_no_acknowledgement(online: Station) -> None:
    upkeep.keep(now=NOW)
    CommandRow.objects.update(state=State.TIMED_OUT)
    assert upkeep.keep(now=NOW) == 0
    assert upkeep.keep(now=NOW + timedelta(minutes=1)) == 1
    assert (waiting().parameters["mode"], waiting().parameters["version"]) == ("full", 2)


def test_only_chosen_tokens_and_no_master_passes(network: Organisation, card: Token) -> None:
    add_token(organisation_id=network.pk, uid="MASTER", is_master_pass=True, actor=OFFICE)
    add_token(organisation_id=network.pk, uid="ALSO", group="m", actor=OFFICE)
    set_policy(network.pk, master_pass_group="M", actor=OFFICE)
    assert list(selectors.wanted_in(network.pk, NOW)) == ["ISO14443|AB12"]
    policy.set_policy(network, scope="chosen", actor=OFFICE)
    assert selectors.wanted_in(network.pk, NOW) == {}
    blocked = add_token(organisation_id=network.pk, uid="BAD1", status="blocked", actor=OFFICE)
    change_token(blocked, is_listed=True, actor=OFFICE)
    assert [e["status"] for e in selectors.wanted_in(network.pk, NOW).values()] == ["Blocked"]


def test_a_token_that_was_forgotten_stays_out_until_it_is_remembered(
    online: Station, card: Token
) -> None:
    upkeep.keep(now=NOW)
    answer()
    row = services.forget_token(online, "ab12", "ISO14443", now=NOW)
    assert row.parameters["mode"] == "differential"
    answer()
    assert upkeep.keep(now=NOW) == 0
    services.remember_token(online, "AB12", "ISO14443")
    assert upkeep.keep(now=NOW) == 1


def test_who_has_nothing_has_an_empty_list(online: Station, card: Token) -> None:
    upkeep.keep(now=NOW)
    answer()
    remove_token(card, actor=OFFICE)
    upkeep.keep(now=NOW)
    sent = answer()
    assert (sent["mode"], sent["entries"]) == ("full", [])


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        (SendLocalList("whole"), "'mode' must be one of auto, full, differential"),
        (SendLocalList("differential"), "send it a full list first"),
        (SendLocalList("differential", entries=()), "at least one entry"),
        (SendLocalList("auto", entries=()), "where 'entries' are given"),
        (SendLocalList("full", entries=({"uid": "A"}, {"uid": "a"})), "twice"),
        (SendLocalList("full", entries=({"uid": "A", "remove": True},)), "leave the token out"),
        (SendLocalList("full", entries=({"uid": "A", "status": "Fine"},)), "'status' is one of"),
        (SendLocalList("full", entries=({"uid": "A", "colour": 1},)), "unknown member 'colour'"),
        (SendLocalList("full", entries=({},)), "'uid' is required"),
        (SendLocalList("full", entries=({"uid": "A", "expires_at": "soon"},)), "an instant"),
        (SendLocalList("full", entries=({"uid": "A", "charging_priority": 10},)), "-9 to 9"),
    ],
)
def test_a_wrong_order_says_what_is_wrong(
    station: Station, order: SendLocalList, problem: str
) -> None:
    with pytest.raises(BadParameters, match=problem):
        services.complete(station, order, now=NOW)


def test_who_holds_all_is_not_asked_again_unless_one_insists(online: Station) -> None:
    upkeep.keep(now=NOW)
    answer()
    with pytest.raises(BadParameters, match="holds what it should"):
        services.complete(online, SendLocalList(), now=NOW)
    assert services.complete(online, SendLocalList("full"), now=NOW).version == 2
