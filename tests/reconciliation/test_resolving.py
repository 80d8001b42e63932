"""What a person does about a case: the effect, the trace, and who may."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.commands.models import CommandRow
from apps.history.models import Fact
from apps.reconciliation import kinds, resolving, services
from apps.reconciliation.kind import Resolution
from apps.reconciliation.life import Outcome, State
from apps.reconciliation.models import Case
from apps.reconciliation.resolving import CannotResolve, Wish
from apps.sessions.deciding import decide_energy
from apps.sessions.models import Session
from apps.stations.models import Station
from tests import factories as make
from tests.factories import Cast
from tests.reconciliation.test_sessions import T0, charged, judge, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def case_of(cast: Cast, kind: str, session: Session | None = None, **fields: Any) -> Case:
    station = session.station if session else make.station(cast.location, "CP9", now=cast.now)
    given = {"state": State.OPEN, "evse_id": 1, "since_at": cast.now, "opened_at": cast.now}
    return Case.objects.create(
        organisation=cast.organisation, station=station, session=session, kind=kind,
        subject=f"{kind}-1", **given | fields,
    )  # fmt: skip


def running(cast: Cast, **fields: Any) -> Session:
    station = make.station(cast.location, "CP1", now=cast.now)
    return make.session(station, started_at=cast.now - timedelta(hours=1), ended_at=None, **fields)


def ended(cast: Cast, **fields: Any) -> Session:
    station = make.station(cast.location, "CP1", now=cast.now)
    version = make.tariff(cast.organisation, cast.now)
    return make.session(
        station, started_at=cast.now - timedelta(hours=2), tariff_version=version, **fields
    )


def do(case: Case, way: Resolution, cast: Cast, **wish: Any) -> Case:
    resolving.resolve(case, Wish(way, **wish), actor=cast.admin, now=cast.now)
    case.refresh_from_db()
    return case


def test_accepting_leaves_the_session_and_says_who_and_why(cast: Cast) -> None:
    session = ended(cast)
    case = do(case_of(cast, kinds.DOUBTED, session), Resolution.ACCEPT, cast, reason="Looked at")
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.DECIDED)
    assert (case.resolution, case.decided_by, case.reason) == (
        "accept", cast.admin.label, "Looked at",
    )  # fmt: skip
    fact = Fact.objects.get(kind="case decided")
    assert (fact.actor_id, fact.reason, fact.session_id) == (
        cast.admin.pk, "Looked at", session.pk,
    )  # fmt: skip


def test_a_session_is_ended_from_its_last_sign_of_life(cast: Cast) -> None:
    session = running(cast)
    do(case_of(cast, kinds.STUCK_OFFLINE, session), Resolution.CLOSE, cast)
    session.refresh_from_db()
    assert session.ended_at == session.last_event_at
    assert session.is_estimated


def test_a_session_that_was_heard_of_meanwhile_is_not_ended(cast: Cast) -> None:
    session = ended(cast)
    case = case_of(cast, kinds.STUCK_OFFLINE, session)
    with pytest.raises(CannotResolve):
        do(case, Resolution.CLOSE, cast)
    case.refresh_from_db()
    assert case.state == State.OPEN


def test_asking_puts_a_question_into_the_outbox_and_the_case_off(cast: Cast) -> None:
    case = do(case_of(cast, kinds.NO_FLOW, running(cast)), Resolution.ASK, cast)
    assert CommandRow.objects.get().actor == cast.admin.label
    assert (case.state, case.deadline_at) == (State.WAITING, cast.now + resolving.WAIT)


def test_a_station_is_asked_for_its_status(cast: Cast) -> None:
    do(case_of(cast, kinds.PLUGGED), Resolution.ASK, cast)
    assert CommandRow.objects.get().parameters["message"] == "StatusNotification"


def test_waiting_puts_a_case_off_for_a_day(cast: Cast) -> None:
    case = do(case_of(cast, kinds.STUCK_OFFLINE, running(cast)), Resolution.WAIT, cast)
    services.settle_due(now=cast.now + timedelta(hours=23))
    case.refresh_from_db()
    assert case.state == State.WAITING
    services.settle_due(now=cast.now + timedelta(hours=24))
    case.refresh_from_db()
    assert case.state == State.OPEN


def test_energy_is_decided_with_the_case(cast: Cast) -> None:
    session = ended(cast)
    do(case_of(cast, kinds.DOUBTED, session), Resolution.ENERGY, cast, energy_wh=5_000.0,
       reason="The driver's meter")  # fmt: skip
    session.refresh_from_db()
    assert session.energy_wh == 5_000.0


def test_energy_without_a_number_is_refused(cast: Cast) -> None:
    with pytest.raises(CannotResolve, match="how much"):
        do(case_of(cast, kinds.DOUBTED, ended(cast)), Resolution.ENERGY, cast)


def test_what_is_discarded_is_kept_and_billed_nothing(cast: Cast) -> None:
    session = ended(cast)
    do(case_of(cast, kinds.PHANTOM, session), Resolution.DISCARD, cast, reason="Nobody was there")
    session.refresh_from_db()
    assert (session.price_incl_vat, session.price_excl_vat, session.vat) == (0, 0, 0)
    assert "discarded" in session.flags.split()
    assert Fact.objects.filter(kind="session discarded").exists()


def test_deciding_the_energy_of_what_was_discarded_bills_it_again(cast: Cast) -> None:
    session = ended(cast)
    do(case_of(cast, kinds.PHANTOM, session), Resolution.DISCARD, cast)
    decide_energy(session, 5_000.0, reason="so", actor=cast.admin, now=cast.now)
    session.refresh_from_db()
    assert session.price_incl_vat > 0
    assert "discarded" not in session.flags.split()


@pytest.mark.django_db(transaction=True)
def test_a_bill_is_corrected_to_what_its_readings_give(
    network: Any, card: Any, tariff: Any, cast: Cast
) -> None:
    from apps.domain.vocabulary import Protocol

    session = charged(network, Protocol.OCPP16).session
    right = session.price_incl_vat
    Session.objects.filter(pk=session.pk).update(price_incl_vat=1, energy_wh=1)
    case = judge(61)[kinds.DIFFERS]
    resolving.resolve(case, Wish(Resolution.CORRECT), actor=cast.admin, now=T0 + minutes(70))
    session.refresh_from_db()
    assert (session.price_incl_vat, session.energy_wh) == (right, 7_200.0)
    assert kinds.DIFFERS not in judge(71)


def test_a_closed_case_cannot_be_resolved_again(cast: Cast) -> None:
    case = case_of(cast, kinds.OFFLINE)
    do(case, Resolution.DISMISS, cast)
    with pytest.raises(CannotResolve, match="closed already"):
        do(case, Resolution.DISMISS, cast)


def test_only_what_fits_the_kind_can_be_done(cast: Cast) -> None:
    with pytest.raises(CannotResolve, match="cannot be resolved"):
        do(case_of(cast, kinds.OFFLINE), Resolution.ENERGY, cast, energy_wh=1.0)


def test_money_is_decided_by_finance_and_the_rest_by_who_operates(cast: Cast) -> None:
    case = case_of(cast, kinds.LOST_STOP, ended(cast))
    assert resolving.ways(case, cast.admin) == [
        Resolution.ACCEPT, Resolution.ENERGY, Resolution.DISCARD,
    ]  # fmt: skip
    assert resolving.ways(case, cast.finance) == [Resolution.ENERGY, Resolution.DISCARD]
    assert resolving.ways(case, cast.operator) == [Resolution.ACCEPT]
    assert resolving.ways(case, cast.support) == []


def test_a_decision_is_asked_for_again_when_the_facts_have_changed(cast: Cast) -> None:
    station = make.station(cast.location, "CP1", now=cast.now, statuses=("Faulted",))
    make.status_change(station, "Faulted", at=cast.now)
    from apps.stations.models import Connector

    Connector.objects.update(error_code="GroundFailure")
    services.watch(now=cast.now + minutes(2))
    do(Case.objects.get(), Resolution.DISMISS, cast)
    services.watch(now=cast.now + minutes(3))
    assert Case.objects.count() == 1
    Connector.objects.update(error_code="HighTemperature")
    services.watch(now=cast.now + minutes(4))
    assert Case.objects.filter(is_current=True).get().state == State.OPEN
    assert Station.objects.count() == 1


def test_what_else_is_open_about_the_same_bill_is_over_with_it(cast: Cast) -> None:
    session = ended(cast, flags="implausible_reading gaps", told=5)
    services.judge_some([session.pk], now=cast.now)
    case = Case.objects.get(kind=kinds.DOUBTED)
    do(case, Resolution.ENERGY, cast, energy_wh=5_000.0, reason="The driver's meter")
    case.refresh_from_db()
    assert case.outcome == Outcome.DECIDED
    assert Case.objects.get(kind=kinds.GAPS).outcome == Outcome.GONE


def test_ways_of_many_cases_cost_what_those_of_one_do(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [
        make.case(session.station, kinds.OVERLAP, at=cast.now, session=session)
        for session in two_that_follow(cast)
    ]
    with django_assert_num_queries(3):
        found = resolving.ways_of(cases, cast.admin)
    assert all(Resolution.JOIN in ways for ways in found.values())
    assert found == {case.pk: resolving.ways(case, cast.admin) for case in cases}


def two_that_follow(cast: Cast) -> list[Session]:
    first = ended(cast)
    second = make.session(first.station, started_at=first.ended_at + minutes(1), minutes=5)
    return [first, second]
