"""Each watchdog: silent before its time, a case after it, closed when its cause has gone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from apps.history.kinds import STATION_BOOTED
from apps.history.services import record
from apps.reconciliation import kinds, services
from apps.reconciliation.life import Finding, Moment, Outcome, State
from apps.reconciliation.models import Case
from apps.reconciliation.watches import WATCHES
from apps.sessions.models import Session, StraySample
from apps.stations.models import Connector, FormCount, Station
from tests import factories as make
from tests.factories import OFFICE, Cast

pytestmark = pytest.mark.django_db


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@dataclass
class Story:
    """``trouble`` begins at ``cast.now``; it is none ``before`` has passed, and one after it."""

    trouble: Callable[[Cast, Station], object]
    cure: Callable[[Cast, Station], object]
    before: timedelta
    after: timedelta


def _shows(status: str) -> Callable[[Cast, Station], object]:
    def trouble(cast: Cast, station: Station) -> None:
        Connector.objects.filter(station=station).update(status=status)
        make.status_change(station, status, at=cast.now)

    return trouble


def _is_free(cast: Cast, station: Station) -> None:
    Connector.objects.filter(station=station).update(status="Available")


def _runs(**fields: Any) -> Callable[[Cast, Station], object]:
    def trouble(cast: Cast, station: Station) -> Session:
        told = {name: cast.now if value is NOW else value for name, value in fields.items()}
        return make.session(station, started_at=cast.now, ended_at=None, **told)

    return trouble


def _ends(cast: Cast, station: Station) -> None:
    Session.objects.update(ended_at=cast.now)


def _is(**fields: Any) -> Callable[[Cast, Station], object]:
    def change(cast: Cast, station: Station) -> None:
        told = {name: cast.now if value is NOW else value for name, value in fields.items()}
        Station.objects.filter(pk=station.pk).update(**told)

    return change


def _goes_away_with_a_session(cast: Cast, station: Station) -> None:
    make.session(station, started_at=cast.now, ended_at=None)
    _is(is_connected=False, connection_changed_at=NOW)(cast, station)


def _boots_four_times(cast: Cast, station: Station) -> None:
    for number in range(4):
        record(
            STATION_BOOTED, actor=_itself(station), organisation_id=cast.organisation.pk,
            subject=(station.pk, station.identity), now=cast.now - minutes(number),
        )  # fmt: skip


def _itself(station: Station) -> Any:
    from apps.history.doers import station as doer

    return doer(station.pk, station.identity)


def _holds_a_card(cast: Cast, station: Station) -> None:
    make.attempt(station, "04A1", "Accepted", at=cast.now)


def _charges_after_all(cast: Cast, station: Station) -> None:
    make.session(station, started_at=cast.now + minutes(2), ended_at=None)


def _refuses(cast: Cast, station: Station) -> None:
    FormCount.objects.create(
        station=station, action="StopTransaction", rule="strict_form", first_at=cast.now,
        last_at=cast.now,
    )  # fmt: skip


def _forget_refusals(cast: Cast, station: Station) -> None:
    FormCount.objects.all().delete()


def _register_rises(cast: Cast, station: Station) -> None:
    for number, wh in enumerate((5_000.0, 5_900.0)):
        StraySample.objects.create(
            station_id=station.pk, evse_id=1, at=cast.now + minutes(number),
            context="Sample.Periodic", received_at=cast.now + minutes(number), register_wh=wh,
        )  # fmt: skip


def _strays_go(cast: Cast, station: Station) -> None:
    StraySample.objects.all().delete()


NOW = object()
AT_ONCE = timedelta(seconds=-1)
STORIES = {
    kinds.SILENT: Story(
        _runs(last_received_at=NOW, asked_at=None), _ends, minutes(9), minutes(9)
    ),
    kinds.STUCK_OFFLINE: Story(_goes_away_with_a_session, _ends, minutes(1_439), minutes(1_440)),
    kinds.NO_FLOW: Story(
        _runs(sampled_at=NOW, flowed_at=NOW), _ends, minutes(29), minutes(30)
    ),
    kinds.PLUGGED: Story(_shows("Preparing"), _is_free, minutes(14), minutes(15)),
    kinds.FINISHING: Story(_shows("Finishing"), _is_free, minutes(239), minutes(240)),
    kinds.UNKNOWN_ENERGY: Story(_shows("Charging"), _is_free, minutes(9), minutes(10)),
    kinds.FAULTED: Story(_shows("Faulted"), _is_free, minutes(0.5), minutes(1)),
    kinds.OFFLINE: Story(
        _is(is_connected=False, connection_changed_at=NOW), _is(is_connected=True),
        minutes(14), minutes(15),
    ),
    kinds.SILENT_BOOT: Story(
        _is(last_boot_at=NOW, last_seen_at=NOW),
        lambda cast, station: Station.objects.update(last_seen_at=cast.now + minutes(20)),
        minutes(14), minutes(15),
    ),
    kinds.REBOOTS: Story(_boots_four_times, lambda cast, station: None, AT_ONCE, minutes(1)),
    kinds.TWO_BOXES: Story(
        _is(two_boxes_at=NOW, serial_number="A1", other_serial_number="B2", other_at=NOW),
        _is(two_boxes_at=None), AT_ONCE, minutes(1),
    ),
    kinds.WRONG_CLOCK_STATION: Story(
        _is(clock_offset_s=-7_200.0, clock_judged_at=NOW), _is(clock_offset_s=2.0),
        AT_ONCE, minutes(1),
    ),
    kinds.REFUSALS: Story(_refuses, _forget_refusals, AT_ONCE, minutes(1)),
    kinds.AUTHORISED: Story(_holds_a_card, _charges_after_all, minutes(4), minutes(5)),
}  # fmt: skip


def _cast() -> tuple[Cast, Station]:
    cast = make.cast()
    station = make.station(cast.location, "CP1", now=cast.now)
    return cast, station


def _kinds_at(moment: datetime) -> set[str]:
    services.watch(now=moment)
    return set(Case.objects.filter(is_current=True).values_list("kind", flat=True))


@pytest.mark.parametrize("kind", sorted(set(STORIES) - {kinds.SILENT, kinds.NO_FLOW}))
def test_a_watchdog_speaks_in_its_time_and_is_content_afterwards(kind: str) -> None:
    story, (cast, station) = STORIES[kind], _cast()
    story.trouble(cast, station)
    if story.before is not AT_ONCE:
        assert kind not in _kinds_at(cast.now + story.before)
    later = cast.now + story.after
    assert kind in _kinds_at(later)
    _kinds_at(later + minutes(1))
    (case,) = Case.objects.filter(kind=kind)
    assert (case.station_id, case.organisation_id) == (station.pk, cast.organisation.pk)
    assert case.evidence
    story.cure(cast, station)
    _kinds_at(later + (minutes(61) if kind == kinds.REBOOTS else minutes(2)))
    case.refresh_from_db()
    assert (case.state, case.outcome, case.is_current) == (State.CLOSED, Outcome.GONE, False)


def test_every_watchdog_has_its_story() -> None:
    from apps.reconciliation.watches import WATCHES

    assert set(STORIES) == set(WATCHES)


def test_a_session_that_was_asked_for_in_vain_is_a_case_until_it_is_heard_of() -> None:
    cast, station = _cast()
    session = make.session(
        station, started_at=cast.now, ended_at=None, asked_at=cast.now + minutes(9)
    )
    assert _kinds_at(cast.now + minutes(9)) == set()
    assert _kinds_at(cast.now + minutes(10)) == {kinds.SILENT}
    case = Case.objects.get()
    assert (case.state, case.session_id) == (State.WAITING, session.pk)
    Session.objects.update(last_received_at=cast.now + minutes(11), asked_at=None)
    assert _kinds_at(cast.now + minutes(12)) == set()


def test_what_stays_silent_after_all_is_given_to_a_person() -> None:
    cast, station = _cast()
    make.session(station, started_at=cast.now, ended_at=None, asked_at=cast.now + minutes(9))
    services.watch(now=cast.now + minutes(10))
    over = cast.now + minutes(10) + timedelta(seconds=settings.OCPP_WATCH_S["silent_session"])
    services.settle_due(now=over)
    assert Case.objects.get().state == State.OPEN


def test_a_session_whose_meter_stands_still_charges_without_energy() -> None:
    cast, station = _cast()
    _shows("Charging")(cast, station)
    heard = {"sampled_at": cast.now + minutes(60), "last_received_at": cast.now + minutes(60)}
    session = make.session(
        station, started_at=cast.now, ended_at=None, flowed_at=cast.now + minutes(1), **heard
    )
    assert _kinds_at(cast.now + minutes(60)) == set()
    Session.objects.filter(pk=session.pk).update(sampled_at=cast.now + minutes(61))
    assert _kinds_at(cast.now + minutes(62)) == {kinds.NO_FLOW}
    Session.objects.filter(pk=session.pk).update(flowed_at=cast.now + minutes(62))
    assert _kinds_at(cast.now + minutes(63)) == set()


def test_of_a_clock_that_is_years_off_nobody_says_that_nothing_flows() -> None:
    cast, station = _cast()
    make.session(
        station, started_at=cast.now - timedelta(days=730), ended_at=None,
        flowed_at=cast.now - timedelta(days=730), sampled_at=cast.now - timedelta(days=730),
        last_received_at=cast.now,
    )  # fmt: skip
    assert _kinds_at(cast.now + minutes(1)) == set()


@pytest.mark.parametrize("after", ["Occupied", "Preparing"])
def test_a_cable_that_stays_in_after_its_session_is_no_attempt_to_begin_one(after: str) -> None:
    cast, station = _cast()
    for number, status in ((0, "Preparing"), (1, "Charging"), (2, "Finishing"), (3, after)):
        make.status_change(station, status, at=cast.now + minutes(number))
    Connector.objects.filter(station=station).update(status=after)
    make.session(
        station, started_at=cast.now + minutes(1), ended_at=cast.now + minutes(2),
        last_received_at=cast.now + minutes(2),
    )  # fmt: skip
    assert kinds.PLUGGED not in _kinds_at(cast.now + minutes(60))
    make.status_change(station, "Available", at=cast.now + minutes(61))
    make.status_change(station, after, at=cast.now + minutes(62))
    assert kinds.PLUGGED in _kinds_at(cast.now + minutes(77))


def test_a_clock_stays_wrong_while_nothing_is_heard_of_it() -> None:
    cast, station = _cast()
    STORIES[kinds.WRONG_CLOCK_STATION].trouble(cast, station)
    _kinds_at(cast.now + minutes(1))
    Station.objects.update(is_connected=False, connection_changed_at=cast.now)
    assert kinds.WRONG_CLOCK_STATION in _kinds_at(cast.now + minutes(60))


def test_a_register_that_rises_without_a_session_is_energy_that_nobody_pays() -> None:
    cast, station = _cast()
    _register_rises(cast, station)
    assert _kinds_at(cast.now + minutes(2)) == {kinds.UNKNOWN_ENERGY}
    case = Case.objects.get()
    assert "0.9 kWh" in case.evidence[0]["text"]
    _strays_go(cast, station)
    assert _kinds_at(cast.now + minutes(3)) == set()


def test_a_status_that_is_repeated_began_when_it_was_told_first() -> None:
    cast, station = _cast()
    Connector.objects.filter(station=station).update(status="Finishing")
    for number in range(0, 240, 15):
        make.status_change(station, "Finishing", at=cast.now + minutes(number))
    assert kinds.FINISHING in _kinds_at(cast.now + minutes(241))


def test_a_dismissed_case_stays_so_until_its_cause_has_gone() -> None:
    cast, station = _cast()
    STORIES[kinds.OFFLINE].trouble(cast, station)
    later = cast.now + minutes(15)
    services.watch(now=later)
    case = Case.objects.get()
    services.decide(case, services.Decision("dismiss", OFFICE, "Switched off"), now=later)
    services.watch(now=later + minutes(1))
    assert Case.objects.get().decided_by == OFFICE.label
    Station.objects.update(is_connected=True)
    services.watch(now=later + minutes(2))
    Station.objects.update(is_connected=False, connection_changed_at=later + minutes(2))
    services.watch(now=later + minutes(20))
    assert [c.state for c in Case.objects.order_by("pk")] == [State.CLOSED, State.OPEN]


def test_two_clocks_at_once_open_one_case() -> None:
    cast, station = _cast()
    STORIES[kinds.OFFLINE].trouble(cast, station)
    later = cast.now + minutes(15)
    for _ in range(2):
        services.watch(now=later)
    assert Case.objects.count() == 1


def test_a_watch_that_breaks_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cast = make.cast()

    def breaks(_moment: Moment) -> Iterator[Finding]:
        raise RuntimeError("of this watch")
        yield

    first = next(iter(WATCHES))
    station = make.station(cast.location, "CP1", now=cast.now)
    _shows("Faulted")(cast, station)
    monkeypatch.setattr(services, "WATCHES", {**WATCHES, first: breaks})
    services.reconcile(now=cast.now + minutes(2))
    assert [case.kind for case in Case.objects.all()] == [kinds.FAULTED]
    assert f"the watch for {first} failed" in caplog.text


def test_a_fault_is_not_over_because_its_station_has_gone_offline() -> None:
    cast, station = _cast()
    STORIES[kinds.FAULTED].trouble(cast, station)
    assert kinds.FAULTED in _kinds_at(cast.now + minutes(1))
    Station.objects.update(is_connected=False, connection_changed_at=cast.now + minutes(2))
    assert kinds.FAULTED in _kinds_at(cast.now + minutes(60))


def test_two_boxes_without_serial_numbers_are_told_by_their_makers() -> None:
    cast, _ = _cast()
    Station.objects.update(
        two_boxes_at=cast.now, other_at=cast.now, vendor="Beta", model="Q", box_ip="10.0.0.1",
        serial_number="", other_maker="Acme M1", other_ip="10.0.0.1",
    )  # fmt: skip
    services.watch(now=cast.now + minutes(1))
    (case,) = Case.objects.filter(kind=kinds.TWO_BOXES)
    assert "Beta Q" in case.evidence[0]["text"]
    assert "Acme M1" in case.evidence[0]["text"]
