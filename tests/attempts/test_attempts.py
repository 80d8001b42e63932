"""A card that did not work yesterday evening is found although nobody knows the station."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.attempts import sources
from apps.attempts.attempt import Attempt, Found, Outcome, Wanted, joined, place_in, written
from apps.attempts.selectors import count_since, list_attempts
from apps.domain.vocabulary import Protocol
from apps.tokens.models import Token
from tests import factories as make
from tests.factories import Cast
from tests.sessions.story import Teller

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def found(of: Any, **wanted: Any) -> list[tuple[str, str]]:
    rows, _ = list_attempts(of, Wanted(**wanted), now=NOW + 60 * MINUTE, limit=50)
    return [(attempt.outcome.value, attempt.token) for attempt in rows]


@pytest.fixture
def cast(db: None) -> Cast:
    return make.cast(NOW)


def test_each_kind_of_attempt_is_one_line_newest_first(cast: Cast) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    make.attempt(station, "04A1B2", "Unknown", at=NOW)
    make.attempt(station, "04A1B3", "Accepted", at=NOW + MINUTE)
    make.attempt(station, "04A1B4", "Accepted", at=NOW + 2 * MINUTE)
    make.session(station, started_at=NOW + 3 * MINUTE, token_uid="04a1b4")
    make.session(
        station, started_at=NOW + 20 * MINUTE, token_uid="04A1B5", energy_wh=12.0,
        max_power_w=40.0, is_problem=True,
    )  # fmt: skip
    make.command(
        station, "start_session", at=NOW + 30 * MINUTE, state="rejected",
        parameters={"token": "04A1B6", "evse_id": 2},
    )  # fmt: skip
    assert found(cast.admin) == [
        ("remote_failed", "04A1B6"), ("no_energy", "04A1B5"), ("not_started", "04A1B3"),
        ("refused", "04A1B2"),
    ]  # fmt: skip
    assert found(cast.admin, outcome="not_started") == [("not_started", "04A1B3")]
    assert count_since(cast.admin, NOW) == 2
    assert found(cast.stranger) == []


@pytest.mark.parametrize("printed", ["04A1B2", "04:A1 b2", "04-a1-b2", " 04 a1 b2 "])
def test_a_card_is_found_as_it_is_printed(cast: Cast, printed: str) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    make.attempt(station, "04A1B2", "Unknown", at=NOW)
    make.attempt(station, "99", "Unknown", at=NOW)
    make.command(station, "start_session", at=NOW, state="timed_out",
                 parameters={"token": "04a1b2"})  # fmt: skip
    assert sorted(found(cast.admin, token=printed)) == [
        ("refused", "04A1B2"), ("remote_failed", "04a1b2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("04:A1 b2 C3:99", "04A1B2C399"), ("04:A1 b2 C3:99", "04:A1:B2:C3:99"),
        ("04:A1 b2 C3:99", "04-a1-b2-c3-99"), ("DE-ABC-C12345678", "DEABCC12345678"),
        ("DEABCC12345678", "DE-ABC-C12345678"), ("04A1\u00a0B2", "04a1b2"),
    ],
)  # fmt: skip
def test_a_card_is_one_number_however_reader_and_person_write_it(
    cast: Cast, told: str, asked: str
) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    make.attempt(station, told, "Unknown", at=NOW)
    make.attempt(station, "0" + told, "Unknown", at=NOW)
    assert found(cast.admin, token=asked) == [("refused", told)]


def test_a_card_that_ends_its_session_is_no_failed_attempt(cast: Cast) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    make.session(station, started_at=NOW - 60 * MINUTE, minutes=60, token_uid="04A1B2")
    make.attempt(station, "04A1B2", "Accepted", at=NOW)
    assert found(cast.admin) == []


@pytest.mark.parametrize("protocol", list(Protocol))
def test_what_a_station_tells_is_found(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    charger = Teller(network, "CP1", protocol)
    token = {"idTag": "04:A1"} if protocol is Protocol.OCPP16 else {
        "idToken": {"idToken": "04:A1", "type": "ISO14443"}}  # fmt: skip
    charger.tell("Authorize", token, NOW)
    charger.start("2026-11-20T20:01:00Z", 5, NOW + MINUTE)
    charger.stop("2026-11-20T20:03:00Z", 5, NOW + 3 * MINUTE)
    owner = make.user(network, "owner", Role.ADMIN)
    assert found(owner) == [("no_energy", "AB12"), ("refused", "04:A1")]


def test_a_card_that_a_2_0_1_station_shows_in_its_transaction_is_refused_at_its_evse(
    network: Organisation,
) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP201)
    for number, (kind, trigger, at) in enumerate([
        ("Started", "CablePluggedIn", NOW), ("Updated", "Authorized", NOW + MINUTE),
        ("Ended", "EVDeparted", NOW + 2 * MINUTE),
    ]):  # fmt: skip
        card = {"idToken": {"idToken": "CAFE0002", "type": "ISO14443"}} if number == 1 else {}
        charger.tell("TransactionEvent", {
            "eventType": kind, "triggerReason": trigger, "seqNo": number,
            "timestamp": at.isoformat().replace("+00:00", "Z"), "evse": {"id": 1},
            "transactionInfo": {"transactionId": "tA"}, **card,
        }, at)  # fmt: skip
    owner = make.user(network, "owner", Role.ADMIN)
    (one,), _ = list_attempts(owner, Wanted(), now=NOW + 60 * MINUTE, limit=50)
    assert (one.outcome, one.token, one.evse_id) == (Outcome.REFUSED, "CAFE0002", 1)
    assert one.session_id is not None


def test_a_long_list_leads_on_and_loses_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    for number in range(40):
        verdict = "Unknown" if number % 8 == 0 else "Accepted"
        make.attempt(station, f"{number:04}", verdict, at=NOW - number // 2 * MINUTE)
        if verdict == "Accepted":
            began_at = NOW - number // 2 * MINUTE
            make.session(station, started_at=began_at, token_uid=f"{number:04}")
    monkeypatch.setattr(sources, "LOOKED_AT", 7)
    seen, below = [], None
    for _ in range(60):
        rows, below = list_attempts(cast.admin, Wanted(), now=NOW, limit=2, below=below)
        seen += [attempt.token for attempt in rows]
        if below is None:
            break
        assert place_in(written(below)) == below
    assert below is None
    assert seen == ["0000", "0008", "0016", "0024", "0032"]


def test_nothing_is_shown_beyond_where_a_source_was_looked_through() -> None:
    def attempt(minutes: int, name: str) -> Attempt:
        return Attempt(NOW - minutes * MINUTE, name, 1, Outcome.REFUSED, "")

    one = Found([attempt(1, "a")], NOW - 5 * MINUTE)
    other = Found([attempt(2, "b"), attempt(9, "c")])
    rows, below = joined([one, other], 10, None)
    assert [a.id for a in rows] == ["a", "b"]
    assert below is not None
    assert [a.id for a in joined([other], 10, below)[0]] == ["c"]


def test_a_cable_that_was_plugged_in_and_never_started_is_one(cast: Cast) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    make.case(station, "plugged_idle", at=NOW + 16 * MINUTE, since_at=NOW, evse_id=2)
    (one,), _ = list_attempts(cast.admin, Wanted(), now=NOW + 60 * MINUTE, limit=50)
    assert (one.at, one.evse_id, one.outcome) == (NOW, 2, Outcome.NOT_STARTED)
    assert one.reason == "Plugged in, and no session began for 16 minutes"
    assert found(cast.admin, outcome="not_started") == [("not_started", "")]
    assert found(cast.admin, token="04A1B2") == []
    assert found(cast.stranger) == []


def test_who_was_refused_in_a_session_in_which_nothing_flowed_made_one_attempt(
    cast: Cast,
) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    session = make.session(
        station, started_at=NOW - MINUTE, minutes=3, token_uid="CAFE0002", evse_id=2, energy_wh=0.0,
        max_power_w=0.0, is_problem=True,
    )  # fmt: skip
    make.attempt(station, "ca:fe 0002", "Unknown", at=NOW)
    (one,), _ = list_attempts(cast.admin, Wanted(), now=NOW + 60 * MINUTE, limit=50)
    assert (one.outcome, one.evse_id, one.session_id) == (Outcome.REFUSED, 2, session.pk)
    assert found(cast.admin, outcome="no_energy") == []
    assert found(cast.admin, outcome="refused") == [("refused", "ca:fe 0002")]


def test_another_card_refused_beside_it_is_another_attempt(cast: Cast) -> None:
    station = make.station(cast.location, "CP1", now=NOW)
    make.session(station, started_at=NOW - MINUTE, minutes=3, token_uid="AB12", energy_wh=0.0,
                 max_power_w=0.0, is_problem=True)  # fmt: skip
    make.attempt(station, "CAFE0002", "Unknown", at=NOW)
    make.attempt(station, "AB12", "Unknown", at=NOW - 30 * MINUTE)
    assert sorted(found(cast.admin)) == [
        ("no_energy", "AB12"), ("refused", "AB12"), ("refused", "CAFE0002"),
    ]  # fmt: skip
